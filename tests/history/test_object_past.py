"""A reader answers from an object's own entries what an auditor answers from the whole log."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.publishing.published import Published, kept_sizes
from registry.reading.reader import create_reader
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import published
from registry.scenario.simulated_treaty import list_foreign_operator
from registry.scenario.simulator import DAY
from registry.web.in_process import InProcessTransport
from tests.history.test_past_states import lived, past_of
from verifier.audit.object_past import ObjectPast
from verifier.dates import utc_text
from verifier.edge.folder import FolderFetcher
from verifier.edge.history_answer import answer_of, moment_of
from verifier.replay.history import Moment

if TYPE_CHECKING:
    from tests.world import World


@cache
def story() -> tuple[World, str, dict[str, int]]:
    """Return the life of a mark with a foreign operator and an agreement beside it, all in one directory."""
    world, uri, times = lived()
    foreign = list_foreign_operator(world)
    foreign.propose()
    foreign.announce()
    foreign.begin()
    world.show()
    return world, uri, times


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plane")
    for path, data in published(story()[0].sim).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def past(public: Path) -> ObjectPast:
    root = story()[0].sim.root
    seen = Published(public, root)

    def seen_at(size: int) -> int | None:
        found = seen.at(size)
        return found.time if found else None

    return ObjectPast(FolderFetcher(public), root, sizes=sorted(kept_sizes(public)), seen_at=seen_at)


@pytest.fixture(scope="module")
def http(public: Path) -> httpx.Client:
    world = story()[0]
    app = create_reader(public, trust_root=world.sim.root, now=lambda: world.sim.now)
    return httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader")


def test_every_object_at_every_time_has_the_answer_of_the_whole_log(past: ObjectPast) -> None:
    world, _, times = story()
    whole, compared = past_of(world), 0
    objects = [uri for uri in world.sim.state.heads if not uri.endswith("/directory")]
    for uri in objects:
        for at in (*times.values(), *(time - 1 for time in times.values()), world.sim.now):
            for size in (past.size, past.size // 2, 1):
                if not any(entry.index < size for entry in whole.entries(uri)):
                    continue
                mine, theirs = (answer_of(uri, Moment(at, size), one) for one in (past, whole))
                assert {**mine, "log_size": 0} == {**theirs, "log_size": 0}, (uri, at, size)
                compared += 1
    assert compared > 100
    assert {uri.split("/")[3] for uri in objects} >= {"m", "e", "k", "s", "a", "trust"}


def test_a_mark_is_asked_about_on_any_day(http: httpx.Client) -> None:
    _, uri, times = story()
    path = "/history/" + uri.partition(f"{HOST}/")[2]

    def at(**query: Any) -> dict[str, Any]:
        return dict(http.get(path, params=query).json())

    assert at()["state"] == "cancelled"
    for name, time in times.items():
        assert at(as_of=utc_text(time))["state"] == name.removesuffix(" again")
    assert at(as_of=utc_text(times["suspended"]))["incident"]["issuer"]["state"] == "active"
    before = at(as_of=utc_text(times["suspended"]), known_at=utc_text(times["suspended"] - DAY // 2))
    assert before["state"] == "active"
    assert before["known_size"] < before["log_size"]


@pytest.mark.parametrize(
    ("path", "query", "status", "words"),
    [
        ("e/1001", {"as_of": "2090-01-01"}, 400, "future"),
        ("e/1001", {"as_of": "yesterday"}, 400, "yesterday"),
        ("e/1001", {"known_at": "999999"}, 400, "the log has"),
        ("e/1001", {"known_at": "0"}, 400, "the log has"),
        ("e/7777", {}, 404, "nothing was known"),
        ("q/1", {}, 400, "not a name"),
        ("directory", {}, 400, "no history of its own"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(
    http: httpx.Client, path: str, query: dict[str, str], status: int, words: str
) -> None:
    answer = http.get(f"/history/{path}", params=query)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_an_organisation_is_asked_about_on_any_day_by_its_marks(http: httpx.Client, past: ObjectPast) -> None:
    world, uri, times = story()
    mark = world.sim.state.marks[uri]
    path, mark_id = mark.issued.sub.partition(HOST)[2], uri.rpartition("/")[2]
    whole = past_of(world)
    for name, time in times.items():
        answer = http.get(path, params={"as_of": utc_text(time)}).json()
        told = {one["mark"]: one for one in answer["marks"]}[mark_id]
        assert (told["state"], told["link"]) == (name.removesuffix(" again"), "held")
        moment = Moment(time, past.size)
        mine, theirs = (answer_of(mark.issued.sub, moment, one) for one in (past, whole))
        assert {**mine, "log_size": 0} == {**theirs, "log_size": 0}
    before = http.get(path, params={"as_of": "2001-01-01"})
    assert (before.status_code, before.json()["state"], before.json()["marks"]) == (200, "unknown", [])


def test_an_organisation_of_which_nothing_was_ever_known_is_answered_so(http: httpx.Client) -> None:
    answer = http.get("/o/0188-5010001067883", params={"as_of": "2001-01-01"})
    assert (answer.status_code, answer.json()["marks"], answer.json()["declarations"]) == (200, [], [])


def test_without_a_time_the_question_is_about_now_and_all_that_is_known(past: ObjectPast) -> None:
    assert moment_of(past, as_of=None, known_at=None, now=7) == Moment(7, past.size)
