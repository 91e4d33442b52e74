"""`shirushi readiness`: what is left to do, on the applicant's own machine, without account, score or network."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from issuer.readiness import STEPS, WHY, readiness
from issuer.template import ANSWER, EVIDENCE, JUSTIFICATION, read_answers
from tests.issuer.conftest import PACK, filled_sheet, sheet_with
from verifier.edge.main import run
from verifier.errors import MalformedError, NotFoundError, RefusedError, WrongUseError

ITEMS = [item.id for item in PACK.items_for(3)]
FIRST, SECOND, THIRD, FOURTH = ITEMS[:4]
SCS = ("--scheme", "jp.meti.scs", "--level", "3")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A sheet on which four items are open, each for a reason of its own."""
    cells = {
        (FIRST, ANSWER): "unanswered",
        (SECOND, ANSWER): "not_met",
        (THIRD, ANSWER): "not_applicable",
        (THIRD, JUSTIFICATION): "設備がない",
        (FOURTH, EVIDENCE): "",
    }
    file = tmp_path / "answers.xlsx"
    file.write_bytes(sheet_with(cells, form="xlsx"))
    return file


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str | Path) -> tuple[int, str]:
        code = run(["readiness", *map(str, arguments)])
        return code, capsys.readouterr().out

    return call


def test_every_open_item_is_listed_with_its_reason_and_evidence(told: Any, sheet: Path) -> None:
    code, text = told(sheet, *SCS, "--json")
    members = json.loads(text)
    assert code == 1
    assert members["ready"] is False
    why = {one["id"]: one["why"] for one in members["todo"]}
    assert why == {FIRST: "unanswered", SECOND: "not_met", THIRD: "to_approve", FOURTH: "evidence"}
    assert all(one["evidence"]["ja"] and one["evidence"]["en"] for one in members["todo"])
    assert members["progress"] == {
        "items": 81, "answered": 80, "met": 78, "not_met": 1, "not_applicable": 1, "unanswered": 1
    }  # fmt: skip


def test_the_text_names_what_to_prepare_in_both_languages(told: Any, sheet: Path) -> None:
    english, japanese = told(sheet, *SCS)[1], told(sheet, *SCS, "--lang", "ja")[1]
    assert "answered 80 of 81 items: 78 met, 1 not met, 1 not applicable" in english
    assert f"not met: 1\n  {SECOND}  Contact list kept\n      evidence, for example: Rules" in english
    assert "A listed security expert confirms the answers" in english
    assert "回答済み 80 / 81 件" in japanese
    assert f"満たしていない: 1\n  {SECOND}  連絡先一覧の整備\n      準備する証跡の例: 規程" in japanese
    assert "Demonstration data" in english
    assert "デモ用データ" in japanese


def test_no_score_and_no_percentage_is_told(told: Any, sheet: Path) -> None:
    for text in (told(sheet, *SCS)[1], told(sheet, *SCS, "--json")[1]):
        assert "%" not in text
        assert "score" not in text.lower()


def test_a_sheet_with_everything_met_is_ready_and_says_what_comes_next(told: Any, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(filled_sheet(4, form="csv"))
    code, text = told(file, "--level", "4")
    assert code == 0
    assert "No item is unanswered or unmet. What others do next:" in text
    assert "A technical verification body tests" in text


def test_an_approval_that_is_missing_does_not_hinder_the_application() -> None:
    data = sheet_with({(FIRST, ANSWER): "not_applicable", (FIRST, JUSTIFICATION): "設備がない"})
    left = readiness(PACK, 3, read_answers(data, filename="a", pack=PACK, level=3))
    assert left.is_ready
    assert [one.why for one in left.todo] == ["to_approve"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--level", "5"], RefusedError),
        (["--level", "3", "--scheme", "jp.meti.scs/2025-04"], RefusedError),
        (["--level", "4"], RefusedError),
        (["--level", "3", "--scheme", "no.such"], NotFoundError),
        (["--level", "3", "--lang", "fr"], WrongUseError),
    ],
)
def test_what_cannot_be_answered_is_refused(sheet: Path, options: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(["readiness", str(sheet), *options])


def test_a_sheet_with_a_fault_is_refused_by_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(sheet_with({(FIRST, ANSWER): "maybe"}))
    with pytest.raises(MalformedError, match=r"row 5, column E \(answer\)"):
        run(["readiness", str(file), *SCS])


def test_nothing_leaves_the_machine(told: Any, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    before = sorted(sheet.parent.iterdir())
    assert told(sheet, *SCS)[0] == 1
    assert sorted(sheet.parent.iterdir()) == before


def test_every_reason_and_step_has_words_in_both_languages() -> None:
    for words in (*WHY.values(), *STEPS.values()):
        assert words.ja != words.en
