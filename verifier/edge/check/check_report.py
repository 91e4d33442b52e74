"""The account of a checked list for a terminal: how many rows of each verdict, and the rows to look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from verifier.check.outcome import SATISFIED, UNDECIDED, Outcome, RowVerdict
from verifier.edge.check.check_words import SIGNS, row_words, sheet_notes, state_text, verdict_words
from verifier.edge.i18n import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from verifier.check.judge import Case
    from verifier.check.supplier import Supplier
    from verifier.check.watching import Changed
    from verifier.edge.check.supplier_list import SupplierList
    from verifier.edge.i18n import Translator

MOST_ROWS = 10
MOST_OF_A_CELL = 60


def print_summary(
    console: Console,
    listed: SupplierList,
    outcomes: Sequence[Outcome],
    case: Case,
    t: Translator,
    *,
    notes: Iterable[str] = (),
) -> None:
    """Print the counts of each verdict and the first rows that do not meet the policy or could not be decided."""
    if case.environment in ("demonstration", "sandbox"):
        console.print(Text(t.gettext(f"banner.{case.environment}.text"), "magenta"))
    console.print(Text(t.ngettext("bulk.read", len(outcomes), form=listed.file.form)))
    for note in sheet_notes(listed.file.sheet, listed.file.unread, t):
        console.print(Text(note, "yellow"))
    for place, role in listed.columns.roles.items():
        console.print(Text(t.gettext("bulk.read_column", column=place + 1, role=role), "dim"))
    counts = Counter(outcome.verdict for outcome in outcomes)
    table = Table.grid(padding=(0, 1))
    for verdict in RowVerdict:
        if counts[verdict]:
            words = verdict_words(verdict, t)
            table.add_row(Text(SIGNS[verdict], _style(verdict)), Text(words, "bold"), Text(f"{counts[verdict]:,}"))
    console.print(table)
    twins = sum(one.twin is not None for one in listed.suppliers)
    if twins:
        console.print(Text(t.ngettext("bulk.twins", twins)))
    own = [one.asked for one in listed.suppliers if one.asked is not None]
    if own:
        lower = sum(case.wanted.scheme == one.scheme and one.level < case.wanted.level for one in own)
        console.print(Text(t.ngettext("bulk.own_tiers", len(own), lower=lower)))
    moments = {"at": t.moment(case.at, case.zone), "as_of": t.moment(case.as_of, case.zone)}
    console.print(Text(t.gettext("bulk.moments", **moments)))
    for note in notes:
        console.print(Text(note, "yellow"))
    open_rows = [
        (supplier, outcome)
        for supplier, outcome in zip(listed.suppliers, outcomes, strict=True)
        if outcome.verdict not in SATISFIED
    ]
    for supplier, outcome in open_rows[:MOST_ROWS]:
        console.print(_line(supplier, outcome, listed, t))
    if len(open_rows) > MOST_ROWS:
        console.print(Text(t.ngettext("bulk.more", len(open_rows) - MOST_ROWS)))


def change_lines(changes: Iterable[Changed], t: Translator) -> list[str]:
    """Return one line for each change: row, subject, mark, old and new, and the entry that did it."""
    lines = []
    for one in changes:
        old, new = (f"bulk.verdict.{found.verdict}" if found else "" for found in (one.old, one.new))
        cause = t.gettext("bulk.by_clock") if one.index is None else t.gettext("bulk.by_entry", index=one.index)
        states = " -> ".join(state_text(state, t) for state in (one.old_state, one.new_state) if state)
        verdicts = " -> ".join(t.gettext(found) for found in (old, new) if found)
        who = plain(" ".join(filter(None, (one.supplier.subject, one.supplier.name))))
        row = t.gettext("bulk.row", row=one.supplier.row + 1)
        lines.append("  ".join(filter(None, (row, who, one.mark, states, verdicts, cause))))
    return lines


def _line(supplier: Supplier, outcome: Outcome, listed: SupplierList, t: Translator) -> Text:
    words = row_words(outcome.reason, t)
    who = plain(" ".join(filter(None, (supplier.subject, supplier.name))))
    where = t.gettext("bulk.row", row=supplier.row + 1)
    cell = _refused_cell(supplier, listed, t)
    sign = (f"{SIGNS[outcome.verdict]} ", _style(outcome.verdict))
    return Text.assemble(sign, (where, "bold"), f" {who}: ", *cell, f"{words.reason} ", (words.next_step, "dim"))


def _refused_cell(supplier: Supplier, listed: SupplierList, t: Translator) -> list[str]:
    """Return the cell for which a row was refused, as it stands in the list; nothing where it was not for one."""
    if supplier.column is None:
        return []
    cell = plain(listed.file.rows[supplier.row][supplier.column].strip())[:MOST_OF_A_CELL]
    return [t.gettext("bulk.cell", column=supplier.column + 1, cell=cell), " "]


def _style(verdict: RowVerdict) -> str:
    if verdict in SATISFIED:
        return "green"
    return "cyan" if verdict in UNDECIDED else "red"
