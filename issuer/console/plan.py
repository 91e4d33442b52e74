"""The evaluator's console: its screens and deeds over one desk, who may what, and the keys that people unlock."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from issuer.console.batch_pages import BatchPages
from issuer.console.case_deeds import CaseDeeds
from issuer.console.case_pages import CasePages
from issuer.console.correction_pages import CorrectionPages
from issuer.console.home_page import HomePages
from issuer.console.issue_pages import IssuePages
from issuer.console.mark_pages import MarkPages
from issuer.console.register_pages import RegisterPages
from issuer.console.reminder_pages import ReminderPages
from verifier.edge.console.plan import Plan

if TYPE_CHECKING:
    from issuer.console.door import Door
    from issuer.console.works import Works
    from verifier.statement.public import KeyRole

NAME = "evaluator"
PEOPLE = ("assessor", "decider", "desk")
KEYS = {
    "assessor": frozenset({"assessor"}),
    "decider": frozenset({"decider"}),
    "desk": frozenset(PEOPLE),
}
MENU = {
    "home": "/",
    "cases": "/cases",
    "batch": "/batch",
    "marks": "/marks",
    "reminders": "/reminders",
    "registers": "/registers",
    "keys": "/keys",
}


def evaluator_plan(door: Door, works: Works) -> Plan:
    """Return the console over a desk; ``works`` is what goes on while pages are left."""
    home, cases, marks = HomePages(door), CasePages(door), MarkPages(door)
    issue, batch = IssuePages(door, works), BatchPages(door, works)
    corrections = CorrectionPages(door, works)
    pages = (issue, batch, marks, corrections, RegisterPages(door), ReminderPages(door))

    def try_key(key: str, passphrase: bytes) -> None:
        door.check_passphrase(cast("KeyRole", key), passphrase)

    return Plan(
        name=NAME,
        roles=PEOPLE,
        screens=[screen for part in (home, cases, *pages) for screen in part.screens()],
        deeds=[deed for part in (CaseDeeds(door, cases), *pages) for deed in part.deeds()],
        menu=MENU,
        keys=KEYS,
        try_key=try_key,
        kinds={**marks.kinds(), **corrections.kinds()},
        apart=(frozenset({"assessor", "decider"}),),
        # A signing key stands in desk.toml under the pseudonym of one person.
        single=frozenset({"assessor", "decider"}),
    )
