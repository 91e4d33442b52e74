"""The answer sheet of a tier: written for an applicant to fill in, read back strictly.

Cell B1 names scheme, version, level and pack digest, so that answers to one version are never taken for another's.
Rows 3 and 4 are the headings in Japanese and English, the items follow. A sheet is read whole or not at all; every
fault is named with its row and column, so that nothing is lost and nothing has to be found by trying.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from issuer.answers import WORDS, Answers, ItemAnswer, Word
from verifier.edge.check.spreadsheet import Choices, Row, Sheet, cell_name, read_rows, write_csv, write_xlsx
from verifier.errors import MalformedError, RefusedError, WrongUseError
from verifier.scheme.pack import SchemePack

Form = Literal["xlsx", "csv"]

HEADINGS_JA: Row = ("項目", "要求事項", "内容（日本語）", "内容（英語）", "回答", "理由", "証跡の参照")
HEADINGS_EN: Row = ("id", "requirement", "label_ja", "label_en", "answer", "justification", "evidence")
HOW_JA = (
    "回答は met（満たす）・not_met（満たさない）・"
    "not_applicable（該当しない。理由が必要）・unanswered（未回答）から選びます。"
)
HOW_EN = "Choose the answer from met, not_met, not_applicable (give the reason) and unanswered."
WIDTHS = (12, 12, 44, 44, 16, 40, 40)
FIRST_ITEM = 4
ID, ANSWER, JUSTIFICATION, EVIDENCE = 0, 4, 5, 6
MOST_FAULTS = 20


def sheet_stamp(pack: SchemePack, level: int) -> str:
    """Return the text of cell B1."""
    return f"{pack.scheme} {pack.version} level {level} {pack.digest}"


def sheet_form(filename: str) -> Form:
    """Return the form that a file's name asks for. Raises WrongUseError."""
    forms: dict[str, Form] = {".xlsx": "xlsx", ".csv": "csv"}
    suffix = filename[filename.rfind(".") :].lower()
    if suffix not in forms:
        raise WrongUseError(f"{filename} is neither .xlsx nor .csv")
    return forms[suffix]


def write_template(pack: SchemePack, level: int, *, form: Form, about: str = "", answers: Answers = ()) -> bytes:
    """Return the answer sheet of a level, empty but for ``answers``; ``about`` says in its first row what it is about.

    Raises RefusedError when the level cannot be issued.
    """
    given = {answer.item: answer for answer in answers}
    label = pack.issuable_tier(level).label
    title = f"{pack.head.label.ja} / {pack.head.label.en}: {label.ja}"
    rows: list[Row] = [
        (title, sheet_stamp(pack, level), about) if about else (title, sheet_stamp(pack, level)),
        (HOW_JA, HOW_EN),
        HEADINGS_JA,
        HEADINGS_EN,
    ]
    for item in pack.items_for(level):
        one = given.get(item.id, ItemAnswer(item.id))
        told = (one.word, one.justification, one.evidence)
        rows.append((item.id, item.requirement, item.label_ja, item.label_en, *told))
    sheet = Sheet(
        title=f"level {level}",
        rows=tuple(rows),
        headings=FIRST_ITEM,
        widths=WIDTHS,
        choices=(Choices(ANSWER, FIRST_ITEM, WORDS),),
    )
    return write_xlsx(sheet) if form == "xlsx" else write_csv(sheet)


def filled_template(pack: SchemePack, level: int, answers: Answers) -> bytes:
    """Return the answer sheet of a level (.csv) as these answers fill it in. Raises as ``write_template`` does."""
    given = {one.item: one for one in answers}
    rows = [list(row) for row in read_rows(write_template(pack, level, form="csv"), filename="template.csv")]
    for row in rows[FIRST_ITEM:]:
        if row[ID] in given:
            one = given[row[ID]]
            row[ANSWER:] = [one.word, one.justification, one.evidence]
    return write_csv(Sheet(title=f"level {level}", rows=tuple(map(tuple, rows))))


