"""The decision: each gate by itself, conditions, supplements, and what holds for any question."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recognition.agreement import HomeSide, Listed, PinnedMapping, ScopeRule
from recognition.certificate import Supplement
from recognition.decide import decide
from recognition.decision import Decision, Verdict
from recognition.mapping import ControlMapping
from recognition.question import Question
from recognition.reasons import REASONS, explain
from recognition.receipt import receipt_bytes
from recognition.timeline import Event
from tests.recognition import worlds
from tests.recognition.worlds import (
    CONTROLS,
    DAY,
    EVERYTHING,
    FOUR,
    FULL,
    HIGH,
    ISSUED,
    NOW,
    THREE,
    agreement,
    certificate,
    event,
    mapping,
    question,
    questions,
    row,
    supplement,
)
from verifier.encoding import digest
from verifier.errors import RefusedError, WrongUseError
from verifier.tier import Tier

examples = settings(max_examples=50, deadline=None)
LONG_AGO = event(NOW - 1000 * DAY)


def failing(decision: Decision) -> dict[str, str]:
    """Return the gates that did not pass, with their outcomes."""
    return {gate.code: gate.outcome for gate in decision.asked.failing}


def test_a_certificate_that_passes_every_gate_is_recognised() -> None:
    decision = decide(question())
    assert decision.verdict is Verdict.RECOGNISED
    assert failing(decision) == {}
    assert decision.recognised is not None
    assert decision.recognised.until == NOW + 265 * DAY


PIN = (PinnedMapping(sha256=FULL.digest),)
SINGLE_FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "a recognised mark as the input": ({"basis": "recognition"}, {}, "certificate_original", "failed"),
    "a declaration as the input": ({"basis": "self_declared"}, {}, "certificate_original", "failed"),
    "a certificate that nobody authenticated": ({"evidence": "stated"}, {}, "certificate_authentic", "undecided"),
    "a certificate from tomorrow": ({"issued": NOW + 1}, {}, "certificate_current", "failed"),
    "a certificate that ends now": ({"expires": NOW}, {}, "certificate_current", "failed"),
    "a withdrawn certificate": ({"status": "withdrawn"}, {}, "certificate_status", "failed"),
    "a suspended certificate": ({"status": "suspended"}, {}, "certificate_status", "failed"),
    "a state that could not be found out": ({"status": None}, {}, "certificate_status", "undecided"),
    "a state in an unknown word": ({"status": "fine"}, {}, "certificate_status", "undecided"),
    "a missing document": ({}, {"requires": ("soa",)}, "certificate_documents", "failed"),
    "a scope that the agreement does not name": ({"scope_kind": "unit"}, {}, "scope_allowed", "failed"),
    "a scope that the agreement excludes": (
        {"scope_tags": ("ot",)},
        {"scope": ScopeRule(kinds=("company",), excluded=("ot",))},
        "scope_allowed",
        "failed",
    ),
    "an unknown issuer": ({"issuer": "stranger"}, {}, "issuer_listed", "failed"),
    "an issuer listed only after the day of issue": (
        {},
        {"issuers": (Listed(id="issuer", begins=ISSUED + 1, ends=NOW + DAY),)},
        "issuer_listed",
        "failed",
    ),
    "an issuer whose listing ended on the day of issue": (
        {},
        {"issuers": (Listed(id="issuer", begins=1, ends=ISSUED),)},
        "issuer_listed",
        "failed",
    ),
    "an issuer suspended since": (
        {},
        {"issuers": (Listed(id="issuer", begins=1, ends=NOW, timeline=(event(NOW - DAY, "suspended"),)),)},
        "issuer_listed",
        "failed",
    ),
    "an issuer suspended on the day of issue only": (
        {},
        {
            "issuers": (
                Listed(
                    id="issuer",
                    begins=1,
                    ends=NOW,
                    timeline=(event(ISSUED, "suspended"), event(ISSUED + DAY, "in_force")),
                ),
            )
        },
        "issuer_listed",
        "failed",
    ),
    "an agreement that nobody put into force": ({}, {"timeline": ()}, "agreement_in_force", "failed"),
    "an agreement only proposed": ({}, {"timeline": (event(1, "proposed"),)}, "agreement_in_force", "failed"),
    "a provisional agreement": ({}, {"timeline": (event(1, "provisional"),)}, "agreement_in_force", "failed"),
    "an agreement in force from tomorrow": ({}, {"timeline": (event(NOW + 1),)}, "agreement_in_force", "failed"),
    "a suspended agreement": (
        {},
        {"timeline": (LONG_AGO, event(NOW, "suspended"))},
        "agreement_in_force",
        "failed",
    ),
    "an agreement that ends now": ({}, {"not_after": NOW}, "agreement_not_ended", "failed"),
    "other home criteria": (
        {},
        {"home": HomeSide(scheme="home", version="1", sha256=digest(b"other"))},
        "home_criteria_pinned",
        "failed",
    ),
    "a cap below the tier": ({}, {"cap_by_level": {"tested": 2}}, "level_cap", "failed"),
    "a level without a cap": ({}, {"cap_by_level": {}}, "level_cap", "failed"),
    "an assessment by the holder itself": ({"level": "basic"}, {}, "assurance", "failed"),
    "an excluded control": ({"excluded_controls": ("s1",)}, {}, "coverage", "failed"),
    "a suspended mapping": (
        {},
        {"mappings": (PinnedMapping(sha256=FULL.digest, timeline=(event(NOW, "suspended"),)),)},
        "mappings_pinned",
        "failed",
    ),
}


@pytest.mark.parametrize("fault", SINGLE_FAULTS)
def test_a_single_fault_shows_as_its_own_gate(fault: str) -> None:
    facts, terms, code, outcome = SINGLE_FAULTS[fault]
    decision = decide(question(certificate=certificate(**facts), agreement=agreement(**terms)))
    assert failing(decision) == {code: outcome}
    assert decision.verdict is (Verdict.UNDECIDED if outcome == "undecided" else Verdict.NOT_RECOGNISED)
    assert decision.recognised is None
    assert decision.asked.until is None


def test_a_version_that_the_agreement_does_not_pin_is_refused() -> None:
    found = failing(decide(question(certificate=certificate(version="2"))))
    assert found == {"scheme_version_pinned": "failed", "scheme_version_alive": "failed", "mappings_fit": "failed"}


def test_a_version_not_issued_on_that_day_is_refused() -> None:
    early = certificate(issued=1_500_000_000)
    assert failing(decide(question(certificate=early))) == {"scheme_version_alive": "failed"}


def test_a_mapping_that_the_agreement_does_not_pin_decides_nothing() -> None:
    foreign = mapping(FULL.rows, name="other")
    found = failing(decide(question([foreign], agreement=agreement([FULL]))))
    assert found == {"mappings_pinned": "failed", "coverage": "failed"}


def test_leaving_one_of_two_pinned_mappings_out_is_refused() -> None:
    cautious = mapping([row("s1", "c1", "subset-of")], name="cautious")
    found = failing(decide(question([FULL], agreement=agreement([FULL, cautious]))))
    assert found == {"mappings_pinned": "failed"}


def test_an_agreement_without_a_mapping_recognises_nothing() -> None:
    found = failing(decide(question([])))
    assert found == {"mappings_pinned": "failed", "coverage": "failed"}


def test_a_mapping_drawn_on_other_criteria_is_refused() -> None:
    head = FULL.head.model_copy(update={"target": FULL.head.target.model_copy(update={"version": "0"})})
    assert failing(decide(question([replace(FULL, head=head)]))) == {"mappings_fit": "failed"}


def test_a_tier_whose_criteria_are_not_all_known_is_not_decided() -> None:
    tier = replace(worlds.HOME.tiers[0], criteria_count=4)
    decision = decide(question(home=replace(worlds.HOME, tiers=(tier,))))
    assert failing(decision) == {"criteria_known": "undecided"}
    assert decision.verdict is Verdict.UNDECIDED


def test_every_failing_gate_is_listed_not_only_the_first() -> None:
    bad = certificate(basis="recognition", status=None, expires=NOW, scope_kind="unit", level="basic")
    found = failing(decide(question(certificate=bad, agreement=agreement(timeline=(), max_supplement=0))))
    assert set(found) == {
        "certificate_original",
        "certificate_current",
        "certificate_status",
        "agreement_in_force",
        "scope_allowed",
        "assurance",
    }


def test_a_level_unknown_to_the_scheme_is_refused() -> None:
    with pytest.raises(RefusedError, match="no level"):
        decide(question(certificate=certificate(level="gold")))


@pytest.mark.parametrize(
    "changes",
    [
        {"target": Tier("home", 5)},
        {"target": Tier("other", 3)},
        {"certificate": certificate(scheme="other")},
        {"recognised_at": NOW + 1},
        {"recognised_at": ISSUED - 1},
    ],
)
def test_a_question_that_contradicts_itself_is_wrong_use(changes: dict[str, Any]) -> None:
    with pytest.raises(WrongUseError):
        question(**changes)


PARTLY = mapping([row("s1", "c1", "equal-to"), row("s2", "c2", "subset-of")], name="partly")


def test_gaps_within_the_limit_make_a_condition_that_names_them() -> None:
    decision = decide(question([PARTLY], agreement=agreement([PARTLY], max_supplement=2)))
    assert decision.verdict is Verdict.CONDITIONAL
    assert decision.asked.gaps == ("c2", "c3")
    assert failing(decision) == {"coverage": "open"}
    assert decision.asked.counts == {"full": 1, "partial": 1, "none": 1}


def test_gaps_beyond_the_limit_refuse_whatever_supplements_say() -> None:
    given = {"agreement": agreement([PARTLY], max_supplement=1), "supplements": (supplement("c2", "c3"),)}
    decision = decide(question([PARTLY], **given))
    assert decision.verdict is Verdict.NOT_RECOGNISED
    assert decision.asked.gaps == ("c2", "c3")


def test_a_condition_does_not_replace_missing_assurance() -> None:
    terms = agreement([PARTLY], max_supplement=3)
    decision = decide(question([PARTLY], agreement=terms, certificate=certificate(level="basic")))
    assert decision.verdict is Verdict.NOT_RECOGNISED


def test_a_supplement_closes_exactly_its_criteria_and_ends_the_recognition_with_it() -> None:
    terms = agreement([PARTLY], max_supplement=2)
    half = decide(question([PARTLY], agreement=terms, supplements=(supplement("c2", "c1"),)))
    assert (half.verdict, half.asked.gaps) == (Verdict.CONDITIONAL, ("c3",))
    whole = decide(question([PARTLY], agreement=terms, supplements=(supplement("c2"), supplement("c3"))))
    assert (whole.verdict, whole.asked.until) == (Verdict.RECOGNISED, NOW + 50 * DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": "somebody-else"},
        {"criteria_sha256": digest(b"other")},
        {"issued": NOW + 1},
        {"expires": NOW},
        {"assurance": worlds.SELF},
        {"evaluator": "stranger"},
    ],
)
def test_a_supplement_that_does_not_fit_closes_nothing(changes: dict[str, Any]) -> None:
    terms = agreement([PARTLY], max_supplement=2)
    decision = decide(question([PARTLY], agreement=terms, supplements=(supplement("c2", "c3", **changes),)))
    assert decision.asked.gaps == ("c2", "c3")


def test_a_supplement_by_an_evaluator_suspended_since_closes_nothing() -> None:
    stopped = Listed(id="evaluator", begins=1, ends=NOW + DAY, timeline=(event(NOW - 1, "suspended"),))
    given = {"agreement": agreement([PARTLY], max_supplement=2), "supplements": (supplement("c2", "c3"),)}
    assert decide(question([PARTLY], evaluators=(stopped,), **given)).asked.gaps == ("c2", "c3")


@pytest.mark.parametrize(("cap", "recognised"), [(4, FOUR), (3, THREE), (2, None)])
def test_the_highest_tier_within_the_cap_is_recognised(cap: int, recognised: Tier | None) -> None:
    decision = decide(
        question([EVERYTHING], target=FOUR, agreement=agreement([EVERYTHING], cap_by_level={"tested": cap}))
    )
    assert (decision.recognised.tier if decision.recognised else None) == recognised


def test_without_a_technical_test_four_stars_are_never_reached() -> None:
    decision = decide(question([EVERYTHING], target=FOUR, certificate=certificate(level="checked")))
    assert decision.recognised is not None
    assert decision.recognised.tier == THREE
    assert failing(decision) == {"assurance": "failed"}


SUSPENSION = NOW - 10 * DAY


@pytest.mark.parametrize(
    ("existing", "until", "recognised_at", "verdict"),
    [
        ("keep_until", NOW + DAY, SUSPENSION - 1, Verdict.RECOGNISED),
        ("keep_until", NOW + DAY, SUSPENSION, Verdict.NOT_RECOGNISED),
        ("keep_until", NOW + DAY, None, Verdict.NOT_RECOGNISED),
        ("keep_until", NOW, SUSPENSION - 1, Verdict.NOT_RECOGNISED),
        ("show_under_review", NOW + DAY, SUSPENSION - 1, Verdict.UNDECIDED),
        ("show_under_review", NOW, SUSPENSION - 1, Verdict.NOT_RECOGNISED),
        ("stop_now", None, SUSPENSION - 1, Verdict.NOT_RECOGNISED),
    ],
)
def test_a_suspension_says_what_becomes_of_existing_recognitions(
    existing: str, until: int | None, recognised_at: int | None, verdict: Verdict
) -> None:
    stop = event(SUSPENSION, "suspended", existing=existing, existing_until=until)
    decision = decide(question(agreement=agreement(timeline=(LONG_AGO, stop)), recognised_at=recognised_at))
    assert decision.verdict is verdict
    if verdict is Verdict.RECOGNISED:
        assert decision.asked.until == until


def test_an_end_announced_for_later_bounds_the_recognition() -> None:
    ending = agreement(timeline=(LONG_AGO, event(NOW + DAY, "terminated", recorded=NOW - DAY)))
    assert decide(question(agreement=ending)).asked.until == NOW + DAY


@pytest.mark.parametrize(("recognised_at", "until"), [(None, NOW + DAY), (NOW, NOW + 9 * DAY)])
def test_a_suspension_announced_for_later_keeps_only_what_is_recorded(recognised_at: int | None, until: int) -> None:
    stop = event(NOW + DAY, "suspended", recorded=NOW, existing="keep_until", existing_until=NOW + 9 * DAY)
    decision = decide(question(agreement=agreement(timeline=(LONG_AGO, stop)), recognised_at=recognised_at))
    assert decision.asked.until == until


@pytest.mark.parametrize("later", [NOW + 3 * DAY, NOW + 30 * DAY])
def test_of_a_grace_and_a_later_end_the_earlier_bounds(later: int) -> None:
    grace = event(SUSPENSION, "suspended", existing="keep_until", existing_until=NOW + 9 * DAY)
    timeline = (LONG_AGO, grace, event(later, "terminated", recorded=NOW))
    decision = decide(question(agreement=agreement(timeline=timeline), recognised_at=SUSPENSION - 1))
    assert decision.asked.until == min(later, NOW + 9 * DAY)


def test_of_several_supplements_the_first_to_end_bounds() -> None:
    terms = agreement([PARTLY], max_supplement=2)
    ending = (supplement("c2", expires=NOW + 3 * DAY), supplement("c3", expires=NOW + 5 * DAY))
    assert decide(question([PARTLY], agreement=terms, supplements=ending)).asked.until == NOW + 3 * DAY


def test_the_announced_end_of_an_evaluator_bounds_what_it_closed() -> None:
    leaving = event(NOW + 2 * DAY, "terminated", recorded=NOW)
    evaluator = Listed(id="evaluator", begins=1, ends=NOW + DAY, timeline=(leaving,))
    given: dict[str, Any] = {"agreement": agreement([PARTLY], max_supplement=2), "evaluators": (evaluator,)}
    decision = decide(question([PARTLY], supplements=(supplement("c2", "c3"),), **given))
    assert decision.asked.until == NOW + 2 * DAY


def test_a_reinstatement_is_a_new_event_and_termination_is_final() -> None:
    back = (LONG_AGO, event(NOW - 9 * DAY, "suspended"), event(NOW - DAY))
    assert decide(question(agreement=agreement(timeline=back))).verdict is Verdict.RECOGNISED
    gone = (LONG_AGO, event(NOW - 9 * DAY, "terminated"), event(NOW - DAY))
    assert decide(question(agreement=agreement(timeline=gone))).verdict is Verdict.NOT_RECOGNISED


def test_a_recognition_older_than_the_longest_term_has_run_out() -> None:
    old = certificate(issued=NOW - 400 * DAY)
    last = decide(question(certificate=old, recognised_at=NOW - 365 * DAY + 1))
    assert (last.verdict, last.asked.until) == (Verdict.RECOGNISED, NOW + 1)
    over = decide(question(certificate=old, recognised_at=NOW - 365 * DAY))
    assert failing(over) == {"recognition_term": "failed"}


@examples
@given(questions())
def test_the_answer_is_a_function_of_the_question(asked: Question) -> None:
    again = replace(asked)
    assert receipt_bytes(asked, decide(asked)) == receipt_bytes(again, decide(again))


@examples
@given(questions(), st.permutations(range(4)))
def test_the_order_of_inputs_plays_no_part(asked: Question, order: list[int]) -> None:
    timeline = asked.agreement.timeline
    turned = tuple(timeline[place] for place in order if place < len(timeline)) + timeline[4:]
    terms = asked.agreement.model_copy(update={"timeline": turned, "mappings": asked.agreement.mappings[::-1]})
    other = replace(asked, agreement=terms, mappings=asked.mappings[::-1], supplements=asked.supplements[::-1])
    assert decide(other).tiers == decide(asked).tiers


@examples
@given(questions(target=FOUR, recognised_at=None))
def test_a_certificate_that_counts_as_the_higher_tier_counts_as_the_lower_one(asked: Question) -> None:
    lower, higher = decide(asked).tiers
    assert lower.verdict >= higher.verdict


@examples
@given(questions(), st.sampled_from(CONTROLS))
def test_more_controls_are_never_worse(asked: Question, control: str) -> None:
    fewer = asked.certificate.model_copy(update={"excluded_controls": (*asked.certificate.excluded_controls, control)})
    assert decide(asked).verdict >= decide(replace(asked, certificate=fewer)).verdict


@examples
@given(questions())
def test_more_assurance_is_never_worse(asked: Question) -> None:
    terms = asked.agreement.model_copy(update={"cap_by_level": dict.fromkeys(("basic", "checked", "tested"), 4)})
    answers = [
        decide(replace(asked, agreement=terms, certificate=asked.certificate.model_copy(update={"level": level})))
        for level in ("basic", "checked", "tested")
    ]
    assert [answer.verdict for answer in answers] == sorted(answer.verdict for answer in answers)


@examples
@given(questions(), worlds.supplements)
def test_one_more_supplement_is_never_worse(asked: Question, more: Supplement) -> None:
    before, after = decide(asked), decide(replace(asked, supplements=(*asked.supplements, more)))
    assert after.verdict >= before.verdict
    if before.verdict is Verdict.RECOGNISED:
        assert (after.asked.until or 0) >= (before.asked.until or 0)


@examples
@given(questions(), worlds.mappings)
def test_a_second_pinned_mapping_only_lowers(asked: Question, more: ControlMapping) -> None:
    assume(more.digest not in {one.digest for one in asked.mappings})
    pins = (*asked.agreement.mappings, PinnedMapping(sha256=more.digest))
    terms = asked.agreement.model_copy(update={"mappings": pins})
    both = replace(asked, agreement=terms, mappings=(*asked.mappings, more))
    assert decide(both).verdict <= decide(asked).verdict


@examples
@given(questions(), st.sampled_from(("recognition", "self_declared")))
def test_only_an_original_evaluation_is_ever_recognised(asked: Question, basis: str) -> None:
    marked = asked.certificate.model_copy(update={"basis": basis})
    assert decide(replace(asked, certificate=marked)).verdict is Verdict.NOT_RECOGNISED


@examples
@given(questions())
def test_the_cap_holds(asked: Question) -> None:
    recognised = decide(asked).recognised
    cap = asked.agreement.cap_by_level[asked.certificate.level]
    assert recognised is None or recognised.tier.level <= cap


@examples
@given(questions())
def test_self_assessment_never_counts_and_an_expert_never_for_four_stars(asked: Question) -> None:
    recognised = decide(asked).recognised
    best = {"basic": 0, "checked": 3, "tested": 4}[asked.certificate.level]
    assert recognised is None or recognised.tier.level <= best


@examples
@given(questions())
def test_the_end_lies_within_every_bound(asked: Question) -> None:
    decision = decide(asked)
    for tier in decision.tiers:
        assert (tier.until is not None) == (tier.verdict is Verdict.RECOGNISED)
        if tier.until is None:
            continue
        start = asked.as_of if asked.recognised_at is None else asked.recognised_at
        longest = {THREE: 365, FOUR: 1095}[tier.tier] * DAY
        assert asked.as_of < tier.until <= min(asked.certificate.expires, asked.agreement.not_after, start + longest)
        assert all(gate.until is None or tier.until <= gate.until for gate in tier.gates)


@examples
@given(questions(), st.floats(0, 1, exclude_max=True))
def test_a_recognition_holds_at_every_moment_before_its_end(asked: Question, share: float) -> None:
    now = decide(asked)
    until = now.asked.until
    if until is None:
        return
    later = asked.as_of + int((until - asked.as_of) * share)
    recorded = asked.as_of if asked.recognised_at is None else asked.recognised_at
    then = decide(replace(asked, as_of=later, recognised_at=recorded))
    assert (then.verdict, (then.asked.until or 0) >= until) == (Verdict.RECOGNISED, True)


@examples
@given(questions(), st.lists(worlds.events, max_size=3), worlds.moments)
def test_what_is_recorded_later_never_changes_what_was_known(
    asked: Question, later: list[Event], known_at: int
) -> None:
    news = tuple(one for one in later if one.recorded_at > known_at)
    terms = asked.agreement.model_copy(update={"timeline": (*asked.agreement.timeline, *news)})
    before = decide(replace(asked, known_at=known_at))
    assert decide(replace(asked, known_at=known_at, agreement=terms)).tiers == before.tiers


@examples
@given(questions(certificate=certificate(evidence="stated", status=None, scope_kind="unit")))
def test_every_gate_that_does_not_pass_says_why_in_both_languages(asked: Question) -> None:
    for tier in decide(asked).tiers:
        for gate in tier.gates:
            words = explain(gate)
            assert "{" not in words.ja + words.en
            assert (words.en == explain(gate._replace(outcome="passed")).en) == (gate.outcome == "passed")


def test_every_gate_has_a_reason_and_no_reason_is_without_a_gate() -> None:
    assert {gate.code for gate in decide(question()).asked.gates} == REASONS.keys()


def test_the_receipt_names_every_input_and_changes_with_each() -> None:
    asked = question(supplements=(supplement("c1"),))
    others = [
        replace(asked, certificate=certificate(holder="another")),
        replace(asked, agreement=agreement(id="another")),
        replace(asked, scheme=replace(asked.scheme, digest=digest(b"another"))),
        replace(asked, home=replace(asked.home, tiers=asked.home.tiers[::-1])),
        replace(asked, mappings=(mapping(FULL.rows, name="another"),)),
        replace(asked, supplements=()),
        replace(asked, evaluators=()),
        replace(asked, as_of=NOW + 1),
        replace(asked, known_at=NOW + 1),
        replace(asked, recognised_at=NOW),
        replace(asked, target=FOUR),
    ]
    receipts = {receipt_bytes(one, decide(one)) for one in (asked, *others)}
    assert len(receipts) == len(others) + 1


def test_the_receipt_is_canonical_json_with_verdict_rows_and_gates() -> None:
    receipt = receipt_bytes(question(), decide(question()))
    read = json.loads(receipt)
    assert json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == receipt
    assert read["tiers"][0]["verdict"] == "recognised"
    assert set(read["tiers"][0]["criteria"]) == set(HIGH) - {"c4"}
    assert read["tiers"][0]["criteria"]["c1"]["rows"] == [f"{FULL.digest}#2"]
