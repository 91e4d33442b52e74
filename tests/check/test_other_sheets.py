"""Sheets beside the list, as anybody may send them: damaged ones, and so many that reading them would never end."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet._reader import WorkSheetParser

from verifier.edge.check import workbook
from verifier.edge.check.supplier_file import UnreadSheet, read_supplier_file
from verifier.edge.check.workbook import MAX_SHEETS, MOST_LOOKED_AT
from verifier.errors import MalformedError

LIST = (("法人番号",), ("1180301018771",))
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAR = '<row r="{0}"><c r="XFD{0}"/></row>'


def with_sheet(rows: str, *titles: str, end: str = "</sheetData></worksheet>") -> bytes:
    """Return a workbook of a list and of sheets that are all one part, which holds such rows."""
    book = Workbook()
    book.worksheets[0].title = "一覧"
    for row in LIST:
        book.worksheets[0].append(row)
    book.create_sheet("other")
    made, changed = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "xl/workbook.xml":
                text = re.sub(
                    r'<sheet [^>]*name="other"[^>]*/>',
                    lambda entry: "".join(entry[0].replace('"other"', f'"{title}"') for title in titles),
                    text,
                )
            if name == "xl/worksheets/sheet2.xml":
                text = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}{end}'
            target.writestr(name, text)
    return changed.getvalue()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is parsed of sheets: each row, and each look for a size."""
    found = []
    rows, size = WorkSheetParser.parse, WorkSheetParser.parse_dimensions

    def parse(self: Any) -> Iterator[Any]:
        for row in rows(self):
            found.append("row")
            yield row

    def parse_dimensions(self: Any) -> Any:
        found.append("size")
        return size(self)

    monkeypatch.setattr(WorkSheetParser, "parse", parse)
    monkeypatch.setattr(WorkSheetParser, "parse_dimensions", parse_dimensions)
    return found


def test_a_workbook_of_too_many_sheets_is_refused_before_any_is_parsed(parsed: list[str]) -> None:
    data = with_sheet(FAR.format(1), *(f"s{number}" for number in range(MAX_SHEETS)))
    with pytest.raises(MalformedError, match=f"^s: more than {MAX_SHEETS} sheets$") as raised:
        read_supplier_file(data, filename="s")
    assert raised.value.hint
    assert parsed == []


def test_of_many_sheets_that_are_one_part_only_some_are_looked_into(parsed: list[str]) -> None:
    titles = [f"s{number}" for number in range(MAX_SHEETS - 1)]
    far = "".join(FAR.format(number) for number in range(1, 11))
    read = read_supplier_file(with_sheet(far, *titles), filename="s")
    assert read.rows == LIST
    assert [one.title for one in read.unread] == titles[MOST_LOOKED_AT:]
    assert parsed == ["row"] * (len(LIST) + MOST_LOOKED_AT * 10)


def test_what_is_looked_through_in_all_of_them_is_bounded(parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    far = "".join(FAR.format(number) for number in range(1, 101))
    data = with_sheet(far, "one", "two", "three")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet2.xml").file_size
    monkeypatch.setattr(workbook, "MOST_LOOKED_THROUGH", 2 * size)
    assert read_supplier_file(data, filename="s").unread == (UnreadSheet("three"),)
    assert len(parsed) == len(LIST) + 2 * 100


def test_a_sheet_is_not_read_beyond_its_first_value(parsed: list[str]) -> None:
    rows = '<row r="1"><c r="XFD1"/></row><row r="2"><c r="B2"><v>1</v></c></row>' + FAR.format(3) * 50
    assert read_supplier_file(with_sheet(rows, "x"), filename="s").unread == (UnreadSheet("x"),)
    assert len(parsed) == len(LIST) + 2


def test_contents_of_a_workbook_that_are_too_long_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_CONTENTS", 100)
    with pytest.raises(MalformedError, match=r"^s: names its sheets and ranges in more than 100 bytes$"):
        read_supplier_file(with_sheet("", "x"), filename="s")


def test_formatted_cells_make_no_row_of_the_list_wider() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"/></row>'
        + FAR.format(2)
        + '<row r="3"><c r="A3"><v>2</v></c></row>'
    )
    data = with_sheet(rows, "x")
    assert read_supplier_file(data, filename="s", sheet="x").rows == (("1",), (), ("2",))
    assert [len(line) for line in workbook.open_workbook(data)[1].lines(9)] == [1, 0, 1]


DAMAGED = {
    "number": ('<row r="1"><c r="A1"><v>abc</v></c></row>', {}),
    "date": ('<row r="1"><c r="A1" t="d"><v>yesterday</v></c></row>', {}),
    "shared text": ('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>', {}),
    "cell": ('<row r="1"><c r="1A"><v>1</v></c></row>', {}),
    "XML": ('<row r="1"><c', {"end": ""}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_sheet_fails_the_file_only_if_it_is_asked_for(name: str) -> None:
    rows, end = DAMAGED[name]
    data = with_sheet(rows, "x", **end)
    read = read_supplier_file(data, filename="s")
    assert (read.rows, read.unread) == (LIST, (UnreadSheet("x"),))
    with pytest.raises(MalformedError, match=r"^s: not a workbook that can be read$"):
        read_supplier_file(data, filename="s", sheet="x")
