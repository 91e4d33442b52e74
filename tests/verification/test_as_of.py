"""A day in a question moves dates alone: what was said of a mark is what is known now, as every description says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.verification.models import ListedMarkMembers, LookUp
from registry.verification.search_models import Search
from tests.registry.page_reading import AS_PAGE
from tests.verification.test_look_up import HOLDER, evidence_of
from verifier.answer_again import check_answer
from verifier.dates import utc_text
from verifier.edge.i18n import translator

if TYPE_CHECKING:
    from tests.verification.conftest import Service

SEARCH = "http://verification/verification"


def test_a_mark_that_was_active_on_the_day_and_was_suspended_since_is_suspended_and_history_tells_the_day(
    service: Service,
) -> None:
    world = service.world
    mark = world.issue(service.signers)
    world.clock.now += 3600
    day = utc_text(world.clock() - 60)
    world.desk.suspend_mark(mark, reason="report_missing", lift_by=world.clock() + 86_400)
    world.clock.now += 60
    world.settle()
    service.made.index.refresh()
    document = service.answer(identifier=HOLDER, as_of=day, evidence=True)
    listed = {one["mark"]: one["state_as_of"] for one in document["answer"]["marks"]}
    told = {one["mark"]: one["state"] for one in document["history"]["marks"]}
    assert (listed[mark], told[mark]) == ("suspended", "active")
    check_answer(service.receipt(document), evidence_of(document), world.ceremony.root)
    states = {state: _found(service, valid_on=day, state=state) for state in ("active", "suspended")}
    assert mark in states["suspended"]
    assert mark not in states["active"]


def _found(service: Service, **asked: Any) -> list[str]:
    found = service.http.post(f"{SEARCH}/v1/searches", json={**asked, "limit": 100}).json()
    return [one["mark"] for one in found["results"]]


def test_the_descriptions_say_that_states_are_those_known_now() -> None:
    for model, member in ((ListedMarkMembers, "state_as_of"), (Search, "valid_on"), (LookUp, "as_of")):
        described = str(model.model_json_schema()["properties"][member])
        assert any(word in described for word in ("newest state", "known now")), described


@pytest.mark.parametrize(("lang", "word"), [("ja", "現在の記録"), ("en", "as the record says now")])
def test_the_page_for_searches_says_beside_the_day_what_it_means(service: Service, lang: str, word: str) -> None:
    page = service.http.get(f"{SEARCH}/search", params={"lang": lang}, headers=AS_PAGE).text
    hint = translator(lang).gettext("search.valid_on.hint")
    assert word in hint
    assert hint in page
    assert 'aria-describedby="valid-on-hint"' in page
