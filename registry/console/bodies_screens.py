"""Bodies: the list, one body, and what two operators say about it, with what it concerns shown before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.bodies import (
    bodies_listed,
    body_members,
    body_shown,
    cascade_shown,
    find_body,
    next_number,
    scope_choices,
)
from registry.console.showing import OPERATORS, first_instant, last_instant, show_cards
from registry.desk.sayings import Accreditation, accredits, of_body
from verifier.dates import last_valid_day, local_date, term_end
from verifier.edge.authority.bodies_view import accredit_cards, amend_cards, bodies_cards, body_cards, end_cards
from verifier.edge.authority.words import SAID, body_words
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MalformedError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.admission.cascade import What
    from registry.console.desk import Desk
    from verifier.edge.console.visit import Visit

MONTHS = 36
"""How long an accreditation is proposed for: a proposal only, whoever fills in the form decides."""


@dataclass(frozen=True)
class BodiesScreens:
    """The pages about bodies."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the pages."""
        return (
            Screen("/bodies", self.list),
            Screen("/bodies/new", self.accredit_page, OPERATORS),
            Screen("/bodies/{no:int}", self.show),
            Screen("/bodies/{no:int}/amend", self.amend_page, OPERATORS),
            Screen("/bodies/{no:int}/suspend", self.suspend_page, OPERATORS),
            Screen("/bodies/{no:int}/reinstate", self.reinstate_page, OPERATORS),
            Screen("/bodies/{no:int}/withdraw", self.withdraw_page, OPERATORS),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return what is proposed on them."""
        return (
            Deed("/bodies/new", self.accredit, OPERATORS, again=self.accredit_page),
            Deed("/bodies/{no:int}/amend", self.amend, OPERATORS, again=self.amend_page),
            Deed("/bodies/{no:int}/suspend", self.suspend, OPERATORS, again=self.suspend_page),
            Deed("/bodies/{no:int}/suspend-alone", self.suspend_alone, OPERATORS, again=self.suspend_page),
            Deed("/bodies/{no:int}/reinstate", self.reinstate, OPERATORS, again=self.reinstate_page),
            Deed("/bodies/{no:int}/withdraw", self.withdraw, OPERATORS, again=self.withdraw_page),
        )

    def list(self, visit: Visit) -> Response:
        """Show every body."""
        with self.desk.log.look() as reading:
            rows = bodies_listed(reading, now=visit.now)
        return show_cards(visit, bodies_cards(rows, visit.house.plan.zone, visit.t))

    def show(self, visit: Visit) -> Response:
        """Show one body. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            body = body_shown(reading, _no(visit), now=visit.now)
        return show_cards(visit, body_cards(body, visit.house.plan.zone, visit.t))

    def accredit_page(self, visit: Visit) -> Response:
        """Show the form of an accreditation."""
        with self.desk.log.look() as reading:
            number, found = next_number(reading, visit.form.get("role", "evaluation")), scope_choices(reading)
        window = {"no": number, **term_of(visit.now, term_end(visit.now, MONTHS, visit.house.plan.zone), visit)}
        return show_cards(visit, accredit_cards(window, found, visit.form.get, visit.form.many("scope"), visit.t))

    def accredit(self, visit: Visit) -> Response:
        """Propose an accreditation. Raises MalformedError, StatementError, LockedError."""
        form = visit.form
        accreditation = Accreditation(
            no=form.number("no"),
            role=form.need("role"),
            identifier=str(parse_identifier(form.need("identifier"))),
            name=form.need("name"),
            scope=_scope(form.many("scope")),
            begins=first_instant(visit, "begins"),
            ends=last_instant(visit, "ends"),
            operates=tuple(form.get("operates").replace(",", " ").split()),
        )
        saying = accredits(self.desk.host, accreditation, entropy=self.desk.entropy)
        return self.desk.propose(visit, saying, about=f"{accreditation.no} {accreditation.name}")

    def amend_page(self, visit: Visit) -> Response:
        """Show the form that replaces a body's rows and window. Raises NotFoundError."""
        with self.desk.log.look() as reading:
            record = find_body(reading, _no(visit))
            body, found = body_members(reading, record, now=visit.now), scope_choices(reading, held=record.scope)
        held = [str(one["value"]) for one in found if one["is_held"]]
        chosen = visit.form.many("scope") if visit.mistake else held
        window = term_of(body["from"], body["until"], visit)
        return show_cards(visit, amend_cards(body, window, found, typed=visit.form.get, chosen=chosen, t=visit.t))

    def amend(self, visit: Visit) -> Response:
        """Propose other rows or another window. Raises MalformedError, StatementError, LockedError."""
        window = {"from": first_instant(visit, "begins"), "until": last_instant(visit, "ends")}
        return self._propose(visit, "body.amended", {"scope": _scope(visit.form.many("scope")), **window})

    def suspend_page(self, visit: Visit) -> Response:
        """Show what a suspension concerns, and its form. Raises NotFoundError."""
        return self._end_page(visit, "suspend", "suspend")

    def suspend(self, visit: Visit) -> Response:
        """Propose a suspension. Raises StatementError, LockedError."""
        return self._propose(visit, "body.suspended", {"reason": visit.form.need("reason")})

    def suspend_alone(self, visit: Visit) -> Response:
        """Suspend at once, as one operator. Raises LockedError, and what the registry answers with."""
        public = {"reason": visit.form.need("reason")}
        saying = of_body(self.desk.host, "body.suspended", _no(visit), public, entropy=self.desk.entropy)
        admitted = self.desk.say_alone(visit, saying)
        return visit.go(f"/bodies/{_no(visit)}", SAID, entry=str(admitted.index))

    def reinstate_page(self, visit: Visit) -> Response:
        """Show the form that lifts a suspension. Raises NotFoundError."""
        return self._end_page(visit, "reinstate", "suspend")

    def reinstate(self, visit: Visit) -> Response:
        """Propose that a suspended body decides again. Raises LockedError."""
        return self._propose(visit, "body.reinstated", {})

    def withdraw_page(self, visit: Visit) -> Response:
        """Show what a withdrawal concerns at worst, and its form. Raises NotFoundError."""
        return self._end_page(visit, "withdraw", "cause")

    def withdraw(self, visit: Visit) -> Response:
        """Propose a withdrawal. Raises StatementError, LockedError."""
        return self._propose(visit, "body.withdrawn", {"reason": visit.form.need("reason")})

    def _end_page(self, visit: Visit, act: str, what: What) -> Response:
        with self.desk.log.look() as reading:
            body = body_members(reading, find_body(reading, _no(visit)), now=visit.now)
            cascade = cascade_shown(reading, _no(visit), what, now=visit.now)
        zone = visit.house.plan.zone
        return show_cards(visit, end_cards(body, act, cascade, typed=visit.form.get, zone=zone, t=visit.t))

    def _propose(self, visit: Visit, type_: str, public: dict[str, Any]) -> Response:
        with self.desk.log.look() as reading:
            body = body_members(reading, find_body(reading, _no(visit)), now=visit.now)
        saying = of_body(self.desk.host, type_, _no(visit), public, entropy=self.desk.entropy)
        return self.desk.propose(visit, saying, about=body_words(body, visit.t))


def _no(visit: Visit) -> int:
    return int(visit.params["no"])


def term_of(begins: int, ends: int, visit: Visit) -> dict[str, str]:
    """Return the first and the last day of a window, as a form's fields have them."""
    zone = visit.house.plan.zone
    return {"begins": local_date(begins, zone).isoformat(), "ends": last_valid_day(ends, zone).isoformat()}


def _scope(chosen: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for one in chosen:
        parts = one.split(" ")
        if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4):
            raise MalformedError("a row of the scope is not one of those offered")
        rows.append({"scheme": parts[0], "level": int(parts[1]), "criteria_sha256": parts[2]})
    return rows
