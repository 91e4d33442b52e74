"""The terminal's account says what the page says, with and without colours."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.edge.test_pages import CASES
from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.page.wording import check_words, headline_words
from verifier.edge.report import print_verdict
from verifier.errors import WrongUseError
from verifier.verdict import Check, CheckName, Headline, Result, Verdict


def _printed(verdict: Verdict, lang: str, *, width: int = 400, colours: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colours, color_system="truecolor" if colours else None
    )
    print_verdict(console, verdict, lang)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_the_account_says_all_that_the_verdict_says(verdicts: dict[str, Verdict], case: str, lang: str) -> None:
    verdict, t = verdicts[case], translator(lang)
    text = _printed(verdict, lang)
    words = headline_words(verdict.headline, t)
    for part in (
        words.answer,
        words.title,
        words.explanation,
        words.next_step,
        t.moment(verdict.as_of, "Asia/Tokyo").utc,
    ):
        assert part in text
    for check in verdict.checks:
        told = check_words(check, t)
        for part in (told.title, told.result, told.explanation, told.next_step, check.detail):
            assert part in text


def test_a_valid_mark_is_told_with_holder_tier_and_dates(verdicts: dict[str, Verdict]) -> None:
    text = _printed(verdicts["valid"], "ja")
    for part in ("デモ用データ", "株式会社サンプル精機", "Sample Seiki KK", "★★★ ★3 取得・登録", "1180301018771",
                 "2027年11月21日まで（JST）", "2027-11-21T15:00:00Z", "✓"):  # fmt: skip
        assert part in text


def test_the_results_differ_by_sign_and_not_by_colour_alone(verdicts: dict[str, Verdict]) -> None:
    signs = {name: _printed(verdicts[name], "en").partition("─ ")[2][:1] for name in ("valid", "forged", "seal_only")}
    assert signs == {"valid": "✓", "forged": "✗", "seal_only": "?"}


def test_a_narrow_terminal_cuts_nothing_off(verdicts: dict[str, Verdict]) -> None:
    narrow = _printed(verdicts["valid"], "ja", width=50)
    assert "…" not in narrow
    told = translator("ja").gettext("headline.valid.next")
    assert told in re.sub(r"[\s│]", "", narrow)
    assert max(cell_len(line) for line in narrow.splitlines()) <= 50


def test_a_hostile_name_neither_steers_the_terminal_nor_is_read_as_markup(verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts["forged"]
    assert verdict.mark is not None
    hostile = replace(verdict, mark=replace(verdict.mark, holder="[red]A[/red]\x1b]0;x\x07\u202e"))
    text = _printed(hostile, "en")
    assert "[red]A[/red]\ufffd]0;x\ufffd\ufffd" in text
    assert "\x1b" not in text


def test_what_cannot_be_read_is_told_without_a_holder() -> None:
    check = Check(CheckName.FORMAT, Result.FAILED, "malformed", "not a token")
    text = _printed(Verdict(Headline.FORGED, (check,), as_of=1_795_305_600), "en")
    assert "not a token" in text
    assert "As written on the mark" not in text


def test_colours_are_only_added(verdicts: dict[str, Verdict]) -> None:
    assert "\x1b[" in _printed(verdicts["valid"], "en", colours=True)
    assert "\x1b[" not in _printed(verdicts["valid"], "en")


def test_a_language_without_a_catalogue_is_wrong_use(verdicts: dict[str, Verdict]) -> None:
    with pytest.raises(WrongUseError):
        _printed(verdicts["valid"], "fr")
