"""Writing a checked list: the list as it came, with the answers in further columns, as a workbook or as CSV.

Cells of the list are copied as text. One that a spreadsheet programme would take for a formula gets an apostrophe
before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from verifier.edge.check.spreadsheet import neutral
from verifier.errors import WrongUseError

FULL_WIDTH = ("＝", "＋", "－", "＠")
"""Japanese spreadsheet programmes take these for the beginning of a formula too."""

_WIDEST = 60
_PLAIN = r"[^\s=+\-@＝＋－＠'\x00-\x1f\ud800-\udfff][^\x00-\x1f\ud800-\udfff]*"
_SAFE = re.compile(_PLAIN)
_SAFE_ROW = re.compile(rf"(?:{_PLAIN})?(?:\n(?:{_PLAIN})?)*")
"""The cells of a row with line feeds between them, all of them harmless: most rows, seen at once."""


def safe_cell(text: str) -> str:
    """Return a cell of somebody else's list as it may be written."""
    if not text or _SAFE.fullmatch(text) or text.startswith("'"):
        # An apostrophe there already: the list's own, and it keeps a formula from being one.
        return ILLEGAL_CHARACTERS_RE.sub("", text)
    written = neutral(text)
    begins = text.lstrip()
    is_hidden = written == text and begins.startswith(("=", "+", "-", "@", *FULL_WIDTH))
    return f"'{written}" if is_hidden else written


def write_table(rows: Sequence[Sequence[str]], *, form: str, headings: int) -> bytes:
    """Return the rows as CSV (UTF-8 with a byte order mark) or as a workbook, every cell as text."""
    safe = (row if _SAFE_ROW.fullmatch("\n".join(row)) else [safe_cell(cell) for cell in row] for row in rows)
    return _csv(safe) if form == ".csv" else _workbook(safe, headings, _widths(rows))


def checked_form(path: Path) -> str:
    """Return the form of a file to write by its suffix. Raises WrongUseError for another one."""
    form = path.suffix.lower()
    if form not in (".csv", ".xlsx"):
        raise WrongUseError(f"{path}: results are written as .xlsx or .csv")
    return form


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _workbook(rows: Iterable[Sequence[str]], headings: int, widths: Sequence[int]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("check")
    page.freeze_panes = f"A{headings + 1}"
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    bold = Font(bold=True)
    for number, row in enumerate(rows, 1):
        if number > headings:
            page.append(row)
            continue
        cells = [WriteOnlyCell(page, value=cell) for cell in row]
        for cell in cells:
            cell.font = bold
        page.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    count = max(map(len, rows), default=0)
    sample = rows[:200]
    return [
        min(_WIDEST, max((2 * len(row[place]) for row in sample if place < len(row)), default=8) + 2)
        for place in range(count)
    ]
