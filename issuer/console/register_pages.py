"""The registers of competence and of interests as one page: their rows, another row, and the end of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from issuer import assigning
from issuer.console.case_form import choices, read_tier, tier_choices
from issuer.console.case_view import ZONE
from issuer.console.words import done_tag, open_tag
from issuer.suitability import PARTS, RELATIONS, Competence, Interest, Relation
from verifier.dates import parse_instant
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Cell, Grid, grid
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.console.door import Door
    from issuer.record import Part
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Moment, Translator

PEOPLE = frozenset({"assessor", "decider", "desk"})
OWN_PARTS: tuple[Part, ...] = tuple(one for one in PARTS if one != "technical_verifier")
"""Who verifies technically is listed in the log, not in the desk's register."""


@dataclass(frozen=True)
class RegisterPages:
    """Both registers of one desk."""

    door: Door

    def screens(self) -> Sequence[Screen]:
        """Return the page."""
        return (Screen("/registers", self.show, PEOPLE),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is registered on it."""

        def deed(name: str, handler: Any) -> Deed:
            return Deed(f"/registers/{name}", handler, PEOPLE, again=self._again)

        return (
            deed("competence", self.add_competence),
            deed("competence/end", self.end_competence),
            deed("interest", self.declare),
            deed("interest/end", self.end_interest),
        )

    def show(self, visit: Visit) -> Response:
        """Show both registers, ended rows too."""
        desk, t, form = self.door.desk(), visit.t, visit.form
        competences, interests = assigning.competences(desk), assigning.interests(desk)
        fields = ("holder", "since", "until", "party", "organisation", "from", "to")
        return visit.show(
            "evaluator/registers.html",
            title=t.gettext("evaluator.registers.title"),
            competences=_competence_grid(competences, visit),
            interests=_interest_grid(interests, visit),
            running=[_named(one.no, one.holder) for one in competences if visit.now < one.ends],
            standing=[_named(one.no, f"{one.party} {one.organisation}") for one in interests if one.ends is None],
            not_kept=[] if competences else ["competence"],
            parts=choices([(one, t.gettext(f"evaluator.part.{one}")) for one in OWN_PARTS], form.get("part")),
            tiers=tier_choices(t, chosen=form.get("tier"), now=visit.now),
            relations=choices(_relations(t), form.get("relation")),
            typed={name: form.get(name) for name in fields},
        )

    def add_competence(self, visit: Visit) -> Response:
        """Register that a holder may do a part. Raises MalformedError, RefusedError, StatementError."""
        form = visit.form
        part = next((one for one in OWN_PARTS if one == form.get("part")), None)
        if part is None:
            raise MalformedError("part is none of the desk's own", hint="Choose one of the list.")
        scheme, _, level = read_tier(form.need("tier"))
        begins = _day(visit, "since") if form.get("since") else visit.now
        row = Competence(form.need("holder"), part, scheme, level, begins, _day(visit, "until"))
        return self._told(visit, assigning.add_competence(self.door.desk(), row))

    def end_competence(self, visit: Visit) -> Response:
        """End a competence now. Raises NotFoundError, RefusedError."""
        no = visit.form.number("no")
        assigning.end_competence(self.door.desk(), no)
        return self._told(visit, no)

    def declare(self, visit: Visit) -> Response:
        """Register a declared relation. Raises MalformedError, RefusedError."""
        form = visit.form
        if form.get("relation") not in RELATIONS:
            raise MalformedError("relation is none that can be declared", hint="Choose one of the list.")
        begins = _day(visit, "from") if form.get("from") else visit.now
        ends = _day(visit, "to") if form.get("to") else None
        relation = cast("Relation", form.get("relation"))
        row = Interest(form.need("party"), form.need("organisation"), relation, begins, ends)
        return self._told(visit, assigning.declare_interest(self.door.desk(), row))

    def end_interest(self, visit: Visit) -> Response:
        """Record when a relation ended. Raises NotFoundError, RefusedError."""
        no = visit.form.number("no")
        assigning.end_interest(self.door.desk(), no, at=_day(visit, "on") if visit.form.get("on") else visit.now)
        return self._told(visit, no)

    def _told(self, visit: Visit, no: int) -> Response:
        return visit.go("/registers", "evaluator.told.registered", no=str(no))

    def _again(self, visit: Visit) -> Response:
        return self.show(replace(visit, path="/registers"))


def _day(visit: Visit, name: str) -> int:
    return parse_instant(visit.form.need(name), zone=visit.house.plan.zone)


def _named(no: int, words: str) -> dict[str, str]:
    return {"no": str(no), "words": f"{no} {plain(words)}"}


def _relations(t: Translator) -> list[tuple[str, str]]:
    return [(one, t.gettext(f"evaluator.relation.{one}")) for one in RELATIONS]


def _competence_grid(rows: Sequence[Competence], visit: Visit) -> Grid:
    t = visit.t
    cells = [
        (
            Cell(texts=(str(one.no),)),
            Cell(codes=(plain(one.holder),)),
            Cell(texts=(t.gettext(f"evaluator.part.{one.part}"),)),
            Cell(texts=(f"{plain(one.scheme)} ★{one.level}",)),
            Cell(tags=(_state(t, runs=visit.now < one.ends),)),
            Cell(moments=(t.first_day(one.begins, ZONE), t.last_day(one.ends, ZONE))),
        )
        for one in rows
    ]
    return _grid("competences", ("no", "by", "part", "tier", "state", "days"), cells, t)


def _interest_grid(rows: Sequence[Interest], visit: Visit) -> Grid:
    t = visit.t
    cells = [
        (
            Cell(texts=(str(one.no),)),
            Cell(codes=(plain(one.party),)),
            Cell(codes=(one.organisation,)),
            Cell(texts=(t.gettext(f"evaluator.relation.{one.relation}"),)),
            Cell(tags=(_state(t, runs=one.ends is None),)),
            Cell(moments=(t.first_day(one.begins, ZONE), *_end(one, t))),
        )
        for one in rows
    ]
    return _grid("interests", ("no", "by", "organisation", "relation", "state", "days"), cells, t)


def _end(one: Interest, t: Translator) -> tuple[Moment, ...]:
    return () if one.ends is None else (t.last_day(one.ends, ZONE),)


def _state(t: Translator, *, runs: bool) -> Any:
    return done_tag(t.gettext("evaluator.row.runs")) if runs else open_tag(t.gettext("evaluator.row.ended"))


def _grid(name: str, columns: Sequence[str], cells: Sequence[tuple[Cell, ...]], t: Translator) -> Grid:
    titles = tuple(t.gettext(f"evaluator.column.{one}") for one in columns)
    title = t.gettext(f"evaluator.{name}.title")
    return grid(name, title, titles, cells, empty=t.gettext("evaluator.registers.none"))


def register_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together here."""
    columns = ("part", "days", "organisation", "relation")
    return (
        *(f"evaluator.column.{one}" for one in columns),
        *(f"evaluator.relation.{one}" for one in RELATIONS),
        "evaluator.competences.title",
        "evaluator.interests.title",
    )
