"""A row of a mapping as somebody fills it in on a page: closed words in, a row or every fault out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.finding import refuse_first
from recognition.mapping import QUALIFIED, MappingRow, read_mapping_rows
from verifier.scheme.written import write_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_NOTE = 300


def read_row(
    form: Mapping[str, str], *, target: str, chosen: Collection[str], sources: Collection[str], targets: Collection[str]
) -> MappingRow:
    """Return the row that the form describes for that criterion. Raises MalformedError with the first fault."""
    qualifier, condition = form.get("qualifier", ""), form.get("condition", "").strip()
    cell = f"{qualifier}:{condition}" if condition else qualifier
    note = " ".join(form.get("note", "").split())[:LONGEST_NOTE]
    cells = (" ".join(sorted(set(chosen))), target, form.get("relation", ""), cell, note)
    # The reader of files judges: a page adds no rule of its own and forgets none.
    rows, findings = read_mapping_rows(
        write_table(QUALIFIED, [cells]), file="row.csv", sources=frozenset(sources), targets=frozenset(targets)
    )
    refuse_first(findings)
    return rows[0]
