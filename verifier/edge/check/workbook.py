"""Workbooks that anybody may send: opened without reading a sheet, and what the sheets beside the list hold.

Many entries of a workbook may lead to one part, and one cell at the far right makes a row 16,384 wide: a small file
would be hours of work. So what is looked at is bounded by what a part unpacks to, and an entry counts as a sheet.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.reader.excel import ExcelReader, _find_workbook_part  # type: ignore[attr-defined]  # not in its stubs
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from verifier.errors import MalformedError

MAX_UNPACKED = 500_000_000
MAX_SHEETS = 200
MAX_CONTENTS = 10_000_000
"""So many bytes may name the sheets and ranges of a workbook."""
MOST_EMPTY = 1_000
"""So many empty rows of a sheet are looked through for a cell."""
MOST_LOOKED_AT = 20
"""So many sheets beside the list are looked into."""
MOST_LOOKED_THROUGH = 1_000_000
"""So many bytes, unpacked, are looked through in all of them."""
_SMALLER = "Cut it into several lists."
_ONE = "Save the sheet of the list as a workbook of its own."


class Page(ReadOnlyWorksheet):
    """A sheet of which nothing is read before its rows are asked for."""

    def _get_size(self) -> None:
        # What a sheet says of its size is not relied on, and one that does not say it would be read to its end.
        self._max_row = self._max_column = None

    def _get_row(self, row: Any, *args: Any, **named: Any) -> Any:
        # Formatted cells without a value would widen the row to the last of them.
        while row and row[-1]["value"] in (None, ""):
            row.pop()
        return super()._get_row(row, *args, **named)  # type: ignore[misc]  # not in its stubs

    def lines(self, most: int) -> Iterator[Sequence[object]]:
        """Yield the values of the first rows."""
        page: Any = self
        yield from page.iter_rows(max_row=most, values_only=True)

    @property
    def unpacked(self) -> int:
        """How many bytes the sheet's part unpacks to."""
        page: Any = self
        return int(page.parent._archive.getinfo(page._worksheet_path).file_size)


class _Reader(ExcelReader):
    def read_workbook(self) -> None:
        """Read which sheets there are, if that is not too much to be read."""
        part = _find_workbook_part(self.package).PartName.removeprefix("/")
        if self.archive.getinfo(part).file_size > MAX_CONTENTS:
            raise MalformedError(f"names its sheets and ranges in more than {MAX_CONTENTS} bytes", hint=_ONE)
        super().read_workbook()

    def read_worksheets(self) -> None:
        """Note the sheets. Charts are sheets too, without rows, and are left out."""
        if len(self.parser.sheets) > MAX_SHEETS:
            raise MalformedError(f"more than {MAX_SHEETS} sheets", hint=_ONE)
        book: Any = self.wb
        for sheet, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                page: Any = Page(book, sheet.name, part.target, self.shared_strings)
                page.sheet_state = sheet.state
                book._sheets.append(page)


def open_workbook(data: bytes) -> list[Page]:
    """Return the sheets of a workbook in their order; none of them is read yet.

    Raises MalformedError where it is too large, and whatever openpyxl meets where it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
            raise MalformedError(f"unpacks to more than {MAX_UNPACKED} bytes", hint=_SMALLER)
    reader = _Reader(io.BytesIO(data), read_only=True, keep_links=False)
    reader.read()
    book: Any = reader.wb
    return list(book._sheets)


def holding_something(pages: Sequence[Page]) -> list[Page]:
    """Return the sheets that hold a cell. Of those that cannot be looked into within bounds it is taken for granted."""
    found = []
    left = MOST_LOOKED_THROUGH
    for number, page in enumerate(pages):
        size = page.unpacked
        is_looked_at = number < MOST_LOOKED_AT and size <= left
        left -= size if is_looked_at else 0
        if not is_looked_at or _holds_something(page):
            found.append(page)
    return found


def _holds_something(page: Page) -> bool:
    """Say whether a sheet holds a cell. Of one that is damaged or begins with many empty rows, it is presumed."""
    empty = 0
    try:
        for line in page.lines(MOST_EMPTY):
            if any(value is not None for value in line):
                return True
            empty += 1
    except Exception:  # nobody asked for this sheet: whatever is wrong with it, the list is read
        return True
    return empty == MOST_EMPTY
