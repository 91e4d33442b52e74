"""What a text is asked about: a mark however it is damaged, a recognised foreign assessment, or nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.edge.drawing.qr import qr_png
from verifier.edge.main import exit_code
from verifier.edge.question import question_of_text, read_question
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

ID = "0" * 26
RECOGNISED = "https://shirushi.example/r/isms-2027-0001"
OTHERS = (
    "https://www.example.com/menu",
    "https://www.example.com/menu#today",
    "https://www.example.com/r/guides/2027/how-to-read-a-menu-that-is-longer-than-an-id",
    "WIFI:S:guests;T:WPA;P:a pass phrase that is longer than any id of a mark would be;;",
    "#",
)


@pytest.mark.parametrize("text", OTHERS)
def test_a_text_of_something_else_is_no_question_and_not_forged(text: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="neither a mark id") as refused:
        question_of_text(text)
    assert "file" not in refused.value.message + refused.value.hint
    with pytest.raises(WrongUseError, match="neither a file, a mark id") as refused:
        read_question(text)
    assert exit_code(refused.value) == 64
    picture = tmp_path / "qr.png"
    picture.write_bytes(qr_png(text, 8))
    with pytest.raises(WrongUseError, match="is no mark's; what it leads to was not opened"):
        read_question(str(picture))


@pytest.mark.parametrize("text", [RECOGNISED, f"{RECOGNISED}?lang=ja", f"{RECOGNISED}.json"])
def test_a_recognised_assessment_is_told_as_what_it_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "qr.png").write_bytes(qr_png(text, 8))
    (tmp_path / "text.txt").write_text(f"{text}\n", "utf-8")
    for asked in (text, str(tmp_path / "qr.png"), str(tmp_path / "text.txt")):
        with pytest.raises(WrongUseError, match="names a recognised foreign assessment") as refused:
            read_question(asked)
        assert "/r/" in refused.value.hint
        assert "shirushi.example" not in refused.value.hint, "what a code leads to is never recommended"


@pytest.mark.parametrize(
    "text",
    [
        f"https://shirushi.example/m/{ID}#1234",
        "https://shirushi.example/m/no-id-at-all#1234",
        "http://shirushi.example/m/#",
        f"HTTPS://SHIRUSHI.EXAMPLE/M/{ID.upper()}#1234",
        f"https://shirushi.example/r/isms-2027-0001#/m/{ID}",
        "eyJhbGciOiJub25lIn0.e30." + "A" * 90,
        "xyJhbGciOiJub25lIn0.eyJ2IjoxfQ." + "A" * 90,
    ],
)
def test_what_looks_like_a_marks_text_is_for_the_judge_however_it_is_damaged(text: str, tmp_path: Path) -> None:
    (tmp_path / "qr.png").write_bytes(qr_png(text, 8))
    assert question_of_text(text).text == read_question(str(tmp_path / "qr.png")).text == text
