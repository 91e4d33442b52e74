"""Lists as people have them: encodings, delimiters, workbooks, columns; and files that are no list."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.check.suppliers import HEADINGS, as_csv
from verifier.check.columns import NAME, detect_columns
from verifier.check.supplier import NameBook, Supplier, fold_name, read_suppliers
from verifier.edge.check.check_output import safe_cell, write_table
from verifier.edge.check.check_words import sheet_notes
from verifier.edge.check.spreadsheet import read_rows
from verifier.edge.check.supplier_file import MAX_COLUMNS, MAX_ROWS, UnreadSheet, read_supplier_file
from verifier.edge.check.supplier_list import parse_list
from verifier.edge.i18n import translator
from verifier.errors import MalformedError
from verifier.tier import Tier

NUMBER = "1180301018771"
ROWS = [("会社名", "法人番号", "備考"), ("株式会社髙﨑", NUMBER, "①の窓口"), ("サンプル", "T" + NUMBER, 'a;b,"c"\td')]
WANTED = Tier("jp.meti.scs", 3)


def suppliers(rows: list[tuple[str, ...]], **named: str) -> tuple[Supplier, ...]:
    return read_suppliers(rows, detect_columns(rows, named), damage={}, wanted=WANTED)


def workbook(*rows: tuple[object, ...], title: str = "一覧") -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    read = read_supplier_file(as_csv(ROWS, encoding, delimiter), filename="s.csv")
    assert read.rows == tuple(ROWS)
    assert [one.identifiers for one in suppliers(list(read.rows))] == [(f"0188-{NUMBER}",)] * 2


@pytest.mark.parametrize(("encoding", "name"), [("iso2022_jp", "iso2022_jp"), ("iso2022_jp_ext", "iso2022_jp_ext")])
def test_a_list_in_the_encoding_of_mail_is_no_utf_8(encoding: str, name: str) -> None:
    company = "ｻﾝﾌﾟﾙ" if encoding.endswith("ext") else "株式会社見本"
    rows = [("会社名", "法人番号"), (company, NUMBER)]
    read = read_supplier_file(as_csv(rows, encoding), filename="s.csv")
    assert read.rows == tuple(rows)
    assert name in read.form


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    assert read_supplier_file(b"sep=;\r\na;b\r\n1,5;2\r\n", filename="s.csv").rows == (("a", "b"), ("1,5", "2"))


def test_numbers_of_a_workbook_are_kept_and_what_it_changed_is_noted() -> None:
    data = workbook(
        ("会社名", "法人番号"),
        ("整数", int(NUMBER)),
        ("文字", NUMBER),
        ("指数", 5.01e12),
        ("大きい", 1.2345678901234567e18),
        ("小数", 118030101877.5),
        ("日付", date(2027, 4, 1)),
        ("数式", "=A1"),
        ("真偽", True),
    )
    read = read_supplier_file(data, filename="s.xlsx")
    assert read.form == "xlsx"
    columns = detect_columns(read.rows, {})
    found = read_suppliers(read.rows, columns, damage=read.damage, wanted=WANTED)
    assert [one.refused or one.subject for one in found] == [
        f"0188-{NUMBER}", f"0188-{NUMBER}", "check_digit", "scientific", "fraction", "date", "formula",
        "not_identifier",
    ]  # fmt: skip
    assert all(one.name for one in found)


def test_a_sheet_is_chosen_by_name() -> None:
    book = Workbook()
    book.create_sheet("取引先").append(["法人番号", NUMBER])
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_supplier_file(buffer.getvalue(), filename="s", sheet="取引先").rows == (("法人番号", NUMBER),)
    with pytest.raises(MalformedError, match="no sheet") as raised:
        read_supplier_file(buffer.getvalue(), filename="s", sheet="別")
    assert "取引先" in raised.value.hint
    with pytest.raises(MalformedError, match="CSV has no sheets"):
        read_supplier_file(b"a,b", filename="s", sheet="別")


def _of_sheets(*sheets: tuple[str, list[str]], hidden: str = "") -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, row in sheets:
        page = book.create_sheet(title)
        page.append(row)
        page.sheet_state = "hidden" if title == hidden else "visible"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_sheets_that_hold_something_and_are_not_read_are_named() -> None:
    data = _of_sheets(("一次", ["法人番号", NUMBER]), ("空", []), ("二次", ["法人番号"]), ("旧", ["x"]), hidden="旧")
    read = read_supplier_file(data, filename="s")
    assert (read.sheet, read.unread) == ("一次", (UnreadSheet("二次"), UnreadSheet("旧", is_hidden=True)))
    assert sheet_notes(read.sheet, read.unread, translator("en")) == [
        "Sheet 一次 was read. Not read: 二次, 旧 (hidden)."
    ]
    assert read_supplier_file(_of_sheets(("一次", ["a"]), ("空", [])), filename="s").unread == ()


@pytest.mark.parametrize("cover", [["取引先の一覧"], ["法人番号"], []])
def test_a_cover_that_is_no_list_is_refused_with_the_other_sheets(cover: list[str]) -> None:
    data = _of_sheets(("表紙", cover), ("一覧", ["法人番号", NUMBER]))
    with pytest.raises(MalformedError, match=r"^sheet '表紙': ") as raised:
        parse_list(data, filename="s", wanted=WANTED)
    assert "--sheet" in raised.value.hint
    assert "'一覧'" in raised.value.hint


BROKEN = {
    "cut off": lambda: workbook(("法人番号",), (NUMBER,))[:500],
    "password": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "nothing": lambda: b"",
    "blank": lambda: b",,\r\n,,\r\n",
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "too many rows": lambda: b"a\r\n" * (MAX_ROWS + 2),
    "too many columns": lambda: b"a," * (MAX_COLUMNS + 1) + b"a\r\n",
    "too long a cell": lambda: b"a" * 40_000,
    "unended quote": lambda: b'a,"b' + b"c" * 200_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(MalformedError) as raised:
        read_supplier_file(BROKEN[name](), filename="s")
    assert raised.value.message.startswith("s")
    assert raised.value.hint or name in ("nothing", "blank")


def test_many_empty_cells_at_the_end_of_a_row_are_left_out() -> None:
    assert read_supplier_file(b"a" + b"," * 1_000_000 + b"\n", filename="s").rows == (("a",),)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.edge.check.workbook.MAX_UNPACKED", 100_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_001)
    with pytest.raises(MalformedError, match="unpacks to more than"):
        read_supplier_file(bomb.getvalue(), filename="s")


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("法人番号", "0188"), ("法人番号（13桁）", "0188"), ("Corporate Number", "0188"), ("インボイス番号", "0188"),
        ("LEI", "0199"), ("D-U-N-S Number", "0060"), ("ＤＵＮＳ番号", "0060"), ("UK company number", "uk"),
        ("Companies House", "uk"), ("マークID", "mark"), ("QRコード", "mark"), ("mark_id", "mark"),
        ("取引先名", "name"), ("Supplier name", "name"), ("必要レベル", "tier"),
        ("Required tier", "tier"), ("識別子", "identifier"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_heading(heading: str, role: str) -> None:
    columns = detect_columns([("x", heading, "会社名" if role != "name" else "LEI"), ("1", "2", "3")], {})
    assert columns.roles[1] == role
    assert columns.first == 1


@pytest.mark.parametrize("heading", ["URL", "Tier", "番号", "取引先コード", "level", "色"])
def test_a_heading_that_means_something_else_in_most_lists_is_left_alone(heading: str) -> None:
    columns = detect_columns([("法人番号", heading), (NUMBER, "1")], {})
    assert dict(columns.roles) == {0: "0188"}


def test_a_column_is_known_by_its_content_without_headings() -> None:
    rows = [("1", "株式会社あ", NUMBER), ("2", "い有限会社", "4000012090001"), ("3", "Sample Ltd", "7000012050002")]
    columns = detect_columns(rows, {})
    assert (dict(columns.roles), columns.first) == ({1: "name", 2: "identifier"}, 0)


def test_titles_above_the_headings_are_no_suppliers() -> None:
    rows = [("取引先一覧",), ("",), ("会社名", "法人番号"), ("あ", NUMBER)]
    assert detect_columns(rows, {}).first == 3
    assert [one.row for one in suppliers(rows)] == [3]


def test_a_column_may_be_named_by_the_caller() -> None:
    rows = [("番号A", "番号B"), (NUMBER, "4000012090001")]
    assert suppliers(rows, **{"0188": "番号B"})[0].identifiers[-1] == "0188-4000012090001"
    assert detect_columns(rows, {"0188": "2"}).roles[1] == "0188"
    with pytest.raises(MalformedError, match="no column"):
        detect_columns(rows, {"0188": "番号C"})


def test_a_list_without_any_column_for_suppliers_is_refused() -> None:
    with pytest.raises(MalformedError, match="who the suppliers are"):
        detect_columns([("色", "形"), ("赤", "丸")], {})


def test_duplicates_point_to_the_first_row_and_empty_rows_are_skipped() -> None:
    rows = [("法人番号", "会社名"), (NUMBER, "あ"), ("", ""), (f"T{NUMBER}", "い"), ("", "名だけ")]
    assert [(one.row, one.twin) for one in suppliers(rows)] == [(1, None), (3, 1), (4, None)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("株式会社サンプル精機", "サンプル精機（株）"), ("ｻﾝﾌﾟﾙ精機", "サンプル精機"), ("さんぷる", "サンプル"),
        ("Sample Seiki Co., Ltd.", "SAMPLE SEIKI"), ("Ａ・Ｂ商事", "AB商事 株式会社"),
    ],
)  # fmt: skip
def test_names_that_people_write_differently_are_one(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) != ""


def test_a_name_gets_candidates_that_begin_alike_and_not_more_than_five() -> None:
    book = NameBook([(f"0188-{place}", f"サンプル{place}") for place in range(9)] + [("0199-x", "別の会社")])
    assert len(book.candidates("（株）サンプル")) == 5
    assert book.candidates("別の会社") == (("0199-x", "別の会社"),)
    assert book.candidates("株式会社") == ()


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-1", "@x", "\t=1", "\r=1", " =1", "＝1+1", "＋1", "－1", "＠x", "'=1"]
)
@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_a_cell_that_would_be_a_formula_is_written_as_text(text: str, form: str) -> None:
    assert safe_cell(text).startswith("'")
    written = read_supplier_file(write_table([("a", "b"), (text, "c")], form=form, headings=1), filename="s")
    assert written.rows[1][0].startswith("'")
    assert written.damage == {}


@pytest.mark.parametrize("text", ["", "あ", "a=b", "3-1", "①", "a\nb", "https://x/#1"])
def test_a_harmless_cell_is_written_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
    for form in (".csv", ".xlsx"):
        written = read_supplier_file(write_table([HEADINGS, (text, "c")], form=form, headings=1), filename="s")
        assert written.rows[1][:2] == (text, "c")


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_no_written_cell_begins_like_a_formula(cells: list[str]) -> None:
    text = write_table([("a",), tuple(cells)], form=".csv", headings=1).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@＝＋－＠")] == []


def test_what_is_written_is_read_by_the_strict_reader_too() -> None:
    data = write_table([("a", "b"), ("=1", "+2")], form=".xlsx", headings=1)
    assert read_rows(data, filename="s") == (("a", "b"), ("=1", "+2"))


@pytest.mark.parametrize("heading", ["親会社法人番号", "振込先"])
def test_the_number_of_somebody_else_in_a_row_is_not_the_suppliers(heading: str) -> None:
    rows = (("会社名", "法人番号", heading), ("子", "5010001067883", "5999900000004"))
    assert detect_columns(rows, {}).roles == {0: NAME, 1: "0188"}
    swapped = tuple((one[0], one[2], one[1]) for one in rows)
    assert [swapped[0][place] for place in detect_columns(swapped, {}).of("0188")] == ["法人番号"]


def test_two_different_numbers_of_one_register_are_refused_and_the_same_one_twice_is_not() -> None:
    rows = (
        ("法人番号", "インボイス登録番号"),
        ("5010001067883", "T5999900000004"),
        ("5999900000004", "T5999900000004"),
        ("", "T5999900000004"),
    )
    columns = detect_columns(rows, {})
    two, same, one = read_suppliers(rows, columns, damage={}, wanted=Tier("jp.meti.scs", 3))
    assert (two.refused, two.column) == ("numbers_differ", 1)
    assert same.identifiers == one.identifiers == ("0188-5999900000004",)
    assert (same.refused, one.refused) == ("", "")


def test_a_quotation_mark_that_is_never_closed_swallows_no_supplier() -> None:
    with pytest.raises(MalformedError, match="not CSV"):
        read_supplier_file('法人番号,備考\n6999900000003,"a\n5999900000004,b\n'.encode(), filename="list.csv")
