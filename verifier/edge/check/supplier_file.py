"""Reading supplier lists as people have them: CSV in whatever encoding their programme wrote, and workbooks.

Unlike a form of ours (spreadsheet.py) such a list is not refused for one bad cell: what a spreadsheet programme
changed is noted beside the rows, and only a row that depends on it is refused. Texts stay as they are, in their order.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from verifier.edge.check.workbook import holding_something, open_workbook
from verifier.errors import MalformedError

MAX_BYTES = 50_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
MOST_SHEETS = 20
"""So many sheets are named where others than the one that was read hold something."""
EXACT = 10**15
"""From here on a spreadsheet programme keeps no more than 15 digits."""

Row = tuple[str, ...]
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@")
"""How Japanese characters begin in that encoding, in which mail programmes and old systems write."""
_DELIMITERS = ",;\t"
_AGAIN = "Save it again as CSV (UTF-8) or as .xlsx."
_SMALLER = "Cut it into several lists."


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet of the workbook that holds something and was not read."""

    title: str
    is_hidden: bool = False


@dataclass(frozen=True)
class SupplierFile:
    """The rows of a list. ``damage`` says by row and column, from 0, what a spreadsheet programme made of a cell.

    ``sheet`` is the one of the workbook that was read, ``unread`` are the others that hold something; CSV has neither.
    """

    rows: tuple[Row, ...]
    damage: dict[tuple[int, int], str]
    form: str
    sheet: str = ""
    unread: tuple[UnreadSheet, ...] = ()

    def no_list(self, message: str, *, hint: str = "") -> MalformedError:
        """Return why the rows are no list; where other sheets hold something, it names the sheets."""
        if not self.unread:
            return MalformedError(message, hint=hint)
        others = ", ".join(_quoted(one.title) for one in self.unread[:MOST_SHEETS])
        if len(self.unread) > MOST_SHEETS:
            others += ", ..."
        ways = (hint, f"Is the list on another sheet? Name it (--sheet): {others}.")
        return MalformedError(f"sheet {_quoted(self.sheet)}: {message}", hint=" ".join(filter(None, ways)))


def read_supplier_file(data: bytes, *, filename: str, sheet: str | None = None) -> SupplierFile:
    """Return the rows of a list; its content decides the form. Raises MalformedError."""
    if len(data) > MAX_BYTES:
        raise MalformedError(f"{filename}: larger than {MAX_BYTES} bytes", hint=_SMALLER)
    if data.startswith(_OLE):
        raise MalformedError(
            f"{filename}: a workbook with a password, or one of the old .xls form",
            hint="Take the password away and save it as .xlsx.",
        )
    if not data.startswith(_ZIP) and sheet is not None:
        raise MalformedError(f"{filename}: CSV has no sheets", hint="Leave the sheet out.")
    read = _workbook(data, filename, sheet) if data.startswith(_ZIP) else _csv(data, filename)
    if not any(any(row) for row in read.rows):
        raise read.no_list(f"{filename}: holds no rows")
    return read


def _csv(data: bytes, filename: str) -> SupplierFile:
    text, encoding = _decoded(data, filename)
    named = re.match(r"sep=([,;\t])\r?\n", text)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named else _delimiter(text)
    try:
        rows = _limited(
            (tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)),
            filename,
        )
    except csv.Error as error:
        raise MalformedError(f"{filename}: not CSV: {error}", hint=_AGAIN) from error
    return SupplierFile(rows, {}, f"CSV, {encoding}, {_NAMES[delimiter]}")


_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


