"""What the pages tell of a batch: its rows with their cases, its faults by row and column, how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.batch.rows import HEADINGS
from issuer.console.case_view import ZONE, present_state
from issuer.console.words import case_tag, done_tag, turn_tag
from verifier.edge.check.spreadsheet import cell_name
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Grid, grid
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from issuer.batch.record import Batch, Member
    from issuer.batch.standing import Preview
    from issuer.desk import Desk
    from verifier.edge.i18n import Translator


def batches_grid(found: Iterable[tuple[Batch, Sequence[Member]]], t: Translator) -> Grid:
    """Return all batches, the latest first."""
    rows = []
    for batch, members in reversed(list(found)):
        issued = sum(one.index is not None for one in members)
        state = done_tag(t.gettext("evaluator.stands.done")) if batch.receipt else turn_tag(f"{issued}/{len(members)}")
        receipt = (Link(f"{batch.id}.json", f"/batch/receipts/{batch.id}.json"),) if batch.receipt else ()
        rows.append(
            (
                Cell(links=(Link(batch.id, f"/batch/sheets/{batch.sheet_sha256}"),)),
                Cell(tags=(state,)),
                Cell(texts=(str(len(members)),)),
                Cell(moments=(t.moment(batch.begun_at, ZONE),)),
                Cell(texts=(plain(batch.filename),)),
                Cell(links=receipt),
            )
        )
    names = ("batch", "state", "count", "begun", "file", "receipt")
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in names)
    return grid("batches", t.gettext("evaluator.batches.all"), titles, rows, empty=t.gettext("evaluator.batches.none"))


def preview_facts(seen: Preview, t: Translator) -> tuple[Fact, ...]:
    """Return what a sheet holds, counted."""
    counts = {
        "readable": len(seen.sheet.lines),
        "unsigned": seen.unsigned,
        "spooled": seen.spooled,
        "admitted": seen.admitted,
        "faults": len(seen.faults),
    }
    told = [Fact(t.gettext(f"evaluator.preview.{name}"), texts=(str(count),)) for name, count in counts.items()]
    tiers = tuple(f"{tier}: {count}" for tier, count in sorted(seen.tiers.items()))
    return (*told, Fact(t.gettext("evaluator.preview.tiers"), texts=tiers or ("-",)))


def faults_grid(seen: Preview, t: Translator) -> Grid:
    """Return the faults by row and column, each with what to do about it."""
    rows = [
        (
            Cell(texts=(cell_name(one.row, one.column),)),
            Cell(texts=(HEADINGS[one.column] if one.column < len(HEADINGS) else "",)),
            Cell(texts=(plain(one.text),)),
        )
        for one in seen.faults
    ]
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("cell", "heading", "todo"))
    return grid("faults", t.gettext("evaluator.batch.faults"), titles, rows, empty=t.gettext("evaluator.batch.clean"))


def rows_grid(desk: Desk, seen: Preview, t: Translator) -> Grid:
    """Return the rows that can be read, each with its case as the desk has it."""
    rows = []
    for line in seen.sheet.lines:
        try:
            case = desk.case(line.case)
        except NotFoundError:
            continue
        issuance = desk.issuance(case.id)
        issued = issuance.admitted.index if issuance and issuance.admitted else None
        logged = (t.gettext("evaluator.point.index", index=str(issued)),) if issued is not None else ()
        rows.append(
            (
                Cell(texts=(str(line.row + 1),)),
                Cell(links=(Link(case.id, f"/cases/{case.id}"),)),
                Cell(texts=(plain(case.holder.name),)),
                Cell(texts=(f"★{case.level}",)),
                Cell(tags=(case_tag(present_state(case, desk.clock()), t),), texts=logged),
            )
        )
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("row", "case", "holder", "tier", "state"))
    return grid("rows", t.gettext("evaluator.batch.rows"), titles, rows, empty=t.gettext("evaluator.batch.empty"))
