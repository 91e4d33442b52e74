"""Writing a mapping: the two files of a head and its rows, as mapping.py reads them.

The form is canonical: sources sorted by id, the qualifier column only where a row has one. So a mapping that was
written here, sent as OSCAL and read back has the same bytes and therefore the same digest.
"""

from __future__ import annotations

from collections.abc import Iterable

from recognition.mapping import COLUMNS, QUALIFIED, MappingHead, MappingRow
from verifier.scheme.written import document_lines, write_table


def write_mapping(head: MappingHead, rows: Iterable[MappingRow]) -> dict[str, bytes]:
    """Return NAME.toml and NAME.csv. What is wrong with them is for the linter to say."""
    listed = tuple(rows)
    qualified = any(row.qualifier for row in listed)
    cells = [
        (
            " ".join(sorted(row.sources)),
            row.target,
            row.relation,
            *([qualifier_cell(row)] if qualified else []),
            row.note_en,
        )
        for row in listed
    ]
    return {
        f"{head.id}.toml": "\n".join(document_lines(head.members())).encode(),
        f"{head.id}.csv": write_table(QUALIFIED if qualified else COLUMNS, cells),
    }


def qualifier_cell(row: MappingRow) -> str:
    """Return what stands in the column ``qualifier``."""
    return f"{row.qualifier}:{row.condition}" if row.condition else row.qualifier
