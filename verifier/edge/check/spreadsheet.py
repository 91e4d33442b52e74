"""Rows of spreadsheet files: Office Open XML workbooks (.xlsx) and CSV (RFC 4180), read strictly and written safely.

Everything read is text. What a spreadsheet programme would have changed or calculated (formulas, dates, fractions) is
refused with the cell's place and what to do, never guessed. CSV is UTF-8, with or without a byte order mark, or CP932
as Japanese spreadsheet programmes write it. A written cell never begins with a character that a spreadsheet programme
takes for a formula: an apostrophe is put before it and taken away again when the cell is read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from verifier.errors import MalformedError

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 64
MAX_CELL = 4_000
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[str, ...]
_ZIP = b"PK\x03\x04"
_SMALLER = "Remove everything that is not part of the table."
_AS_TEXT = "Format the cell as text and type it again."


@dataclass(frozen=True)
class Choices:
    """A drop-down list of allowed words for one column (0 is the first) from one row (0 is the first) downwards."""

    column: int
    first_row: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What to write: a title, rows of text, how many of them are headings, column widths and drop-down lists."""

    title: str
    rows: tuple[Row, ...]
    headings: int = 0
    widths: tuple[int, ...] = ()
    choices: tuple[Choices, ...] = ()


def cell_name(row: int, column: int) -> str:
    """Return how a fault names a place; both count from 0."""
    return f"row {row + 1}, column {get_column_letter(column + 1)}"


def read_rows(data: bytes, *, filename: str, sheet: str | None = None) -> tuple[Row, ...]:
    """Return the rows of one sheet of a workbook, the first if none is named, or of a CSV file; the content decides.

    Cells are stripped of surrounding white space, rows of empty cells at their end. Raises MalformedError that names
    row and column.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(f"{filename}: larger than {MAX_BYTES} bytes", hint=_SMALLER)
    rows = _xlsx_rows(data, filename, sheet) if data.startswith(_ZIP) else _csv_rows(data, filename)
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def write_csv(sheet: Sheet) -> bytes:
    """Return the sheet as CSV in UTF-8 with a byte order mark, without which spreadsheet programmes misread it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([neutral(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(sheet: Sheet) -> bytes:
    """Return the sheet as a workbook: every cell is text, headings stay in view, drop-down lists refuse other words."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)  # a new workbook has one worksheet
    page.title = sheet.title
    for number, row in enumerate(sheet.rows, 1):
        for column, text in enumerate(row, 1):
            cell = page.cell(number, column, neutral(text))
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number <= sheet.headings:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E8EDF4")
    page.freeze_panes = f"A{sheet.headings + 1}"
    for column, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    for choices in sheet.choices:
        _offer(page, choices, last_row=len(sheet.rows))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _offer(page: Worksheet, choices: Choices, *, last_row: int) -> None:
    rule = DataValidation(type="list", formula1=f'"{",".join(choices.words)}"', showErrorMessage=True)
    rule.error = " / ".join(choices.words)
    letter = get_column_letter(choices.column + 1)
    rule.add(f"{letter}{choices.first_row + 1}:{letter}{last_row}")
    page.add_data_validation(rule)


def neutral(text: str) -> str:
    """Return the text as a cell that no spreadsheet programme takes for a formula, nor for a broken file."""
    safe = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{safe}" if safe.startswith((*BEGINS_FORMULA, "'")) else safe


def _plain(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith("'") and stripped[1:].startswith((*BEGINS_FORMULA, "'")):
        return stripped[1:]
    return stripped


def _csv_rows(data: bytes, filename: str) -> list[Row]:
    try:
        lines = list(csv.reader(io.StringIO(_csv_text(data, filename), newline=""), strict=True))
    except csv.Error as error:
        raise MalformedError(f"{filename}: not CSV: {error}", hint="Save it again as CSV (UTF-8).") from error
    if len(lines) > MAX_ROWS:
        raise MalformedError(f"{filename}: more than {MAX_ROWS} rows", hint=_SMALLER)
    return [_row(line, number, filename) for number, line in enumerate(lines)]


def _csv_text(data: bytes, filename: str) -> str:
    if b"\x00" in data:
        raise MalformedError(f"{filename}: neither a workbook nor CSV", hint="Save it as .xlsx or as CSV (UTF-8).")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedError(f"{filename}: neither UTF-8 nor CP932", hint="Save it again as CSV (UTF-8).")


def _xlsx_rows(data: bytes, filename: str, sheet: str | None) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise MalformedError(f"{filename}: unpacks to more than {MAX_UNPACKED} bytes", hint=_SMALLER)
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        # One row beyond what is allowed: the surplus is seen and refused, not dropped. Each row is judged as it is
        # read, so that the first over-wide one ends the reading.
        if sheet is not None and sheet not in book.sheetnames:
            raise MalformedError(f"{filename}: no sheet {sheet[:40]!r}", hint=f"Sheets: {', '.join(book.sheetnames)}")
        page = (book[sheet] if sheet is not None else book.worksheets[0]).iter_rows(
            max_row=MAX_ROWS + 1, values_only=True
        )
        rows = [_row(line, number, filename) for number, line in enumerate(page)]
    except MalformedError:
        raise
    except Exception as error:  # openpyxl lets through whatever its ZIP and XML readers meet
        raise MalformedError(f"{filename}: not a workbook that can be read", hint="Save it again as .xlsx.") from error
    if len(rows) > MAX_ROWS:
        raise MalformedError(f"{filename}: more than {MAX_ROWS} rows", hint=_SMALLER)
    return rows


def _row(cells: Sequence[object], number: int, filename: str) -> Row:
    texts = [_text(value, f"{filename}, {cell_name(number, column)}") for column, value in enumerate(cells)]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > MAX_COLUMNS:
        raise MalformedError(f"{filename}, row {number + 1}: more than {MAX_COLUMNS} columns", hint=_SMALLER)
    return tuple(texts)


def _text(value: object, place: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            raise MalformedError(f"{place}: true or false is not text", hint=_AS_TEXT)
        case date() | time():
            raise MalformedError(f"{place}: the spreadsheet made a date of it", hint=_AS_TEXT)
        case int():
            return str(value)
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case str():
            return _checked(value, place)
        case _:
            raise MalformedError(f"{place}: neither text nor a whole number", hint=_AS_TEXT)


def _checked(text: str, place: str) -> str:
    if len(text) > MAX_CELL:
        raise MalformedError(f"{place}: longer than {MAX_CELL} characters", hint="Shorten it or refer to a document.")
    if text.startswith("="):
        raise MalformedError(f"{place}: a formula", hint="Replace the formula by its value.")
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text):
        raise MalformedError(f"{place}: holds a control character", hint="Type the cell again.")
    return _plain(text)
