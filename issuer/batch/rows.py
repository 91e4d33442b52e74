"""The sheet of a batch: one row names one decided case, and repeats whom and what it is about.

A row carries no decision: that was made in the case, by its decider, one by one. What it repeats makes a slip of the
hand visible: a row whose identifier or tier is not the case's is a fault, never a correction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from verifier.edge.check.spreadsheet import Row, Sheet, cell_name, read_rows, write_csv, write_xlsx
from verifier.encoding import canonical, digest
from verifier.errors import MalformedError
from verifier.identifier import parse_identifier

HEADINGS: Row = ("case", "identifier", "tier")
CASE, IDENTIFIER, TIER = range(3)
FAULT_HEADINGS: Row = ("row", "column", "what to do")
MOST_ROWS = 10_000
_CASE_ID = re.compile(r"C-[0-9]{6,12}")
_LEVEL = re.compile(r"[1-9]")


@dataclass(frozen=True)
class Line:
    """One row that can be read; ``row`` counts from 0, the headings are row 0."""

    row: int
    case: str
    identifier: str
    tier: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell and what to do about it; both places count from 0."""

    row: int
    column: int
    text: str

    def __str__(self) -> str:
        name = f" ({HEADINGS[self.column]})" if self.column < len(HEADINGS) else ""
        return f"{cell_name(self.row, self.column)}{name}: {self.text}"


@dataclass(frozen=True)
class BatchSheet:
    """A sheet as far as it can be read, with the faults of the rest."""

    filename: str
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]

    @property
    def sha256(self) -> str:
        """SHA-256 of the case ids in their order; whether they came in a workbook or as CSV makes no difference."""
        return digest(canonical([line.case for line in self.lines]))


def read_sheet(data: bytes, *, filename: str) -> BatchSheet:
    """Return the rows of a sheet (.xlsx or .csv), each cell judged alone.

    Raises MalformedError for a file that is no table, has other headings, no row, or more than 10,000.
    """
    rows = read_rows(data, filename=filename)
    if not rows or rows[0] != HEADINGS:
        raise MalformedError(
            f"{filename}, row 1: the headings must be {', '.join(HEADINGS)}",
            hint="Write a sheet of all cases that wait with `shirushi issuer batch sheet`.",
        )
    if not 1 < len(rows) <= MOST_ROWS + 1:
        raise MalformedError(f"{filename}: a batch has 1 to {MOST_ROWS} rows", hint="Divide it into several files.")
    lines: dict[str, Line] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows[1:], 1):
        if not any(row):
            continue
        cells = row + ("",) * (len(HEADINGS) - len(row))
        found = list(_faults(cells, number, lines))
        if not found:
            identifier = str(parse_identifier(cells[IDENTIFIER]))
            lines[cells[CASE]] = Line(number, cells[CASE], identifier, int(cells[TIER]))
        faults += found
    return BatchSheet(filename, tuple(lines.values()), tuple(faults))


def write_sheet(lines: list[tuple[str, str, int]], *, form: Literal["xlsx", "csv"]) -> bytes:
    """Return a sheet of cases, each with its first identifier and its tier."""
    rows = (HEADINGS, *((case, identifier, str(tier)) for case, identifier, tier in lines))
    sheet = Sheet("batch", rows, headings=1, widths=(14, 28, 8))
    return write_xlsx(sheet) if form == "xlsx" else write_csv(sheet)


def write_faults(faults: tuple[Fault, ...]) -> bytes:
    """Return all faults as CSV: row and column as a spreadsheet names them, and what to do."""
    rows = [(cell_name(one.row, 0).split(",")[0].removeprefix("row "), _column(one), one.text) for one in faults]
    return write_csv(Sheet("faults", (FAULT_HEADINGS, *rows)))


def _faults(cells: Row, number: int, earlier: dict[str, Line]) -> Iterator[Fault]:
    case = cells[CASE]
    if not _CASE_ID.fullmatch(case):
        yield Fault(number, CASE, f"{case[:40]!r} is no case id: write it as `shirushi issuer case list` shows it")
    elif case in earlier:
        yield Fault(number, CASE, f"{case} stands in row {earlier[case].row + 1} already: keep one of the rows")
    try:
        parse_identifier(cells[IDENTIFIER])
    except MalformedError as error:
        yield Fault(number, IDENTIFIER, f"{error.message}: write ICD-value or 13 digits, as text")
    if not _LEVEL.fullmatch(cells[TIER]):
        yield Fault(number, TIER, f"{cells[TIER][:40]!r} is no tier: write its number, such as 3")
    for column, text in enumerate(cells[len(HEADINGS) :], len(HEADINGS)):
        if text:
            yield Fault(number, column, "nothing belongs here: empty the cell")


def _column(fault: Fault) -> str:
    return cell_name(0, fault.column).rpartition(" ")[2]
