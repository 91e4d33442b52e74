"""An error inside a page of a console says in the reader's language what kind of thing went wrong and what to do."""

from __future__ import annotations

import pytest

from tests.console.enrolled import Visitor, add_person
from tests.console.test_console import clock, console
from verifier.edge.console.application import Console
from verifier.edge.error_words import ERROR_CODES, error_words
from verifier.edge.i18n import LANGUAGES, translator
from verifier.edge.page.front_pages import problem_page

__all__ = ["clock", "console"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_sentence_of_its_own_and_an_unknown_one_says_less(lang: str) -> None:
    t = translator(lang)
    said = {code: error_words(code, t) for code in ERROR_CODES - {"error"}}
    assert len(set(said.values())) == len(said)
    assert error_words("no_such_code", t) == error_words("error", t)


def test_the_public_problem_page_says_the_sentence_of_a_code_that_has_no_page_of_its_own() -> None:
    page = problem_page("proof", lang="ja", path="/m/x", detail="the proof does not hold")
    assert error_words("proof", translator("ja")) in page
    assert "the proof does not hold" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refused_form_says_so_in_the_readers_language_above_the_english_detail(
    console: Console,
    lang: str,
) -> None:
    writer = Visitor(console, add_person(console, "見本", "writer"))
    answer = writer.send(f"/write?lang={lang}", {"text": "bad"})
    words = error_words("refused", translator(lang))
    assert 0 < answer.text.find(words) < answer.text.find("the text is bad") < answer.text.find("Write another one.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_that_could_not_be_says_why_in_the_readers_language(
    console: Console,
    lang: str,
) -> None:
    signer = Visitor(console, add_person(console, "見本", "signer"))
    answer = signer.get(f"/written?lang={lang}")
    assert answer.status_code == 403
    assert error_words("not_allowed", translator(lang)) in answer.text
