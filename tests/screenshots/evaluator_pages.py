"""The evaluator's desk: cases at every step, a batch, marks and keys, before a registry that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.scenario import cast
from tests.console.enrolled import serving
from tests.evaluator.desk_on_loopback import desk_on_loopback
from tests.evaluator.test_desk_accessibility import furnish
from tests.screenshots.console_pages import draw_entrance, draw_house

if TYPE_CHECKING:
    from pathlib import Path

    from tests.evaluator.test_desk_accessibility import Furnished
    from tests.screenshots.camera import Camera, Step

AREA = "evaluator"


def draw_evaluator(camera: Camera, place: Path) -> None:
    """Draw every page of a desk, as its assessor sees it and as its decider does, then every console's own pages."""
    with desk_on_loopback(place) as house:
        desk = furnish(house)
        with serving(house.console.app, int(house.origin.rpartition(":")[2])):
            camera.draw(AREA, house.origin, _assessor(desk), by=desk.assessor)
            camera.draw(AREA, house.origin, _decider(desk), by=desk.decider)
            draw_entrance(camera, house.console)
            draw_house(camera, house.console)
            locked = house.visitor("見本 評価", "assessor")
            camera.draw("console", house.origin, {"unlock": _unlocking(house.origin)}, by=locked)


def _assessor(desk: Furnished) -> dict[str, str]:
    home, cases, begun, answers, handling, marks, mark, keys, new, renewal, proposal, *more = desk.pages["assessor"]
    return {
        "home": home,
        "cases": cases,
        "case-begun": begun,
        "answers": answers,
        "handling": handling,
        "marks": marks,
        "mark": mark,
        "keys": keys,
        "new-case": new,
        "renewal": renewal,
        "proposal-own": proposal,
        **dict(zip(("registers", "reminders", "proposal-correction"), more, strict=True)),
    }


def _decider(desk: Furnished) -> dict[str, str]:
    home, waiting, ready, issued, batches, batch, proposal, correction = desk.pages["decider"]
    return {
        "home-decider": home,
        "case-granted": waiting,
        "issue-ready": ready,
        "issued": issued,
        "batches": batches,
        "batch": batch,
        "proposal": proposal,
        "correction": correction,
    }


def _unlocking(origin: str) -> Step:
    """Return what sends a form that needs a key which this session has not unlocked."""

    def send(page: Any) -> None:
        page.goto(f"{origin}/cases/new")
        page.fill("#name", cast.SUPPLIER_5.name)
        page.fill("#identifiers", cast.SUPPLIER_5.identifier)
        page.fill("#summary", "全社の IT 基盤")
        page.click("button[value=open]")
        page.wait_for_selector("#passphrase")

    return send
