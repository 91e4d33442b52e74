"""A questionnaire of any scheme: rows with an id and, where they are filled in, an answer and where the evidence is.

Answer sheets of this product are read, and lists of others, by their headings. What cannot be an answer is refused with
its row and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from issuer.answers import Word
from verifier.edge.check.spreadsheet import Row, cell_name, read_rows
from verifier.errors import MalformedError

HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "item_id", "statement_id", "control_id", "criterion_id", "項目", "番号"),
    "label": ("label_en", "label", "question", "label_ja", "質問", "内容（日本語）", "内容"),
    "answer": ("answer", "回答"),
    "evidence": ("evidence", "証跡の参照", "証跡"),
}
SYNONYMS: dict[str, Word] = {
    **dict.fromkeys(("", "unanswered", "未回答"), "unanswered"),
    **dict.fromkeys(("met", "yes", "はい", "○", "満たす"), "met"),
    **dict.fromkeys(("not_met", "no", "いいえ", "×", "満たさない"), "not_met"),
    **dict.fromkeys(("not_applicable", "n/a", "該当なし", "該当しない"), "not_applicable"),
}
LAST_HEADING = 12


@dataclass(frozen=True)
class Answered:
    """One row: the question, its answer and where the evidence is."""

    label: str
    word: Word
    evidence: str


def read_questionnaire(data: bytes, *, filename: str) -> dict[str, Answered]:
    """Return the rows by id, in order. Raises MalformedError that names row and column."""
    rows = read_rows(data, filename=filename)
    number, columns = _headings(rows, filename)
    found: dict[str, Answered] = {}
    for at, row in enumerate(rows[number + 1 :], number + 1):
        name = _cell(row, columns, "id")
        if not name:
            continue
        if name in found:
            raise MalformedError(f"{filename}, {cell_name(at, columns['id'])}: {name[:40]!r} stands here a second time")
        word = SYNONYMS.get(_cell(row, columns, "answer").lower())
        if word is None:
            place, known = cell_name(at, columns["answer"]), ", ".join(word for word in SYNONYMS if word)
            raise MalformedError(f"{filename}, {place}: not an answer", hint=f"Answers: {known}")
        found[name] = Answered(_cell(row, columns, "label"), word, _cell(row, columns, "evidence"))
    return found


def _headings(rows: tuple[Row, ...], filename: str) -> tuple[int, Mapping[str, int]]:
    """Return the row of the headings and the columns; an English heading goes before a Japanese one above it."""
    for names in HEADINGS["id"]:
        for number, row in enumerate(rows[:LAST_HEADING]):
            cells = [cell.lower() for cell in row]
            if names in cells:
                places = {
                    what: next((cells.index(one) for one in known if one in cells), -1)
                    for what, known in HEADINGS.items()
                }
                return number, {**places, "id": cells.index(names)}
    raise MalformedError(
        f"{filename}: no row of headings", hint="Name the columns id, label, answer and evidence in one row."
    )


def _cell(row: Row, columns: Mapping[str, int], what: str) -> str:
    column = columns[what]
    return row[column] if 0 <= column < len(row) else ""
