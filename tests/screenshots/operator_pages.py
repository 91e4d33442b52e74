"""The operators' room: bodies, keys, marks, applications, matters, notices, agreements, and what waits for a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.scenario import cast
from registry.scenario.border import LABEL
from registry.timers.acts import Act
from registry.timers.confirmation import Hold
from registry.timers.store import TimerFolder
from tests.operators.at_desk import Operator
from tests.operators.room import open_room
from tests.operators.test_acts import APPLICANT, RULES
from tests.operators.test_agreements import border_of
from verifier.edge.packs import load_pack
from verifier.names import mark_uri

if TYPE_CHECKING:
    from pathlib import Path

    from tests.operators.room import Room
    from tests.screenshots.camera import Camera

AREA = "operator"
MENU = (
    "bodies",
    "experts",
    "keys",
    "marks",
    "schemes",
    "agreements",
    "applications",
    "matters",
    "notices",
    "timers",
    "ceremonies",
)
NOTICE = {
    "kind": "fake_mark",
    "ja": "偽のマークにご注意ください\n\n登録簿にないマークの報告があります。",
    "en": "Beware of fake marks\n\nMarks that stand in no registry are reported.",
}


def draw_operators(camera: Camera, place: Path) -> None:
    """Draw every page of the room, as one of two operators sees it."""
    with open_room(place) as room:
        first = Operator(room, "見本 運営一", "operator-1")
        second = Operator(room, "見本 運営二", "operator-2")
        places = {**_at_work(room, first), **_proposed(first, second)}
        menu = {one: f"/{one}" for one in MENU}
        camera.draw(AREA, room.url, {"house": "/", **menu, **places, "proposals": "/proposals"}, by=first)
        camera.draw(AREA, room.url, {"proposal-second": places["proposal"]}, by=second)


def _at_work(room: Room, first: Operator) -> dict[str, str]:
    """Do what fills the pages; return the paths of what came of it."""
    body, mark = f"/bodies/{cast.BODY_NO}", room.marks[0].issued.mark_id
    key = f"/keys/{room.body.signers['decider'].kid}"
    _hold(room, mark)
    first.send("/notices", first.signed(NOTICE))
    complaint = {
        "kind": "complaint",
        "object": mark,
        "contact": "sample@example.org",
        "note": "対象外の製品に付いている",
    }
    application = _application(room, first)
    return {
        "body": body,
        **{f"body-{act}": f"{body}/{act}" for act in ("amend", "suspend", "reinstate", "withdraw")},
        "body-new": "/bodies/new",
        "key": key,
        "key-revoke": f"{key}/revoke?cutoff={room.marks[1].issued.index}",
        "mark": f"/marks/{mark}",
        "matter": first.send("/matters", complaint).headers["location"],
        "application": application,
        "application-grant": f"{application}/grant",
        "agreement": _agreement(room),
    }


def _hold(room: Room, mark: str) -> None:
    acts = (Act(due=room.world.clock(), object=mark_uri(cast.HOST, mark), type="mark.suspended"),)
    TimerFolder(room.data.timers).hold(Hold(since=room.world.clock(), reasons=("too_many",), acts=acts))


def _application(room: Room, first: Operator) -> str:
    (room.data.path / "application-rules.toml").write_text(RULES)
    path = first.send("/applications", APPLICANT).headers["location"]
    paper = {"paper": ("extract.pdf", b"an extract", "application/pdf")}
    first.send(f"{path}/supply", {"item": "register-extract"}, files=paper)
    return path


def _agreement(room: Room) -> str:
    border = border_of(room)
    assert border.foreign is not None
    border.foreign.propose(border.folder(), version=1, registry=border.registry, pack_of=load_pack)
    room.pass_time()
    return f"/agreements/{LABEL}"


def _proposed(first: Operator, second: Operator) -> dict[str, str]:
    """Let one thing wait, and one be settled."""
    notices = first.propose(f"/agreements/{LABEL}/announce")
    second.approve(notices)
    return {
        "proposal-settled": notices,
        "proposal": first.propose(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "nonconformity"}),
    }
