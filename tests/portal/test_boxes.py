"""Boxes of one-time links: anybody leaves one, whoever has the link opens it once, and nothing says who did."""

from __future__ import annotations

import concurrent.futures
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from registry.portal.box_routes import add_boxes
from registry.portal.boxes import AN_HOUR, LONGEST, Boxes
from registry.portal.desk import Desk
from registry.portal.paths import PREFIX
from registry.portal.portal_database import PortalDatabase
from registry.web.in_process import InProcessTransport
from registry.web.web_api import new_api
from tests.registry.conftest import HOST, Clock
from tests.waiting import GIVES_UP, let_writers_wait
from verifier.encoding import b64u, unb64u
from verifier.errors import MalformedError
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.share import Share, parse_share
from verifier.share_box import Box, box_id, close_box, open_box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.conftest import Engine

DATABASES = ("sqlite", "postgresql")
NAME = "架空 太郎"
MARK = new_mark_id(seeded_entropy("mark"))


@dataclass
class Counter:
    """The boxes of a portal, with the database alone."""

    boxes: Boxes
    database: PortalDatabase
    clock: Clock
    http: httpx.Client


@pytest.fixture
def scene(engine: Engine, tmp_path: Path) -> Iterator[Counter]:
    clock, database = Clock(), PortalDatabase(engine.database() or tmp_path / "portal.db")
    database.migrate()
    boxes = Boxes(Desk(database, HOST, clock, secrets.token_bytes, to_loopback=False))
    api = new_api(HOST, name="portal", prefix=PREFIX, title="Boxes", summary="Boxes.")
    add_boxes(api, boxes)
    with httpx.Client(transport=InProcessTransport({"portal": api})) as http:
        yield Counter(boxes, database, clock, http)
    database.close()


def shared(scene: Counter, **changes: Any) -> Share:
    now = scene.clock()
    members = {"v": 1, "id": "A" * 22, "host": HOST, "mark": MARK, "to": "見本商事", "made": now}
    return Share.model_validate({**members, "until": now + 86_400, **changes})


def left(scene: Counter, box: Box, *, until: int = 0) -> httpx.Response:
    order = {"id": box.id, "sealed": b64u(box.sealed), "until": until or scene.clock() + 86_400}
    return scene.http.post("http://portal/portal/v1/boxes", json=order)


def opened(scene: Counter, id: str) -> httpx.Response:
    return scene.http.post("http://portal/portal/v1/boxes/opening", json={"id": id})


def test_a_box_is_opened_once_by_whoever_has_the_link(scene: Counter) -> None:
    share = shared(scene, name={"salt": "B" * 22, "value": NAME})
    secret, box = close_box(share, secrets.token_bytes)
    assert left(scene, box).status_code == 204
    answer = opened(scene, box_id(secret))
    assert open_box(secret, unb64u(answer.json()["sealed"])) == share
    assert opened(scene, box_id(secret)).status_code == 404


def test_of_many_who_open_at_once_one_gets_what_is_inside(scene: Counter) -> None:
    _, box = close_box(shared(scene), secrets.token_bytes)
    left(scene, box)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: opened(scene, box.id).status_code, range(8)))
    assert sorted(answers) == [200] + [404] * 7


def is_kept(scene: Counter, box: Box) -> bool:
    """Whether anything of a box is in the files of the database; of a server, whose files are its own, in its rows."""
    if isinstance(scene.database.place, str):
        with scene.database.read() as connection:
            return connection.execute(text("SELECT 1 FROM box WHERE id = :id"), {"id": box.id}).first() is not None
    found = [one.read_bytes() for one in scene.database.place.parent.iterdir()]
    return any(box.sealed in one or box.id.encode() in one for one in found)


def test_what_was_opened_is_gone_from_the_database_and_its_files(scene: Counter) -> None:
    _, box = close_box(shared(scene), secrets.token_bytes)
    left(scene, box)
    assert is_kept(scene, box)
    opened(scene, box.id)
    scene.boxes.step()
    assert not is_kept(scene, box)


