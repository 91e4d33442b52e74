"""Agreements: the list, drawing one up from a released mapping, one with both sides' signatures, its terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from recognition.agreement_folder import FirstTerms, usual_terms
from recognition.console.agreement_desk import EDITABLE, Beginning
from recognition.console.agreement_forms import draw_form, terms_form
from recognition.console.agreement_views import act_forms, agreement_facts, answer_grid, fact_grid, signature_grid
from recognition.console.corridor import corridor_of
from recognition.console.desks import MAPPER, SIGNATORY, Desks, noted
from recognition.console.page import BAD, GOOD, OPEN, Page, show, table, tag, text, way
from recognition.console.version_pages import history_grid
from recognition.study import study
from verifier.dates import local_date
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.packs import load_pack
from verifier.edge.page.account import Link
from verifier.errors import MalformedError, MarkError, NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from recognition.console.corridor import Corridor
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Cell, Grid
    from verifier.edge.page.wording import Appearance

DRAWERS = frozenset({MAPPER, SIGNATORY})
LOOKS: dict[str, Appearance] = {"in_force": GOOD, "terminated": BAD, "declined": BAD}


@dataclass(frozen=True)
class AgreementPages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (
            Screen("/agreements", self.show),
            Screen("/agreements/new", self.show_new, DRAWERS),
            Screen("/agreements/{label}", self.show_one),
            Screen("/agreements/{label}/terms", self.show_terms),
        )

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (
            Deed("/agreements/new", self.draw_up, DRAWERS, again=self.show_new),
            Deed("/agreements/{label}/terms", self.rewrite, DRAWERS, again=self.show_terms),
            Deed("/agreements/{label}/mapping", self.take_release, DRAWERS, again=self.show_one),
        )

    def show(self, visit: Visit) -> Response:
        """Show every agreement with its state and for whom it waits."""
        t = visit.t
        ways = (Link(t.gettext("foreign.agreements.new"), "/agreements/new"),) if visit.person.may(DRAWERS) else ()
        page = Page(
            t.gettext("foreign.agreements.title"),
            intro=(t.gettext("foreign.agreements.text"),),
            ways=ways,
            grids=(self.grid(visit),),
        )
        return show(visit, page)

    def grid(self, visit: Visit) -> Grid:
        """Return every agreement with its state and for whom it waits."""
        rows = [self._row(visit, label) for label in self.desks.agreements.names()]
        return table(visit, "agreements", ("name", "from", "state", "waits_for"), rows)

    def show_new(self, visit: Visit) -> Response:
        """Show the form from which an agreement is drawn up: one for a mapping that has a release."""
        t, name = visit.t, visit.query.get("mapping", "") or visit.form.get("mapping")
        released = [one for one in self.desks.mappings.names() if self.desks.mappings.releases(one)]
        chosen = name if name in released else (released[0] if released else "")
        ways = tuple(Link(one, f"/agreements/new?mapping={one}") for one in released)
        page = Page(
            t.gettext("foreign.agreements.new"),
            intro=(t.gettext("foreign.agreements.new.text" if released else "foreign.agreements.unreleased"),),
            ways=ways,
            forms=(draw_form(visit, self.desks, chosen),) if chosen else (),
        )
        return show(visit, page)

    def draw_up(self, visit: Visit) -> Response:
        """Draw up an agreement. Raises MalformedError, NotFoundError, RefusedError, WrongUseError."""
        form = visit.form
        beginning = Beginning(form.need("label"), form.need("mapping"), form.number("release"))
        mapping = self.desks.mappings.version(beginning.mapping, str(beginning.release))
        scheme = self.desks.folder.scheme(mapping.head.source.scheme)
        pack = load_pack(mapping.head.target.scheme, mapping.head.target.version)
        today = local_date(visit.now, pack.zone)
        usual = usual_terms(scheme, pack, today=today)
        caps = {level: form.number(f"cap-{level}") for level in scheme.head.level_ids if form.get(f"cap-{level}")}
        wished = FirstTerms(
            _day(form.get("opens"), usual.opens),
            _day(form.get("closes"), usual.closes),
            _day(form.get("review_by"), usual.review_by),
            _day(form.get("not_after"), usual.not_after),
            caps,
            form.number("max_supplement"),
        )
        self.desks.agreements.draw_up(beginning, wished, today=today, by=noted(visit, "drawn up", mapping.digest))
        return visit.go(f"/agreements/{beginning.label}", "foreign.told.drawn")

    def show_one(self, visit: Visit) -> Response:
        """Show one agreement: its terms in short, both sides' signatures, what it covers, its history."""
        label, t = visit.params["label"], visit.t
        desk = self.desks.agreements
        treaty, answer = desk.treaty(label), desk.answer(label)
        corridor = corridor_of(treaty, desk.signatures(label), answer)
        page = Page(
            t.gettext("foreign.agreement.page", name=label),
            ways=(
                Link(t.gettext("foreign.agreement.terms"), f"/agreements/{label}/terms"),
                Link(t.gettext("foreign.agreement.simulate"), "/simulation"),
            ),
            summary=agreement_facts(visit, treaty, corridor, answer),
            grids=(
                signature_grid(visit, desk, label),
                answer_grid(visit, answer),
                self._study(visit, label),
                fact_grid(visit, desk, label),
                history_grid(visit, desk.history(label)),
            ),
            acts=act_forms(visit, self.desks, label, corridor),
        )
        return show(visit, page)

    def show_terms(self, visit: Visit) -> Response:
        """Show the files of the terms, to be read or written anew."""
        label, t = visit.params["label"], visit.t
        files = self.desks.agreements.files(label)
        treaty = self.desks.agreements.treaty(label)
        texts = [(name, files.get(name, b"").decode("utf-8", "replace")) for name in EDITABLE]
        page = Page(
            t.gettext("foreign.agreement.terms.page", name=label),
            intro=(t.gettext("foreign.agreement.terms.text"),),
            ways=(Link(t.gettext("foreign.agreement.page", name=label), f"/agreements/{label}"),),
            forms=(terms_form(visit, label, texts, treaty.sha256),) if visit.person.may(DRAWERS) else (),
        )
        return show(visit, page, "foreign/terms.html", texts=[] if visit.person.may(DRAWERS) else texts)

    def rewrite(self, visit: Visit) -> Response:
        """Write files of the terms anew. Raises ConflictError, MalformedError, RefusedError."""
        label, form = visit.params["label"], visit.form
        texts = {name: form.get(name) for name in EDITABLE if name in form.fields}
        by = noted(visit, "terms")
        treaty = self.desks.agreements.rewrite(label, texts, sha256=form.need("sha256"), by=by)
        return visit.go(f"/agreements/{label}", "foreign.told.terms", sha256=treaty.sha256)

    def take_release(self, visit: Visit) -> Response:
        """Pin another release of a mapping. Raises NotFoundError, RefusedError."""
        label, form = visit.params["label"], visit.form
        mapping, _, no = form.need("release").partition(":")
        if not (no.isascii() and no.isdigit() and len(no) < 6) or mapping not in self.desks.mappings.names():
            raise NotFoundError("there is no such release")
        self.desks.agreements.take_release(label, mapping, int(no), noted(visit, "mapping", f"{mapping} {no}"))
        return visit.go(f"/agreements/{label}", "foreign.told.saved")

    def _row(self, visit: Visit, label: str) -> tuple[Cell, ...]:
        t, desk = visit.t, self.desks.agreements
        try:
            treaty = desk.treaty(label)
            corridor = corridor_of(treaty, desk.signatures(label), desk.answer(label))
        except MarkError as error:
            return (way(label, f"/agreements/{label}"), text(""), tag(OPEN, error.message), text(""))
        return (
            way(label, f"/agreements/{label}"),
            text(treaty.scheme.head.label.in_(visit.lang)),
            state_cell(visit, corridor),
            text(t.gettext(f"foreign.waits.{corridor.waits_for}")),
        )

    def _study(self, visit: Visit, label: str) -> Grid:
        treaty = self.desks.agreements.treaty(label)
        pack = load_pack(treaty.terms.home.scheme, treaty.terms.home.version)
        rows = [
            (
                text(one.level),
                text(pack.tier(one.tier).label.in_(visit.lang)),
                text(str(len(one.full))),
                text(str(len(one.partial))),
                text(str(len(one.none))),
                text(", ".join(one.missing_assurance) or visit.t.gettext("foreign.none")),
            )
            for one in study(treaty, pack)
            if one.within_cap
        ]
        return table(visit, "study", ("level", "tier", "full", "partial", "none", "missing"), rows)


def state_cell(visit: Visit, corridor: Corridor) -> Cell:
    """Return the state of an agreement as a cell."""
    return tag(LOOKS.get(corridor.state, OPEN), visit.t.gettext(f"foreign.state.{corridor.state}"))


def _day(written: str, usual: date) -> date:
    try:
        return date.fromisoformat(written) if written else usual
    except ValueError as error:
        raise MalformedError(f"not a day: {written[:20]}", hint="Write it as 2027-04-01.") from error
