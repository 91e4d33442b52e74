"""A suspended mark is listed with the day at which it withdraws itself: the directory does not hold its last day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import ZONE
from registry.scenario.simulator import DAY, HOLDER
from verifier.dates import day_start
from verifier.directory.record import IdentifierRecord, MarkLine
from verifier.edge.page.listing_pages import Answered, organisation_page
from verifier.edge.page.search_page import search_page

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = day_start(date(2027, 3, 1), ZONE)
LINE = MarkLine(
    mark="0" * 26,
    link="held",
    scheme="jp.meti.scs",
    tier=4,
    scope_kind="company",
    state="suspended",
    nbf=100,
    until=ENDS,
)


def _organisation(lang: str) -> str:
    answered = Answered(now=ENDS - 30 * DAY, zone=ZONE, environment="production", size=1)
    return organisation_page(IdentifierRecord(identifier=HOLDER, marks=(LINE,)), answered, lang=lang, path="/o/x")


def _search(lang: str) -> str:
    found = {**LINE.model_dump(), "holder": "Sample", "holder_latin": None, "identifier": HOLDER}
    answer = {"given": {}, "mistakes": [], "found": {"results": [found], "next": None, "as_of": ENDS - 30 * DAY}}
    return search_page(answer, environment="production", zone=ZONE, lang=lang)


@pytest.mark.parametrize("page", [_organisation, _search])
@pytest.mark.parametrize(
    ("lang", "words", "last_day"),
    [
        ("en", "withdraws itself on 1 March 2027, 00:00 (JST) unless the suspension is lifted", "28 February"),
        ("ja", "一時停止が解かれなければ、2027年3月1日 00:00（JST）に取り消されます", "2月28日"),
    ],
)
def test_a_suspended_mark_is_listed_with_the_day_it_withdraws_itself(
    page: Callable[[str], str], lang: str, words: str, last_day: str
) -> None:
    shown = page(lang)
    assert words in shown
    assert last_day not in shown
