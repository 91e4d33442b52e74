"""The rules that recognition promises, each in the words in which it was set, with the tests that hold it.

A rule without a test, and a test that is gone, fail here. Rules that had no test of their own are tested below.
"""

from __future__ import annotations

import os
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.case_file import read_case, write_case
from recognition.certificate import Scope
from recognition.coverage import Cover, cover_criteria
from recognition.decide import decide
from recognition.decision import Verdict
from recognition.mapping import MappingRow
from recognition.question import Question
from recognition.receipt import receipt_bytes
from tests.recognition import worlds
from tests.recognition.test_coverage import HELD, MET, POSSIBLE_ROWS, consistent
from tests.recognition.worlds import CONTROLS, HIGH, certificate, mapping, question, questions
from verifier.errors import MarkError

HERE = Path(__file__).parent
examples = settings(max_examples=100, deadline=None)

RULES = {
    "tier monotone (4 implies 3 when C3 is a subset of C4 and assurance is ordered)": (
        "test_a_certificate_that_counts_as_the_higher_tier_counts_as_the_lower_one",
    ),
    "more controls, more assurance: never worse": (
        "test_more_controls_are_never_worse",
        "test_one_more_control_never_covers_less",
        "test_more_assurance_is_never_worse",
    ),
    "row order irrelevant": (
        "test_the_order_of_rows_plays_no_part",
        "test_the_order_of_mappings_plays_no_part",
        "test_the_order_of_events_plays_no_part",
        "test_the_order_of_inputs_plays_no_part",
    ),
    "a second pinned mapping only lowers": (
        "test_a_second_pinned_mapping_only_lowers",
        "test_one_more_mapping_never_covers_more",
    ),
    "partials never make full": ("test_partial_rows_never_add_up_to_full",),
    "no gain by transitivity or from a recognised mark": (
        "test_no_credit_passes_through_a_criterion_to_another",
        "test_only_an_original_evaluation_is_ever_recognised",
    ),
    "time travel: later records never change what was known at a time": (
        "test_what_is_recorded_later_never_changes_what_was_known",
    ),
    "until is contained in every bound, and half-open at each": (
        "test_the_end_lies_within_every_bound",
        "test_every_bound_ends_the_recognition_at_its_second_and_not_before",
        "test_a_recognition_holds_at_every_moment_before_its_end",
    ),
    "the cap holds": ("test_the_cap_holds", "test_a_level_without_a_cap_counts_for_no_tier_not_even_the_lowest"),
    "a supplement closes exactly its criteria": (
        "test_a_supplement_closes_exactly_its_criteria_and_ends_the_recognition_with_it",
    ),
    "the end of a grandfathered recognition is exact": (
        "test_a_kept_recognition_ends_in_its_last_second_and_one_of_after_the_stop_is_not_kept",
        "test_a_suspension_says_what_becomes_of_existing_recognitions",
    ),
    "self-assessed never 3 or 4, a third party without a technical test never 4": (
        "test_self_assessment_never_counts_and_an_expert_never_for_four_stars",
        "test_without_a_technical_test_four_stars_are_never_reached",
    ),
    "time zones and summer time play no part": ("test_the_time_zone_of_a_machine_plays_no_part",),
    "a receipt recomputes byte for byte, in a second language too": (
        "test_a_case_file_gives_the_receipt_that_its_question_gave",
        "test_another_program_gives_the_same_bytes",
    ),
    "what is parsed is refused in words, whatever it is": (
        "test_a_case_file_that_was_damaged_is_refused_in_words",
        "test_no_file_however_broken_makes_the_linter_fail",
    ),
    "every criterion is covered in full or listed as a gap": ("test_every_criterion_is_covered_in_full_or_is_a_gap",),
    "a mapping on other criteria is not silently reused": (
        "test_a_mapping_drawn_on_other_criteria_is_refused",
        "test_a_version_that_the_agreement_does_not_pin_is_refused",
    ),
    "full implies that the target is met, in every small world": (
        "test_full_is_true_in_every_small_world_of_two_controls_and_two_criteria",
        "test_full_is_true_in_every_small_world_with_a_joint_row",
        "test_qualifiers_keep_full_true_in_every_small_world",
    ),
    "addressable becomes a condition, restricted is partial, blocked beats all": (
        "test_a_qualifier_only_ever_lowers",
        "test_a_condition_that_is_met_is_as_if_there_were_none",
    ),
    "scope is set inclusion over entities, sites and systems": ("test_scope_is_inclusion_of_sets",),
}
"""Quoted from the study of recognition, section 5, in the order in which it lists them."""


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_tests(rule: str) -> None:
    known = {
        name
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert [name for name in RULES[rule] if name not in known] == []


# --- rules without a test elsewhere -----------------------------------------------------------------------------------


@examples
@given(questions())
def test_every_criterion_is_covered_in_full_or_is_a_gap(asked: Question) -> None:
    """Referential integrity: every criterion is either mapped or listed as a gap, and none twice."""
    for tier in decide(asked).tiers:
        home = next(one for one in asked.home.tiers if one.tier == tier.tier)
        assert {one.criterion for one in tier.covers} == home.criteria
        raw = {one.criterion for one in tier.covers if one.cover is not Cover.FULL}
        assert set(tier.gaps) <= raw
        assert len(set(tier.gaps)) == len(tier.gaps)


def qualified(found: tuple[MappingRow, ...], words: tuple[str, ...]) -> tuple[MappingRow, ...]:
    made = []
    for one, word in zip(found, words, strict=True):
        name, _, condition = word.partition(":")
        made.append(replace(one, qualifier=name, condition=condition))  # type: ignore[arg-type]
    return tuple(made)


rows = st.lists(st.sampled_from(POSSIBLE_ROWS), min_size=1, max_size=5).map(tuple)
words = st.sampled_from(("", "restricted", "blocked", "addressable:k1", "addressable:k2"))


@examples
@given(rows, st.data())
def test_a_qualifier_only_ever_lowers(found: tuple[MappingRow, ...], data: st.DataObject) -> None:
    """Addressable qualifiers become conditions naming an id; restricted gives partial; blocked gives none."""
    drawn = tuple(data.draw(words) for _ in found)
    plain = cover_criteria([mapping(found)], held=CONTROLS, criteria=HIGH)
    lower = cover_criteria([mapping(qualified(found, drawn))], held=CONTROLS, criteria=HIGH)
    assert all(one.cover <= before.cover for one, before in zip(lower, plain, strict=True))


@examples
@given(rows)
def test_a_condition_that_is_met_is_as_if_there_were_none(found: tuple[MappingRow, ...]) -> None:
    """Addressable: full only if the certificate shows the condition to be met."""
    under = mapping(qualified(found, ("addressable:k1",) * len(found)))
    plain, met, unmet = (
        [one.cover for one in cover_criteria([given_], held=CONTROLS, criteria=HIGH, conditions=shown)]
        for given_, shown in ((mapping(found), ()), (under, ("k1",)), (under, ("k2",)))
    )
    assert met == plain
    assert Cover.FULL not in unmet


@examples
@given(rows, st.data())
def test_qualifiers_keep_full_true_in_every_small_world(found: tuple[MappingRow, ...], data: st.DataObject) -> None:
    """Soundness: full implies that the target is a subset of what the sources do together."""
    lower = mapping(qualified(found, tuple(data.draw(words) for _ in found)))
    possible = consistent(found)
    for held in HELD:
        for one in cover_criteria([lower], held=held, criteria=("c1", "c2"), conditions=("k1",)):
            assert one.cover is not Cover.FULL or possible & ~MET[held, one.criterion] == 0


names = st.sets(st.sampled_from("abc")).map(lambda found: tuple(sorted(found)))
scopes = st.builds(lambda one, two, three: Scope(entities=one, sites=two, systems=three), names, names, names)


@examples
@given(scopes, scopes)
def test_scope_is_inclusion_of_sets(asked: Scope, assessed: Scope) -> None:
    """Scope as set inclusion over entities, sites and systems."""
    included = all(
        set(getattr(asked, kind)) <= set(getattr(assessed, kind)) for kind in ("entities", "sites", "systems")
    )
    decided = decide(question(certificate=certificate(scope=assessed), scope=asked))
    assert (decided.verdict is Verdict.RECOGNISED) == included


def test_a_certificate_that_names_no_scope_leaves_the_question_open() -> None:
    assert decide(question(scope=Scope(sites=("a",)))).verdict is Verdict.UNDECIDED


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return one receipt for each of some time zones of the machine."""
    asked = worlds.questions_from(random.Random(12))
    made = []
    for zone in ("UTC", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia"):
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        made.append(receipt_bytes(asked, decide(asked)))
    monkeypatch.undo()
    time.tzset()
    return made


def test_the_time_zone_of_a_machine_plays_no_part(zones: list[bytes]) -> None:
    """DST/timezone free (UTC ints)."""
    assert len(set(zones)) == 1


CASE = write_case(worlds.questions_from(random.Random(3)))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(CASE) - 1), st.binary(min_size=0, max_size=3))
def test_a_case_file_that_was_damaged_is_refused_in_words(place: int, instead: bytes) -> None:
    """Fuzz the parser: a fault is a typed error that says what is wrong, never a stack trace."""
    damaged = CASE[:place] + instead + CASE[place + 1 :]
    said = told(damaged)
    assert said.startswith('{"as_of"') or 0 < len(said) < 2000


def told(case: bytes) -> str:
    """Return the receipt of a case, or what is said against it; anything but a typed error is a failure."""
    try:
        asked = read_case(case)
        return receipt_bytes(asked, decide(asked)).decode()
    except MarkError as error:
        return error.message
