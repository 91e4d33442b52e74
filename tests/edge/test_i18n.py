"""Both catalogues are whole, and the language and the dates are those that the reader expects."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

import verifier.edge
from issuer.console.message_ids import evaluator_message_ids
from issuer.supplier.plan import plan_message_ids
from issuer.supplier.views import supplier_message_ids
from recognition.console.words import foreign_message_ids
from verifier.edge.authority.agreements_view import agreement_message_ids
from verifier.edge.authority.proposal_view import field_message_ids
from verifier.edge.authority.schemes_view import scheme_state_message_ids
from verifier.edge.authority.timers_view import timer_message_ids
from verifier.edge.authority.words import authority_message_ids
from verifier.edge.buyer.console_plan import buyer_message_ids
from verifier.edge.console.proposal_screens import proposal_message_ids
from verifier.edge.console.trouble import trouble_message_ids
from verifier.edge.error_words import error_message_ids
from verifier.edge.following_text import following_message_ids
from verifier.edge.i18n import LANGUAGES, choose_language, plain, read_catalog, translator
from verifier.edge.page.drop_words import drop_message_ids
from verifier.edge.page.follow_page import follow_message_ids
from verifier.edge.page.guide_page import guide_message_ids
from verifier.edge.page.key_page import key_message_ids
from verifier.edge.page.legal_page import legal_message_ids
from verifier.edge.page.listing import absent_message_ids
from verifier.edge.page.mark_surroundings import timeline_message_ids
from verifier.edge.page.programme_view import programme_message_ids
from verifier.edge.page.report_page import report_message_ids
from verifier.edge.page.sandbox_page import sandbox_message_ids
from verifier.edge.page.scheme_pages import scheme_message_ids
from verifier.edge.page.scheme_view import scheme_view_message_ids
from verifier.edge.page.search_page import search_message_ids
from verifier.edge.page.share_page import share_message_ids
from verifier.edge.page.statistics_page import statistics_message_ids
from verifier.edge.page.treaty_words import treaty_message_ids
from verifier.edge.page.wording import message_ids
from verifier.edge.request.request_sheet import sheet_message_ids
from verifier.edge.request.request_text import request_message_ids
from verifier.errors import WrongUseError
from verifier.statement.kinds import KINDS

COMPOSED = (
    follow_message_ids,
    following_message_ids,
    buyer_message_ids,
    message_ids,
    treaty_message_ids,
    foreign_message_ids,
    agreement_message_ids,
    report_message_ids,
    statistics_message_ids,
    scheme_message_ids,
    legal_message_ids,
    search_message_ids,
    request_message_ids,
    sheet_message_ids,
    plan_message_ids,
    supplier_message_ids,
    programme_message_ids,
    guide_message_ids,
    absent_message_ids,
    timeline_message_ids,
    scheme_view_message_ids,
    drop_message_ids,
    key_message_ids,
    sandbox_message_ids,
    share_message_ids,
    trouble_message_ids,
    error_message_ids,
    proposal_message_ids,
    authority_message_ids,
    field_message_ids,
    timer_message_ids,
    scheme_state_message_ids,
    evaluator_message_ids,
)
"""What lists the ids that modules put together out of codes."""

EDGE = Path(verifier.edge.__file__).parent
CONSOLES = ("recognition/console", "issuer/console", "issuer/supplier", "registry/console")
"""Where else pages are put together, beside the edge."""
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# 2026-11-22T00:00:00Z; Tokyo is nine hours ahead.
NOON_LESS_THREE = 1_795_305_600
MIDNIGHT_IN_TOKYO = 1_795_273_200


def _catalogue(lang: str) -> dict[str, list[str]]:
    found = {}
    for message in read_catalog(lang):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = [message.string] if isinstance(message.string, str) else list(message.string)
    return found


def _ids_in_code() -> set[str]:
    known = {name.partition(".")[0] for name in _catalogue("ja")}
    texts = {
        node.value
        for folder in (EDGE, *(EDGE.parent.parent / one for one in CONSOLES))
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    files = (".html", ".css", ".svg", ".jwt", ".json", ".md", ".xlsx", ".png", ".txt", ".jpg", ".db", ".js", ".toml")
    return {
        text
        for text in texts
        if DOTTED.fullmatch(text) and text.partition(".")[0] in known and not text.endswith(files)
    } - (KINDS.keys() - _catalogue("ja").keys())


def _ids_in_templates() -> set[str]:
    return {
        str(found[1]) for path in (EDGE / "templates").rglob("*.html") for found in extract_from_file("jinja2", path)
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_catalogue_has_every_text_that_is_used_and_no_other(lang: str) -> None:
    composed = {one for ids in COMPOSED for one in ids()}
    used = {*composed, *_ids_in_code(), *_ids_in_templates()}
    assert used - _catalogue(lang).keys() == set()
    assert _catalogue(lang).keys() - used == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_fuzzy_or_obsolete(lang: str) -> None:
    catalogue = read_catalog(lang)
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not all(_strings(message)))] == []
    assert len(catalogue.obsolete) == 0


def _strings(message: object) -> list[str]:
    string = getattr(message, "string")  # noqa: B009 - babel's messages are not typed as having one
    return [string] if isinstance(string, str) else list(string)


def test_both_languages_fill_in_the_same_things() -> None:
    ja, en = _catalogue("ja"), _catalogue("en")
    assert {name: set(PLACEHOLDER.findall(" ".join(ja[name]))) for name in ja} == {
        name: set(PLACEHOLDER.findall(" ".join(en[name]))) for name in en
    }


def test_a_percent_sign_stands_only_where_something_is_filled_in() -> None:
    texts = [text for lang in LANGUAGES for texts in _catalogue(lang).values() for text in texts]
    assert [text for text in texts if "%" in PLACEHOLDER.sub("", text)] == []


def test_english_numbers_its_things() -> None:
    t = translator("en")
    assert t.ngettext("group.summary", 1, passed=1) == "1 of 1 check passed"
    assert t.ngettext("group.summary", 3, passed=1) == "1 of 3 checks passed"


@pytest.mark.parametrize(
    ("header", "query", "chosen"),
    [
        (None, None, "ja"),
        ("", "", "ja"),
        ("*", None, "ja"),
        ("en", None, "en"),
        ("en-GB,en;q=0.9,ja;q=0.8", None, "en"),
        ("fr;q=0.9,ja;q=0.4,en;q=0.3", None, "ja"),
        ("ja;q=0,en;q=0.1", None, "en"),
        ("fr,de;q=0.8", None, "en"),
        ("EN-us;q=bad,ja;q=0.2", None, "ja"),
        ("en", "ja", "ja"),
        ("en", "xx", "en"),
        ("ja," * 100_000, None, "ja"),
    ],
)
def test_the_language_is_the_one_wished_for(header: str | None, query: str | None, chosen: str) -> None:
    assert choose_language(header, query) == chosen


def test_there_is_no_third_language() -> None:
    with pytest.raises(WrongUseError, match="xx"):
        translator("xx")


def test_an_instant_is_told_in_the_schemes_zone_and_in_utc() -> None:
    assert (
        str(translator("ja").moment(NOON_LESS_THREE, "Asia/Tokyo"))
        == "2026年11月22日 09:00（JST） (2026-11-22T00:00:00Z)"
    )
    assert translator("en").moment(NOON_LESS_THREE, "Asia/Tokyo").words == "22 November 2026, 09:00 (JST)"
    assert translator("en").moment(NOON_LESS_THREE, "Asia/Singapore").words == "22 November 2026, 08:00 (UTC+08:00)"


def test_the_last_valid_day_is_the_day_before_the_end() -> None:
    last = translator("en").last_day(MIDNIGHT_IN_TOKYO, "Asia/Tokyo")
    assert (last.words, last.machine, last.utc) == (
        "to the end of 21 November 2026 (JST)",
        "2026-11-21",
        "2026-11-21T15:00:00Z",
    )


def test_an_end_within_a_day_is_not_told_as_the_whole_day() -> None:
    last = translator("en").last_day(NOON_LESS_THREE, "Asia/Tokyo")
    assert last.words == "until just before 22 November 2026, 09:00 (JST)"
    assert translator("ja").first_day(NOON_LESS_THREE, "Asia/Tokyo").words == "2026年11月22日 09:00（JST）から"


def test_names_cannot_steer_the_terminal_or_turn_the_text_around() -> None:
    assert plain("A\x1b[31mB\u202eC\nD\u3000株式会社\U000e0100") == "A\ufffd[31mB\ufffdC\ufffdD\u3000株式会社\U000e0100"