def read_answers(data: bytes, *, filename: str, pack: SchemePack, level: int) -> Answers:
    """Return the answers to every item of the level, in the pack's order.

    Raises MalformedError that names every faulty row and column and says what to do, or RefusedError for a sheet of
    another scheme, version, level or pack.
    """
    rows = read_rows(data, filename=filename)
    _check_head(rows, filename, sheet_stamp(pack, level))
    wanted = [item.id for item in pack.items_for(level)]
    found: dict[str, ItemAnswer] = {}
    faults: list[str] = []
    for number, row in enumerate(rows[FIRST_ITEM:], FIRST_ITEM):
        if not any(row):
            continue
        cells = row + ("",) * (len(HEADINGS_EN) - len(row))
        problems = list(_faults(cells, number, wanted, found))
        if not problems:
            found[cells[ID]] = _answer(cells)
        faults += problems
    named = {row[ID] for row in rows[FIRST_ITEM:] if row}
    faults += [f"column A (id): {item} is missing: put its row back" for item in wanted if item not in named]
    if faults:
        raise _explained(filename, faults)
    return tuple(found[item] for item in wanted)


def _check_head(rows: tuple[Row, ...], filename: str, stamp: str) -> None:
    head = rows[0] if rows else ()
    if len(head) < 2 or not head[1]:
        raise MalformedError(
            f"{filename}, row 1, column B: does not name the scheme, its version and its digest",
            hint="Fill in a sheet that `shirushi issuer template` wrote, and leave its first rows as they are.",
        )
    if head[1] != stamp:
        raise RefusedError(
            f"{filename}, row 1, column B: answers to {head[1][:160]!r}, but the case is about {stamp!r}",
            hint="Write a new sheet with `shirushi issuer template` and copy the answers into it.",
        )
    if len(rows) < FIRST_ITEM or rows[FIRST_ITEM - 1] != HEADINGS_EN:
        raise MalformedError(
            f"{filename}, row {FIRST_ITEM}: the headings must be {', '.join(HEADINGS_EN)}",
            hint="Put the headings back in this order and remove further columns.",
        )


def _faults(cells: Row, number: int, wanted: list[str], found: dict[str, ItemAnswer]) -> Iterator[str]:
    item, word = cells[ID], cells[ANSWER] or "unanswered"
    if item not in wanted:
        yield (
            f"{cell_name(number, ID)} (id): {item[:40]!r} is not an item of this level: remove the row, "
            "or format column A as text if a spreadsheet made a date of it"
        )
    elif item in found:
        yield f"{cell_name(number, ID)} (id): {item} stands here a second time: keep one of the rows"
    if word not in WORDS:
        yield f"{cell_name(number, ANSWER)} (answer): {word[:40]!r} is not an answer: choose {', '.join(WORDS)}"
    elif word == "not_applicable" and not cells[JUSTIFICATION]:
        yield f"{cell_name(number, JUSTIFICATION)} (justification): say why {item} does not apply"
    if any(cells[len(HEADINGS_EN) :]):
        yield f"{cell_name(number, len(HEADINGS_EN))}: nothing belongs here: move it into a column with a heading"


def _answer(cells: Row) -> ItemAnswer:
    word: Word = next((one for one in WORDS if one == cells[ANSWER]), "unanswered")
    return ItemAnswer(cells[ID], word, cells[JUSTIFICATION], cells[EVIDENCE])


def _explained(filename: str, faults: list[str]) -> MalformedError:
    shown = faults[:MOST_FAULTS]
    if len(faults) > len(shown):
        shown.append(f"and {len(faults) - len(shown)} more")
    return MalformedError(
        "\n".join(f"{filename}, {fault}" for fault in shown),
        hint="Nothing was imported; earlier answers are unchanged. Correct these cells and import again.",
    )
