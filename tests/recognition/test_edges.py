"""The edges of the decision: the first and last second of every window, ties, and what several entries of one mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recognition.agreement import Listed, ScopeRule
from recognition.decide import decide
from recognition.decision import Decision, Gate, Verdict
from recognition.home import HomeCriteria, HomeTier
from recognition.question import Question
from recognition.timeline import standing
from tests.recognition import worlds
from tests.recognition.worlds import (
    BODY,
    DAY,
    EVALUATORS,
    EVERYTHING,
    FULL,
    ISSUED,
    NOW,
    PIN,
    agreement,
    certificate,
    event,
    mapping,
    question,
    row,
    supplement,
)
from verifier.tier import Tier

FAR = NOW + 3650 * DAY
STOPS = (event(NOW - DAY), event(NOW + 7, "suspended", recorded=NOW))


def gate(asked: Question, code: str) -> Gate:
    return next(one for one in decide(asked).asked.gates if one.code == code)


# --- half-open windows -----------------------------------------------------------------------------------------------


def test_a_certificate_counts_from_its_first_second_on() -> None:
    first = certificate(issued=NOW)
    assert decide(question(certificate=first)).verdict is Verdict.RECOGNISED
    assert gate(question(certificate=certificate(issued=NOW + 1)), "certificate_current").outcome == "failed"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("certificate", {"certificate": certificate(expires=NOW + 7)}),
        ("agreement", {"agreement": agreement(not_after=NOW + 7)}),
        ("suspension", {"agreement": agreement(timeline=STOPS)}),
        ("longest recognition", {"home": HomeCriteria("home", "1", PIN, tuple(
            replace(tier, max_days=1) for tier in worlds.HOME.tiers)), "recognised_at": NOW + 7 - DAY}),
    ],
)  # fmt: skip
def test_every_bound_ends_the_recognition_at_its_second_and_not_before(name: str, changed: dict[str, object]) -> None:
    until = decide(question(**changed)).asked.until
    assert until == NOW + 7, name
    recorded = changed.get("recognised_at", NOW)
    before = decide(question(**{**changed, "as_of": until - 1, "recognised_at": recorded}))
    after = decide(question(**{**changed, "as_of": until, "recognised_at": recorded}))
    assert (before.verdict, before.asked.until) == (Verdict.RECOGNISED, until), name
    assert after.verdict is Verdict.NOT_RECOGNISED, name


def test_an_issuer_is_listed_in_a_half_open_window() -> None:
    def listed(begins: int, ends: int) -> str:
        terms = agreement(issuers=(Listed(id="issuer", begins=begins, ends=ends),))
        return gate(question(agreement=terms), "issuer_listed").outcome

    assert listed(ISSUED, ISSUED + 1) == "passed"
    assert listed(ISSUED + 1, FAR) == "failed"
    assert listed(1, ISSUED) == "failed"


def closing(**changes: object) -> Decision:
    asked = question(
        (FULL_BUT_ONE,),
        agreement=agreement((FULL_BUT_ONE,), max_supplement=1),
        supplements=(supplement("c1", **changes),),
    )
    return decide(asked)


FULL_BUT_ONE = mapping([one for one in FULL.rows if one.target != "c1"], name="but-one")


def test_a_supplement_counts_in_a_half_open_window() -> None:
    assert closing(issued=NOW).verdict is Verdict.RECOGNISED
    assert closing(issued=NOW + 1).verdict is Verdict.CONDITIONAL
    assert closing(issued=NOW - 9, expires=NOW).verdict is Verdict.CONDITIONAL
    assert closing(expires=NOW + 1).asked.until == NOW + 1


def test_the_longest_of_several_supplements_sets_the_end() -> None:
    asked = question(
        (FULL_BUT_ONE,),
        agreement=agreement((FULL_BUT_ONE,), max_supplement=1),
        supplements=(supplement("c1", expires=NOW + 5), supplement("c1", expires=NOW + 9)),
    )
    assert decide(asked).asked.until == NOW + 9
    stopped = Listed(id="evaluator", begins=1, ends=FAR, timeline=(event(NOW + 3, "suspended", recorded=NOW),))
    twice = replace(asked, evaluators=(stopped, *EVALUATORS))
    assert decide(twice).asked.until == NOW + 9


# --- several entries of one ------------------------------------------------------------------------------------------


def issuers(*timelines: tuple[object, ...]) -> Question:
    listed = tuple(Listed(id="issuer", begins=1, ends=FAR, timeline=one) for one in timelines)  # type: ignore[arg-type]
    return question(agreement=agreement(issuers=listed), recognised_at=NOW - 50 * DAY)


REVIEWED = (event(NOW - DAY, "suspended", existing="show_under_review", existing_until=NOW + DAY),)


def test_of_two_listings_of_an_issuer_the_one_in_force_counts() -> None:
    for asked in (issuers(REVIEWED, ()), issuers((), REVIEWED)):
        assert gate(asked, "issuer_listed").outcome == "passed"
    ending = (event(NOW + 5, "suspended", recorded=NOW),)
    assert gate(issuers(REVIEWED, ending), "issuer_listed").until == NOW + 5
    assert gate(issuers(REVIEWED), "issuer_listed").outcome == "undecided"
    assert gate(issuers((event(NOW - DAY, "suspended"),)), "issuer_listed").outcome == "failed"


def test_of_two_listings_in_force_the_longer_one_sets_the_end() -> None:
    short = (event(NOW + 5, "suspended", recorded=NOW),)
    long = (event(NOW + 9, "suspended", recorded=NOW),)
    assert gate(issuers(short, long), "issuer_listed").until == NOW + 9
    assert gate(issuers(long, short), "issuer_listed").until == NOW + 9
    assert gate(issuers(short, ()), "issuer_listed").until is None


def mappings(*timelines: tuple[object, ...]) -> Gate:
    pinned = (FULL, EVERYTHING)[: len(timelines)]
    terms = agreement(pinned)
    pins = tuple(pin.model_copy(update={"timeline": one}) for pin, one in zip(terms.mappings, timelines, strict=True))
    asked = question(pinned, agreement=terms.model_copy(update={"mappings": pins}), recognised_at=NOW - 50 * DAY)
    return gate(asked, "mappings_pinned")


def test_the_first_of_several_mappings_to_stop_sets_the_end() -> None:
    ends = [(event(NOW + days * DAY, "suspended", recorded=NOW),) for days in (5, 9)]
    assert mappings(*ends).until == mappings(*ends[::-1]).until == NOW + 5 * DAY


def test_one_mapping_under_review_leaves_the_answer_open_and_one_that_stopped_does_not() -> None:
    assert (mappings(REVIEWED, ()).outcome, mappings((), REVIEWED).outcome) == ("undecided", "undecided")
    assert mappings(REVIEWED, (event(NOW - DAY, "suspended"),)).outcome == "failed"
    assert mappings((), ()).outcome == "passed"


# --- timelines -------------------------------------------------------------------------------------------------------


def word(*events: object, recognised_at: int | None = None) -> tuple[str, int | None]:
    found = standing(
        events,  # type: ignore[arg-type]
        as_of=NOW,
        known_at=NOW,
        recognised_at=recognised_at,
        unless_told=None,
    )
    return found.word, found.until


def test_the_first_of_several_later_ends_counts() -> None:
    later = (event(NOW + 9, "suspended", recorded=NOW), event(NOW + 5, "terminated", recorded=NOW))
    for order in (later, later[::-1]):
        assert word(event(NOW - DAY), *order) == ("in_force", NOW + 5)


@pytest.mark.parametrize("status", ["proposed", "announced", "declined", "provisional", "suspended"])
def test_of_two_events_at_one_instant_the_stricter_counts(status: str) -> None:
    for order in ((event(NOW), event(NOW, status)), (event(NOW, status), event(NOW))):
        assert word(*order)[0] == "not_in_force"


def test_a_kept_recognition_ends_by_a_later_event_that_ends_it_sooner() -> None:
    kept = event(NOW - DAY, "suspended", existing="keep_until", existing_until=NOW + 90)
    sooner = event(NOW + 1, "suspended", recorded=NOW, existing="keep_until", existing_until=NOW + 30)
    assert word(event(NOW - 9 * DAY), kept, sooner, recognised_at=NOW - 5 * DAY) == ("in_force", NOW + 30)
    assert word(event(NOW - 9 * DAY), kept, recognised_at=NOW - 5 * DAY) == ("in_force", NOW + 90)


def test_a_kept_recognition_ends_in_its_last_second_and_one_of_after_the_stop_is_not_kept() -> None:
    kept = event(NOW - DAY, "suspended", existing="keep_until", existing_until=NOW + 1)
    assert word(event(NOW - 9 * DAY), kept, recognised_at=NOW - DAY - 1) == ("in_force", NOW + 1)
    gone = event(NOW - DAY, "suspended", existing="keep_until", existing_until=NOW)
    assert word(event(NOW - 9 * DAY), gone, recognised_at=NOW - DAY - 1)[0] == "not_in_force"
    assert word(event(NOW - 9 * DAY), kept, recognised_at=NOW - DAY)[0] == "not_in_force"


# --- scope, caps, words ----------------------------------------------------------------------------------------------


def test_only_tags_that_both_name_exclude_a_scope() -> None:
    terms = agreement(scope=ScopeRule(kinds=("company",), excluded=("ot", "lab")))
    assert gate(question(agreement=terms), "scope_allowed").outcome == "passed"
    for tags, outcome, shown in (((), "passed", "-"), (("it",), "passed", "-"), (("it", "ot"), "failed", "ot")):
        found = gate(question(agreement=terms, certificate=certificate(scope_tags=tags)), "scope_allowed")
        assert (found.outcome, found.facts["excluded"]) == (outcome, shown)


def test_a_level_without_a_cap_counts_for_no_tier_not_even_the_lowest() -> None:
    one = Tier("home", 1)
    home = HomeCriteria("home", "1", PIN, (HomeTier(one, frozenset({"c1"}), 1, BODY, 365),))
    covering = mapping([row("s1", "c1", "equal-to")], name="one")
    asked = question((covering,), home=home, agreement=agreement((covering,), cap_by_level={"basic": 1}), target=one)
    assert (gate(asked, "level_cap").outcome, gate(asked, "level_cap").facts["cap"]) == ("failed", "-")
    capped = replace(asked, agreement=agreement((covering,), cap_by_level={"tested": 1}))
    assert decide(capped).verdict is Verdict.RECOGNISED


def test_what_is_not_known_is_a_dash_or_none_and_never_empty() -> None:
    assert gate(question(certificate=certificate(status=None)), "certificate_status").facts == {"status": "-"}
    assert gate(question(agreement=agreement(timeline=())), "agreement_in_force").facts["status"] == "none"
    assert gate(question(), "certificate_documents").facts == {"missing": "-"}
