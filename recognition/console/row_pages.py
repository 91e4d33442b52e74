"""One home criterion with its rows: each row a form of its own, with what the linter says of it beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.chosen import Sight, sight
from recognition.console.desks import MAPPER, Desks, noted
from recognition.console.forms import Button, Choice, FieldMaker, FormView, options
from recognition.console.mapping_desk import Change, row_mark
from recognition.console.matrix_pages import criterion_labels, editor, gap_facts, mapping_ways, row_line
from recognition.console.page import BAD, PAUSED, Page, is_again, show, table, tag, text, typed
from recognition.console.row_form import read_row
from recognition.console.words import relation_words
from recognition.mapping import QUALIFIERS
from recognition.relation import RELATIONS
from verifier.edge.console.plan import Deed, Screen
from verifier.edge.page.account import Fact, Link
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from recognition.console.mapping_desk import AtWork
    from recognition.mapping import MappingRow
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Grid

PATH = "/mappings/{name}/criteria/{criterion}"
MAPPERS = frozenset({MAPPER})
REMOVE = "remove"


@dataclass(frozen=True)
class RowPages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (Screen(PATH, self.show),)

    def deeds(self) -> tuple[Deed, ...]:
        """Return what is sent."""
        return (Deed(PATH, self.save, MAPPERS, again=self.show),)

    def show(self, visit: Visit) -> Response:
        """Show one criterion with its rows, its neighbours and the gap list's numbers. Raises NotFoundError."""
        name, criterion, t = visit.params["name"], visit.params["criterion"], visit.t
        work = self.desks.mappings.at_work(name)
        seen = self._sight(visit, work)
        forms = [self._form(visit, seen, row) for row in work.rows_of(criterion)] if visit.person.may(MAPPERS) else []
        if visit.person.may(MAPPERS):
            forms.append(self._form(visit, seen, None))
        page = Page(
            t.gettext("foreign.criterion", id=criterion),
            intro=(criterion_labels(seen, visit.lang)[criterion],),
            ways=(*self._neighbours(visit, seen), *mapping_ways(t, name, seen.query)),
            summary=(*self._cover(visit, seen), *gap_facts(t, seen)),
            grids=(self._findings(visit, work),) if work.findings_of(criterion) else (),
            forms=tuple(forms),
        )
        return show(visit, page)

    def save(self, visit: Visit) -> Response:
        """Save or remove one row. Raises ConflictError, MalformedError, NotFoundError."""
        name, criterion, form = visit.params["name"], visit.params["criterion"], visit.form
        seen = self._sight(visit, self.desks.mappings.at_work(name))
        if form.get("act") == REMOVE:
            self.desks.mappings.change(name, Change(form.need("was"), None), noted(visit, "row removed", criterion))
            return visit.go(editor(name, criterion, seen), "foreign.told.removed")
        row = read_row(
            {key: form.get(key) for key in ("relation", "qualifier", "condition", "note")},
            target=criterion,
            chosen=form.many("source"),
            sources=seen.scheme.control_ids,
            targets={one.id for one in seen.pack.criteria},
        )
        self.desks.mappings.change(name, Change(form.get("was"), row), noted(visit, "row", criterion))
        return visit.go(editor(name, criterion, seen), "foreign.told.saved")

    def _sight(self, visit: Visit, work: AtWork) -> Sight:
        seen = sight(self.desks, work.mapping, visit.query)
        if visit.params["criterion"] not in {one.id for one in seen.pack.criteria}:
            raise NotFoundError(f"{seen.pack.name} has no criterion of that id")
        return seen

    def _neighbours(self, visit: Visit, seen: Sight) -> tuple[Link, ...]:
        name, t = visit.params["name"], visit.t
        order = sorted(seen.tier.criteria)
        if visit.params["criterion"] not in order:
            return ()
        at = order.index(visit.params["criterion"])
        before = [Link(t.gettext("foreign.before", id=order[at - 1]), editor(name, order[at - 1], seen))] if at else []
        after = [Link(t.gettext("foreign.after", id=one), editor(name, one, seen)) for one in order[at + 1 : at + 2]]
        return (*before, *after)

    def _cover(self, visit: Visit, seen: Sight) -> tuple[Fact, ...]:
        t = visit.t
        found = [one for one in seen.gaps.covers if one.criterion == visit.params["criterion"]]
        words = [t.gettext(f"foreign.cover.{one.cover.word}") for one in found]
        beside = t.gettext("foreign.beside", level=seen.level, tier=str(seen.tier.tier.level))
        return tuple(Fact(t.gettext("foreign.head.cover"), (f"{one} ({beside})",)) for one in words)

    def _findings(self, visit: Visit, work: AtWork) -> Grid:
        rows = {row.number: row for row in work.rows_of(visit.params["criterion"])}
        found = work.findings_of(visit.params["criterion"])
        cells = [
            (
                text(row_line(rows[one.row])),
                tag(BAD if one.severity == "error" else PAUSED, one.code, one.text(visit.lang)),
            )
            for one in found
            if one.row in rows
        ]
        return table(visit, "findings", ("relations", "finding"), cells)

    def _form(self, visit: Visit, seen: Sight, row: MappingRow | None) -> FormView:
        t = visit.t
        was, number = row_mark(row), str(row.number) if row else "new"
        make, again = FieldMaker(f"row-{number}"), is_again(visit, f"row-{number}")
        chosen = set(visit.form.many("source")) if again else set(row.sources if row else ())
        kept = {
            "relation": row.relation if row else "superset-of",
            "qualifier": row.qualifier if row else "",
            "condition": row.condition if row else "",
            "note": row.note_en if row else "",
        }
        kept = {key: typed(visit, f"row-{number}", key, value) for key, value in kept.items()}
        controls = [one for one in seen.scheme.controls if one.id in seen.scheme.control_ids]
        boxes = tuple(
            Choice(one.id, f"{one.id} {one.label_en}", "checked" if one.id in chosen else "") for one in controls
        )
        relations = options([(one, relation_words(t, one)) for one in RELATIONS], kept["relation"])
        strengths = [(one, t.gettext(f"foreign.strength.{one or 'plain'}")) for one in QUALIFIERS]
        fields = (
            make.boxes("source", t.gettext("foreign.row.sources"), boxes, hint=t.gettext("foreign.row.sources.hint")),
            make.select("relation", t.gettext("foreign.row.relation"), relations),
            make.select("qualifier", t.gettext("foreign.row.strength"), options(strengths, kept["qualifier"])),
            make.line(
                "condition",
                t.gettext("foreign.row.condition"),
                kept["condition"],
                hint=t.gettext("foreign.row.condition.hint"),
            ),
            make.area("note", t.gettext("foreign.row.note"), kept["note"], rows=2),
        )
        buttons = [Button("save", t.gettext("foreign.row.save"))]
        if row is not None:
            buttons.append(Button(REMOVE, t.gettext("foreign.row.remove"), "quiet"))
        title = t.gettext("foreign.row.title", row=row_line(row)) if row else t.gettext("foreign.row.new")
        hidden = (
            ("form", f"row-{number}"),
            ("was", visit.form.get("was") if again else was),
        )
        action = editor(visit.params["name"], visit.params["criterion"], seen)
        return FormView(f"row-{number}", action, title, fields, tuple(buttons), hidden=hidden)
