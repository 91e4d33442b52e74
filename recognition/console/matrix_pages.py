"""The crosswalk: home criteria beside foreign controls, as a list, as a matrix, and as what is left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.console.chosen import Sight, sight
from recognition.console.desks import Desks
from recognition.console.forms import FieldMaker, options
from recognition.console.page import Look, Page, show, table, tag, text, way
from recognition.console.words import COVERS, SIGNS, slug
from recognition.coverage import Cover
from verifier.edge.check.spreadsheet import Sheet, write_csv
from verifier.edge.console.plan import Screen
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell

if TYPE_CHECKING:
    from starlette.responses import Response

    from recognition.console.forms import Field
    from recognition.coverage import CriterionCover
    from recognition.mapping import MappingRow
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Translator


@dataclass(frozen=True)
class MatrixRow:
    """A home criterion with a cell for each control: the sign of its relation, or nothing."""

    criterion: str
    label: str
    href: str
    cells: tuple[tuple[MatrixCell, ...], ...]


@dataclass(frozen=True)
class MatrixCell:
    """The relation of a control, perhaps with others together, to a criterion."""

    sign: str
    words: str
    href: str


@dataclass(frozen=True)
class MatrixPages:
    """The pages over one operator's folder."""

    desks: Desks

    def screens(self) -> tuple[Screen, ...]:
        """Return what is read."""
        return (
            Screen("/mappings/{name}", self.show),
            Screen("/mappings/{name}/matrix", self.show_matrix),
            Screen("/mappings/{name}/gaps", self.show_gaps),
            Screen("/mappings/{name}/gaps.csv", self.take_gaps),
        )

    def show(self, visit: Visit) -> Response:
        """Show every criterion of the tier with its cover and its rows. Raises NotFoundError."""
        name, t = visit.params["name"], visit.t
        seen = self._sight(visit)
        wanted = visit.query.get("show", "")
        covers = [one for one in seen.gaps.covers if wanted != "open" or one.cover is not Cover.FULL]
        labels = criterion_labels(seen, visit.lang)
        rows = [self._criterion(visit, seen, one, labels) for one in covers]
        field = FieldMaker("look").select(
            "show",
            t.gettext("foreign.show"),
            options([("", t.gettext("foreign.show.all")), ("open", t.gettext("foreign.show.open"))], wanted),
        )
        page = Page(
            name,
            intro=(seen.mapping.head.notice.in_(visit.lang),),
            ways=mapping_ways(t, name, seen.query),
            summary=gap_facts(t, seen),
            looks=(Look(f"/mappings/{name}", (*sight_fields(t, seen), field)),),
            grids=(table(visit, "criteria", ("criterion", "cover", "relations"), rows),),
        )
        return show(visit, page)

    def show_matrix(self, visit: Visit) -> Response:
        """Show criteria as rows and controls as columns. Raises NotFoundError."""
        name, t = visit.params["name"], visit.t
        seen = self._sight(visit)
        labels = criterion_labels(seen, visit.lang)
        controls = [one.id for one in seen.scheme.controls if one.id in seen.scheme.controls_of(seen.level)]
        rows = [
            _matrix_row(t, seen, criterion, labels[criterion], controls) for criterion in sorted(seen.tier.criteria)
        ]
        page = Page(
            name,
            intro=(t.gettext("foreign.matrix.text"),),
            ways=mapping_ways(t, name, seen.query),
            summary=gap_facts(t, seen),
            looks=(Look(f"/mappings/{name}/matrix", sight_fields(t, seen)),),
        )
        legend = [f"{sign} {t.gettext(f'foreign.relation.{slug(one)}')}" for one, sign in SIGNS.items()]
        return show(visit, page, "foreign/matrix.html", controls=controls, rows=rows, legend=legend)

    def show_gaps(self, visit: Visit) -> Response:
        """Show what a certificate leaves open, and what would close it. Raises NotFoundError."""
        name, t = visit.params["name"], visit.t
        seen = self._sight(visit)
        labels = criterion_labels(seen, visit.lang)
        rows = [
            (
                way(f"{one.criterion} {labels[one.criterion]}", editor(name, one.criterion, seen)),
                tag(COVERS[one.cover], t.gettext(f"foreign.cover.{one.cover.word}")),
                text(*closings(t, seen, one)),
            )
            for one in seen.gaps.open
        ]
        page = Page(
            t.gettext("foreign.gaps.page", name=name),
            intro=(t.gettext("foreign.gaps.text"),),
            ways=(
                *mapping_ways(t, name, seen.query),
                Link(t.gettext("foreign.gaps.take"), f"/mappings/{name}/gaps.csv?{seen.query}"),
            ),
            summary=gap_facts(t, seen),
            looks=(Look(f"/mappings/{name}/gaps", sight_fields(t, seen)),),
            grids=(table(visit, "gaps", ("criterion", "cover", "closed_by"), rows),),
        )
        return show(visit, page)

    def take_gaps(self, visit: Visit) -> Response:
        """Return the gap list as a table for spreadsheet programmes. Raises NotFoundError."""
        seen, t = self._sight(visit), visit.t
        labels = criterion_labels(seen, visit.lang)
        heads = tuple(t.gettext(f"foreign.head.{one}") for one in ("criterion", "name", "cover", "closed_by"))
        rows = tuple(
            (one.criterion, labels[one.criterion], one.cover.word, " ".join(closings(t, seen, one)))
            for one in seen.gaps.open
        )
        name = f"{visit.params['name']}-{seen.level}-{seen.tier.tier.level}.csv"
        return visit.file(write_csv(Sheet("gaps", (heads, *rows), headings=1)), "text/csv", name)

    def _sight(self, visit: Visit) -> Sight:
        return sight(self.desks, self.desks.mappings.version(visit.params["name"], "work"), visit.query)

    def _criterion(
        self, visit: Visit, seen: Sight, one: CriterionCover, labels: dict[str, str]
    ) -> tuple[Cell, Cell, Cell]:
        rows = [row for row in seen.mapping.rows if row.target == one.criterion]
        name = visit.params["name"]
        return (
            way(f"{one.criterion} {labels[one.criterion]}", editor(name, one.criterion, seen)),
            tag(COVERS[one.cover], visit.t.gettext(f"foreign.cover.{one.cover.word}")),
            Cell(
                codes=tuple(row_line(row) for row in rows), texts=() if rows else (visit.t.gettext("foreign.no_rows"),)
            ),
        )


