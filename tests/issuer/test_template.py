"""Answer sheets: what is written reads back, and every fault is named with its place and its remedy."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from issuer.answers import WORDS, ItemAnswer
from issuer.template import ANSWER, FIRST_ITEM, ID, JUSTIFICATION, read_answers, sheet_stamp, write_template
from tests.issuer.conftest import PACK, filled_sheet, sheet_with
from verifier.edge.check.spreadsheet import Sheet, read_rows, write_csv, write_xlsx
from verifier.errors import MalformedError, RefusedError

FIRST = PACK.items_for(3)[0].id


def read(data: bytes, level: int = 3) -> tuple[ItemAnswer, ...]:
    return read_answers(data, filename="answers", pack=PACK, level=level)


def fault(data: bytes, level: int = 3) -> str:
    with pytest.raises(MalformedError) as error:
        read(data, level)
    assert error.value.hint
    return error.value.message


def rows_of(data: bytes) -> list[list[str]]:
    return [list(row) for row in read_rows(data, filename="sheet")]


def rewritten(rows: list[list[str]]) -> bytes:
    return write_csv(Sheet("answers", tuple(tuple(row) for row in rows)))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(("level", "count"), [(3, 81), (4, 43)])
def test_a_template_lists_every_item_unanswered_and_reads_back(form: Any, level: int, count: int) -> None:
    answers = read(write_template(PACK, level, form=form), level)
    assert [answer.item for answer in answers] == [item.id for item in PACK.items_for(level)]
    assert len(answers) == count
    assert {answer.word for answer in answers} == {"unanswered"}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_filled_sheet_reads_back_word_for_word(form: str) -> None:
    cells = {(FIRST, ANSWER): "not_applicable", (FIRST, JUSTIFICATION): "-対象の設備がない、\n=該当なし"}
    first, *others = read(sheet_with(cells, form=form))
    assert first == ItemAnswer(FIRST, "not_applicable", "-対象の設備がない、\n=該当なし", "規程 12 条")
    assert {answer.word for answer in others} == {"met"}


def test_a_workbook_offers_exactly_the_four_answers() -> None:
    page = load_workbook(io.BytesIO(write_template(PACK, 3, form="xlsx"))).worksheets[0]
    [rule] = page.data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(WORDS)}"'
    assert str(rule.sqref) == "E5:E85"
    assert page["B1"].value == sheet_stamp(PACK, 3)
    assert page["A5"].number_format == "@"


def test_a_sheet_saved_as_cp932_reads_alike() -> None:
    text = filled_sheet(3, form="csv").decode("utf-8-sig")
    assert read(text.encode("cp932")) == read(filled_sheet(3, form="csv"))


def test_an_unknown_item_is_named() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    rows.append(["2001/2/1", "", "", "", "met"])
    assert "row 86, column A (id): '2001/2/1' is not an item of this level" in fault(rewritten(rows))


def test_a_missing_item_is_named() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    del rows[FIRST_ITEM]
    assert f"column A (id): {FIRST} is missing: put its row back" in fault(rewritten(rows))


def test_a_doubled_item_is_named() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    rows.append(rows[FIRST_ITEM])
    assert f"row 86, column A (id): {FIRST} stands here a second time" in fault(rewritten(rows))


def test_a_word_that_is_no_answer_is_named() -> None:
    told = fault(sheet_with({(FIRST, ANSWER): "yes"}, form="xlsx"))
    assert told == "answers, row 5, column E (answer): 'yes' is not an answer: choose " + ", ".join(WORDS)


def test_not_applicable_without_a_reason_is_named() -> None:
    assert "row 5, column F (justification): say why" in fault(sheet_with({(FIRST, ANSWER): "not_applicable"}))


def test_a_surplus_cell_is_named() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    rows[FIRST_ITEM].append("see mail")
    assert "row 5, column H: nothing belongs here" in fault(rewritten(rows))


def test_all_faults_are_told_at_once() -> None:
    items = [item.id for item in PACK.items_for(3)]
    told = fault(sheet_with({(item, ANSWER): "ja" for item in items}))
    assert told.count("is not an answer") == 20
    assert told.endswith("and 61 more")


def test_moved_headings_are_named() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    rows[FIRST_ITEM - 1].reverse()
    assert "row 4: the headings must be" in fault(rewritten(rows))


def test_a_sheet_of_another_version_is_refused() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    rows[0][1] = rows[0][1].replace(PACK.digest, "A" * 43)
    with pytest.raises(RefusedError, match="row 1, column B: answers to"):
        read(rewritten(rows))


def test_a_sheet_of_another_level_is_refused() -> None:
    with pytest.raises(RefusedError, match="row 1, column B"):
        read(filled_sheet(4, form="csv"), 3)


def test_a_sheet_without_its_first_rows_is_refused() -> None:
    rows = rows_of(filled_sheet(3, form="csv"))
    with pytest.raises(RefusedError, match="row 1, column B"):
        read(rewritten(rows[FIRST_ITEM:]))
    assert "row 1, column B" in fault(b"")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [("=1+1", "a formula"), (True, "true or false"), (1.5, "neither text nor a whole number")],
)
def test_what_a_spreadsheet_made_of_a_cell_is_not_guessed(value: Any, complaint: str) -> None:
    assert f"row 6, column A: {complaint}" in fault(_edited(value))


def test_an_id_that_became_a_date_is_named() -> None:
    assert "row 6, column A: the spreadsheet made a date of it" in fault(_edited(datetime(2001, 2, 1)))


def test_a_file_that_is_no_table_is_malformed() -> None:
    for data in (b"\x00\x01", b"PK\x03\x04 broken", b"\xff\xfe\xfd", b'"open'):
        with pytest.raises(MalformedError):
            read(data)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 61_000_000)
    assert "unpacks to more than" in fault(bomb.getvalue())


def test_a_workbook_with_too_many_rows_is_refused() -> None:
    assert "more than 20000 rows" in fault(_edited("far below", row=20_001))
    assert "more than 20000 rows" in fault(b"x\n" * 20_001)


def test_a_workbook_with_too_many_columns_is_refused() -> None:
    assert "row 6: more than 64 columns" in fault(_edited("far right", column=16_000))


@settings(max_examples=20)
@given(
    st.lists(
        st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zs"]), min_size=1, max_size=20),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_survives_writing_and_is_never_a_formula(cells: list[str]) -> None:
    texts = tuple(cell.strip() or "x" for cell in cells)
    texts = tuple(text for text in texts if not text.startswith(("=", "'=")))
    sheet = Sheet("any", ((*texts, "end"),))
    for written in (write_csv(sheet), write_xlsx(sheet)):
        assert read_rows(written, filename="any") == sheet.rows
    for cell in next(csv.reader(io.StringIO(write_csv(sheet).decode("utf-8-sig"), newline=""))):
        assert not cell.startswith(("=", "+", "-", "@"))


def _edited(value: Any, *, row: int = FIRST_ITEM + 2, column: int = ID + 1) -> bytes:
    book = load_workbook(io.BytesIO(filled_sheet(3)))
    book.worksheets[0].cell(row, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
