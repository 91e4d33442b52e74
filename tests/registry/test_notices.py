"""Notices: texts that the log pins, on pages and in feeds, and nothing in them is ever markup."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from registry.reading.reader import create_reader
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import published
from registry.scenario.simulator import DAY
from registry.web.in_process import InProcessTransport
from tests.world import World, fork
from verifier.edge.page.pages import PageRenderer
from verifier.errors import NotFoundError, RefusedError
from verifier.scheme.tables import files_digest
from verifier.statement.document import write_document
from verifier.trust.notice_list import PATH, notice_list

ATOM = "{http://www.w3.org/2005/Atom}"


def say(world: World, label: str, *, title: str = "Fake marks are about", body: str = "Look at the host.") -> None:
    files = {"ja.md": "# 偽のマーク\n\n本文です。\n".encode(), "en.md": f"# {title}\n\n{body}\n".encode()}
    publish(world, label, files)


def publish(world: World, label: str, files: dict[str, bytes], **changes: object) -> None:
    public = {"kind": "fake_mark", "sha256": files_digest(files), **changes}
    one = world.sim.ceremony.keys.operators[:1]
    world.sim.say(
        "notice.published", f"https://{HOST}/n/{label}", public, operators=one, document=write_document(files)
    )
    world.show()


def served(world: World, folder: Path) -> httpx.Client:
    files = published(world.sim).files | {PATH: notice_list(world.sim.state, world.sim.state.size)}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    render = PageRenderer(environment="production", zone="Asia/Tokyo", now=lambda: world.sim.now)
    app = create_reader(folder, trust_root=world.sim.root, now=lambda: world.sim.now, render=render)
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    return httpx.Client(transport=InProcessTransport({"reader": app}), base_url="http://reader", headers=headers)


def test_a_notice_stands_on_its_page_in_the_feeds_and_on_the_start_page(tmp_path: Path) -> None:
    world = fork()
    say(world, "n-1")
    world.sim.now += DAY
    say(world, "n-2", title="Criteria change")
    http = served(world, tmp_path)
    page = http.get("/notices").text
    assert page.index("Criteria change") < page.index("Fake marks are about")
    assert "Look at the host." in http.get("/n/n-1").text
    assert "偽のマーク" in http.get("/notices", params={"lang": "ja"}).text
    assert "Criteria change" in http.get("/").text
    assert [one["id"] for one in http.get("/notices.json").json()["notices"]] == ["n-2", "n-1"]
    feed = ElementTree.fromstring(http.get("/notices.atom").content)
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == [
        "Criteria change",
        "Fake marks are about",
    ]


def test_after_two_weeks_a_notice_leaves_the_start_page_and_stays_on_its_own(tmp_path: Path) -> None:
    world = fork()
    say(world, "n-1")
    world.sim.now += 15 * DAY
    http = served(world, tmp_path)
    assert "Fake marks are about" not in http.get("/").text
    assert "Fake marks are about" in http.get("/notices").text


def test_what_stands_in_a_notice_is_text(tmp_path: Path) -> None:
    world = fork()
    say(world, "n-1", title="<script>alert(1)</script>", body='<img src=x onerror="1">')
    http = served(world, tmp_path)
    for path in ("/notices", "/n/n-1", "/notices.atom", "/"):
        text = http.get(path).text
        assert "<script>" not in text
        assert "<img src=x" not in text
    ElementTree.fromstring(http.get("/notices.atom").content)


def test_a_new_version_of_a_notice_leaves_the_earlier_one_in_sight(tmp_path: Path) -> None:
    world = fork()
    say(world, "n-1", title="First words")
    say(world, "n-1", title="Second words")
    page = served(world, tmp_path).get("/n/n-1").text
    assert page.index("Second words") < page.index("First words")


def test_a_notice_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    assert served(fork(), tmp_path).get("/n/none").status_code == 404


@pytest.mark.parametrize(
    "files",
    [
        {"en.md": b"# x\n"},
        {"ja.md": b"# x\n", "en.md": b"# x\n", "fr.md": b"# x\n"},
        {"ja.md": b"\n", "en.md": b"# x\n"},
        {"ja.md": b"x" * 20_001, "en.md": b"# x\n"},
    ],
)
def test_a_notice_has_both_texts_and_no_other(files: dict[str, bytes]) -> None:
    with pytest.raises(RefusedError):
        publish(fork(), "n-1", files)


def test_a_notice_without_its_texts_is_not_admitted() -> None:
    world = fork()
    one = world.sim.ceremony.keys.operators[:1]
    with pytest.raises(NotFoundError, match="text of the notice"):
        world.sim.say("notice.published", f"https://{HOST}/n/1", {"kind": "x1", "sha256": "A" * 43}, operators=one)
