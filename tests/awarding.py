"""A mark for somebody of a test's own: what people do at a desk between an application and a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.issue import Issued, Waiting
from registry.scenario.answers import filled_sheet
from registry.scenario.story import LOOKS
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.desk import Desk
    from issuer.intake import Application
    from registry.scenario.one_process import OneProcess


def award(world: OneProcess, desk: Desk, application: Application, marks: Path, *, officer: str) -> Issued:
    """Play a case of ★3 from its application on, with an expert of the body, and return what was issued."""
    case = desk.open_case(application)
    pack = load_shipped(application.scheme, application.version)
    desk.import_answers(case.id, filled_sheet(pack, application.level), "answers.xlsx")
    world.pass_time(1)
    desk.confirm_by_expert(case.id, kind="body_holder", by=desk.identity.holder("assessor"))
    desk.swear_oath(case.id, officer=officer)
    world.pass_time(1)
    desk.attest(case.id)
    world.pass_time(1)
    desk.decide(case.id, "granted", supersedes=None)
    waiting = Waiting(LOOKS, world.pass_time)
    return desk.issue(case.id, marks, waiting=waiting, progress=lambda number, what: None)