def row_line(row: MappingRow) -> str:
    """Return a row in one line."""
    strength = f" [{row.qualifier}{':' if row.condition else ''}{row.condition}]" if row.qualifier else ""
    return f"{' + '.join(sorted(row.sources))} {SIGNS[row.relation]} {row.relation}{strength}"


def editor(name: str, criterion: str, seen: Sight) -> str:
    """Return where the rows of a criterion are changed."""
    return f"/mappings/{name}/criteria/{criterion}?{seen.query}"


def criterion_labels(seen: Sight, lang: str) -> dict[str, str]:
    """Return the label of every criterion in that language."""
    return {one.id: one.label_ja if lang == "ja" else one.label_en for one in seen.pack.criteria}


def closings(t: Translator, seen: Sight, one: CriterionCover) -> tuple[str, ...]:
    """Return what would close one open criterion."""
    supplement = t.gettext("foreign.closed.supplement")
    shown = (t.gettext("foreign.closed.condition", id=condition) for condition in one.conditions)
    rows = any(row.target == one.criterion for row in seen.mapping.rows)
    return (*shown, supplement) if rows else (supplement, t.gettext("foreign.closed.row"))


def mapping_ways(t: Translator, name: str, query: str = "") -> tuple[Link, ...]:
    """Return the pages about one mapping."""
    asked = f"?{query}" if query else ""
    return (
        Link(t.gettext("foreign.way.list"), f"/mappings/{name}{asked}"),
        Link(t.gettext("foreign.way.matrix"), f"/mappings/{name}/matrix{asked}"),
        Link(t.gettext("foreign.way.gaps"), f"/mappings/{name}/gaps{asked}"),
        Link(t.gettext("foreign.way.versions"), f"/mappings/{name}/versions"),
    )


def sight_fields(t: Translator, seen: Sight) -> tuple[Field, Field]:
    """Return the lists from which level and tier are chosen."""
    make = FieldMaker("look")
    levels = [(level.id, level.label.in_(t.lang)) for level in seen.scheme.head.levels]
    tiers = [(str(rule.level), rule.label.in_(t.lang)) for rule in seen.pack.tiers if rule.counts.criteria]
    return (
        make.select("level", t.gettext("foreign.head.level"), options(levels, seen.level)),
        make.select("tier", t.gettext("foreign.head.tier"), options(tiers, str(seen.tier.tier.level))),
    )


def gap_facts(t: Translator, seen: Sight) -> tuple[Fact, ...]:
    """Return the summary of a gap list."""
    gaps = seen.gaps
    counts = t.gettext(
        "foreign.counts",
        full=str(gaps.count(Cover.FULL)),
        partial=str(gaps.count(Cover.PARTIAL)),
        none=str(gaps.count(Cover.NONE)),
    )
    facts = [
        Fact(t.gettext("foreign.gap.left"), (t.gettext("foreign.gap.number", number=str(len(gaps.open))),)),
        Fact(t.gettext("foreign.gap.counts"), (counts,)),
    ]
    if gaps.missing_assurance:
        missing = t.gettext("foreign.gap.assurance", missing=", ".join(gaps.missing_assurance))
        facts.append(Fact(t.gettext("foreign.head.assurance"), (missing,)))
    if gaps.unknown:
        unknown = t.gettext("foreign.gap.unknown.text", number=str(gaps.unknown))
        facts.append(Fact(t.gettext("foreign.gap.unknown"), (unknown,)))
    return tuple(facts)


def _matrix_row(t: Translator, seen: Sight, criterion: str, label: str, controls: list[str]) -> MatrixRow:
    rows = [row for row in seen.mapping.rows if row.target == criterion]
    href = editor(seen.mapping.head.id, criterion, seen)
    cells = tuple(
        tuple(
            MatrixCell(
                SIGNS[row.relation] + ("+" if len(row.sources) > 1 else ""),
                f"{row_line(row)}, {criterion}: {t.gettext(f'foreign.relation.{slug(row.relation)}')}",
                href,
            )
            for row in rows
            if control in row.sources
        )
        for control in controls
    )
    return MatrixRow(criterion, label, href, cells)