def test_asking_for_what_is_not_there_writes_no_table_anew(scene: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten: list[str] = []
    monkeypatch.setattr(scene.database, "forget", rewritten.append)
    assert opened(scene, "A" * 43).status_code == 404
    scene.boxes.step()
    assert rewritten == []


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes waits long before they are turned away."""
    let_writers_wait(monkeypatch)


@pytest.mark.usefixtures("patient")
def test_whoever_reads_the_boxes_for_long_holds_up_nobody(scene: Counter) -> None:
    """Such as a backup: what was opened is taken out of the files once it has ended."""
    _, box = close_box(shared(scene), secrets.token_bytes)
    _, other = close_box(shared(scene), secrets.token_bytes)
    left(scene, box)
    left(scene, other)
    opened(scene, box.id)
    with scene.database.read() as reader, concurrent.futures.ThreadPoolExecutor(2) as pool:
        reader.execute(text("SELECT count(*) FROM box"))
        begun = time.monotonic()
        step = pool.submit(scene.boxes.step)
        answer = pool.submit(opened, scene, other.id)
        assert answer.result(timeout=2 * GIVES_UP).status_code == 200
        assert step.result(timeout=2 * GIVES_UP) == 0
        assert time.monotonic() - begun < GIVES_UP, "it waited as long as everybody who writes waits for it"
    scene.boxes.step()
    assert not is_kept(scene, box)


def test_opened_ended_and_never_there_are_one_answer(scene: Counter) -> None:
    _, box = close_box(shared(scene), secrets.token_bytes)
    _, other = close_box(shared(scene), secrets.token_bytes)
    left(scene, box)
    left(scene, other, until=scene.clock() + 60)
    opened(scene, box.id)
    scene.clock.now += 61
    answers = [opened(scene, one).json() for one in (box.id, other.id, "A" * 43)]
    assert answers[0] == answers[1] == answers[2]


def test_a_box_whose_time_is_over_is_deleted_unread(scene: Counter) -> None:
    _, box = close_box(shared(scene), secrets.token_bytes)
    left(scene, box, until=scene.clock() + 60)
    assert scene.boxes.step() == 0
    scene.clock.now += 60
    assert scene.boxes.step() == 1


def test_a_box_lasts_a_month_at_most_and_its_id_is_taken_once(scene: Counter) -> None:
    _, box = close_box(shared(scene), secrets.token_bytes)
    now = scene.clock()
    assert left(scene, box, until=now + LONGEST + 1).json()["code"] == "refused"
    assert left(scene, box, until=now - 1).json()["code"] == "refused"
    assert left(scene, box).status_code == 204
    assert left(scene, box).status_code == 204, "the very same one again is no second"
    assert left(scene, Box(box.id, b"\0" * 600)).status_code == 409


def test_no_more_than_so_many_are_taken_within_an_hour(scene: Counter) -> None:
    box = Box("A" * 43, b"\0" * 600)
    assert {left(scene, box).status_code for _ in range(AN_HOUR)} == {204}
    assert left(scene, box).status_code == 429
    scene.clock.now += 3600
    assert left(scene, Box("B" * 43, b"\0" * 600)).status_code == 204


def test_the_length_of_a_box_does_not_tell_the_length_of_a_name(scene: Counter) -> None:
    lengths = {
        len(close_box(shared(scene, name={"salt": "B" * 22, "value": "名" * letters}), secrets.token_bytes)[1].sealed)
        for letters in (1, 12, 40)
    }
    assert len(lengths) == 1


def test_a_changed_box_and_another_link_open_nothing(scene: Counter) -> None:
    entropy = seeded_entropy("boxes")
    secret, box = close_box(shared(scene), entropy)
    other, _ = close_box(shared(scene), entropy)
    changed = box.sealed[:-1] + bytes([box.sealed[-1] ^ 1])
    for attempt in ((secret, changed), (other, box.sealed), (secret, b""), (secret, b"\0" * 40)):
        with pytest.raises(MalformedError):
            open_box(*attempt)
    assert parse_share(open_box(secret, box.sealed).serialize()) == shared(scene)
