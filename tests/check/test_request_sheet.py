"""A request on paper: it says what the letter says, carries the request's file, and is the same bytes every time."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest

from tests.check.test_request import NEED, new
from verifier.edge.drawing.typesetting import LetterMissingError
from verifier.edge.main import run
from verifier.edge.request.request_sheet import request_pdf
from verifier.level_request import Asked, LevelAnswer, parse_request


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.parametrize(("lang", "title"), [("ja", "取得のご検討のお願い"), ("en", "Arequesttoconsideralevel")])
def test_the_pdf_says_who_asks_what_why_by_when_and_carries_the_request(tmp_path: Path, lang: str, title: str) -> None:
    sheet = tmp_path / "r.pdf"
    told = ["--because", "access", "--pdf", str(sheet), "--lang", lang]
    assert new(tmp_path / "r.json", "0188-7000012050002=見本工業", *told, tier="jp.meti.scs/4") == 0
    text = text_of(sheet.read_bytes())
    assert [
        one for one in (title, "見本商事株式会社", "見本工業", "2099-10-01", NEED, "購買部") if one not in text
    ] == []
    attached = pypdfium2.PdfDocument(sheet).get_attachment(0)
    assert attached.get_name() == "request.json"
    assert bytes(attached.get_data()) == (tmp_path / "r.json").read_bytes()
    again = tmp_path / "again.pdf"
    assert run(["request", "letter", str(tmp_path / "r.json"), "--pdf", str(again), "--lang", lang]) == 0
    assert again.read_bytes() == sheet.read_bytes()


def test_an_answer_takes_the_place_of_the_boxes_to_tick(tmp_path: Path) -> None:
    new(tmp_path / "r.json", "0188-7000012050002=見本工業")
    request = parse_request((tmp_path / "r.json").read_bytes())
    members = {"v": 1, "request_sha256": request.sha256, "made": "2026-12-01", "answer": "accepts"}
    answered = text_of(request_pdf(Asked(request, LevelAnswer.model_validate(members)), lang="ja"))
    assert "引き受けるとの回答です" in answered
    assert "□" not in answered
    assert "□" in text_of(request_pdf(Asked(request, None), lang="ja"))


def test_without_the_letters_for_a_name_neither_pdf_nor_request_is_written(tmp_path: Path) -> None:
    with pytest.raises(LetterMissingError):
        new(tmp_path / "r.json", "0188-7000012050002=주식회사", "--pdf", str(tmp_path / "r.pdf"))
    assert list(tmp_path.iterdir()) == []