def _decoded(data: bytes, filename: str) -> tuple[str, str]:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff"), encoding
    raise MalformedError(f"{filename}: neither a workbook nor text in UTF-8, UTF-16, CP932 or ISO-2022-JP", hint=_AGAIN)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in data:
        # Digits, delimiters and line ends are below 256, so one half of every list's bytes tells the order.
        return ("utf-16-le", "utf-16-be") if data[1::2].count(0) >= data[::2].count(0) else ("utf-16-be", "utf-16-le")
    if any(escape in data for escape in _ISO_2022_JP) and data.isascii():
        # It would pass for UTF-8: all its bytes are ASCII. The second one has half-width katakana too.
        return ("iso2022_jp", "iso2022_jp_ext")
    return ("utf-8", "cp932")


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into most columns alike."""
    lines = text[:20_000].splitlines()[:20]

    def alike(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        most = max(widths, key=widths.count, default=1)
        return (most > 1) * widths.count(most), most

    try:
        return max(_DELIMITERS, key=alike)
    except csv.Error:
        return ","


def _workbook(data: bytes, filename: str, sheet: str | None) -> SupplierFile:
    damage: dict[tuple[int, int], str] = {}
    try:
        pages = open_workbook(data)
    except MalformedError as error:
        raise MalformedError(f"{filename}: {error.message}", hint=error.hint) from error
    except Exception as error:  # openpyxl lets through whatever its ZIP and XML readers meet
        raise _unreadable(filename) from error
    titles = [page.title for page in pages]
    if sheet is not None and sheet not in titles:
        raise MalformedError(f"{filename}: no sheet {sheet[:40]!r}", hint=f"Sheets: {', '.join(titles)}")
    if not pages:
        raise _unreadable(filename)
    page = pages.pop(titles.index(sheet) if sheet is not None else 0)
    try:
        lines = enumerate(page.lines(MAX_ROWS + 2))
        rows = _limited((_texts(line, number, damage) for number, line in lines), filename)
    except MalformedError:
        raise
    except Exception as error:
        raise _unreadable(filename) from error
    unread = tuple(UnreadSheet(one.title, one.sheet_state != "visible") for one in holding_something(pages))
    return SupplierFile(rows, damage, "xlsx", page.title, unread)


def _unreadable(filename: str) -> MalformedError:
    return MalformedError(f"{filename}: not a workbook that can be read", hint=_AGAIN)


def _quoted(title: str) -> str:
    return repr(title[:40])


def _texts(line: Sequence[object], number: int, damage: dict[tuple[int, int], str]) -> Row:
    texts = []
    for place, value in enumerate(line):
        text, fault = _text(value)
        texts.append(text)
        if fault:
            damage[number, place] = fault
    return tuple(texts)


def _text(value: object) -> tuple[str, str]:
    match value:
        case None:
            return "", ""
        case bool():
            return str(value).upper(), "not_identifier"
        case date() | time() | timedelta():
            return str(value), "date"
        case int():
            return str(value), "" if abs(value) < EXACT else "scientific"
        case float() if value.is_integer() and abs(value) < EXACT:
            return str(int(value)), ""
        case float():
            return repr(value), "fraction" if abs(value) < EXACT else "scientific"
        case str():
            return value, "formula" if value.startswith("=") else ""
        case _:
            return str(value), "not_identifier"


def _limited(rows: Iterable[Row], filename: str) -> tuple[Row, ...]:
    found: list[Row] = []
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS + 1:
            raise MalformedError(f"{filename}: more than {MAX_ROWS} rows", hint=_SMALLER)
        kept = row if row and row[-1] else row[: _width(row)]
        if len(kept) > MAX_COLUMNS:
            raise MalformedError(f"{filename}, row {number}: more than {MAX_COLUMNS} columns", hint=_SMALLER)
        if kept and max(map(len, kept)) > MAX_CELL:
            raise MalformedError(
                f"{filename}, row {number}: a cell is longer than {MAX_CELL} characters", hint=_SMALLER
            )
        found.append(kept)
    while found and not any(found[-1]):
        found.pop()
    return tuple(found)


def _width(row: Sequence[str]) -> int:
    """Return how many cells of a row are left without the empty ones at its end."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1]), 0)
