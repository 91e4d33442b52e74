"""The case's closed table, row by row: what each step demands. test_case_life.py explores it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from issuer.answers import ItemAnswer, answers_digest, approve, keeping_approvals
from issuer.case import FINAL, LAPSE_MONTHS, MOST_RETURNS, Case, Event, Rules, State, Step, lapse_time
from issuer.intake import read_holder, read_scope
from issuer.machine import TABLE, advance, state_at
from issuer.record import (
    Assignment,
    Attested,
    Confirmation,
    Decision,
    Exclusion,
    Handling,
    Oath,
    Reservation,
)
from verifier.dates import term_end
from verifier.errors import MalformedError, RefusedError, StatementError
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.scheme.shipped import load_shipped
from verifier.statement.attestation import TechnicalVerification

PACK = load_shipped("jp.meti.scs", "2026-03-27")
NOW = 1_793_577_600
ITEMS = ("1-1", "1-2", "1-3")
ASSESSOR, DECIDER = "h-7f3a", "h-c2d8"
TESTER = "https://shirushi.example/e/2002"
RESERVED = Reservation(mark=new_mark_id(seeded_entropy("case")), number="SCS3-000001", status_no=1, status_idx=0)
HOLDER = read_holder(name="株式会社サンプル精機", identifiers=["1180301018771"])
SCOPE = read_scope(kind="company", summary="全社")


def rules(level: int) -> Rules:
    return Rules(PACK.issuable_tier(level), frozenset(ITEMS), PACK.zone)


def case(level: int = 3, **members: Any) -> Case:
    drafted = Case("C-1", PACK.scheme, PACK.version, level, PACK.digest, HOLDER, SCOPE, NOW)
    return replace(drafted, **members)


def ready(level: int = 3, **members: Any) -> Case:
    """A case in assessment of which the tier demands nothing more."""
    answers = tuple(ItemAnswer(item, "met") for item in ITEMS)
    digest = answers_digest(answers)
    full = {
        "state": State.IN_ASSESSMENT,
        "assessing_since": NOW,
        "reservation": RESERVED,
        "answers": answers,
        "confirmation": Confirmation(kind="listed_expert", by="E-1042", at=NOW, answers_sha256=digest),
        "oath": Oath(officer="代表取締役", at=NOW, answers_sha256=digest),
        "technical": TechnicalVerification(body="https://shirushi.example/e/2001", date=NOW - 1),
    }
    return case(level, **full | members)


def step(subject: Case, event: Event, *, by: str = ASSESSOR, at: int = NOW) -> Case:
    return advance(Step(subject, by, at, rules(subject.level)), event)


def objections(subject: Case, event: Event = Event.ATTEST, **how: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        step(subject, event, **how)
    return refused.value.message


def test_everything_that_the_tier_demands_lets_the_assessor_attest() -> None:
    assert step(ready(3), Event.ATTEST).state is State.ASSESSED
    assert step(ready(4), Event.ATTEST).state is State.ASSESSED


@pytest.mark.parametrize("word", ["unanswered", "not_met", "not_applicable"])
def test_one_open_item_stops_the_mark(word: Any) -> None:
    subject = ready(4)
    answers = (*subject.answers[:2], ItemAnswer(ITEMS[2], word, "no such system"))
    assert ITEMS[2] in objections(replace(subject, answers=answers))


def test_a_missing_item_stops_the_mark() -> None:
    subject = ready(4)
    assert "1 items have no answer" in objections(replace(subject, answers=subject.answers[:2]))


def test_an_item_that_does_not_apply_needs_a_reason_and_an_approval() -> None:
    answer = ItemAnswer("1-1", "not_applicable", "no such system")
    assert not answer.settled
    [approved] = approve((answer,), ["1-1"], by=ASSESSOR)
    assert approved.settled
    assert not replace(approved, justification="").settled
    with pytest.raises(RefusedError, match="not answered as not applicable"):
        approve((ItemAnswer("1-1", "met"),), ["1-1"], by=ASSESSOR)


def test_an_approval_lasts_only_while_the_reason_is_the_same() -> None:
    [approved] = approve((ItemAnswer("1-1", "not_applicable", "no such system"),), ["1-1"], by=ASSESSOR)
    [same] = keeping_approvals((replace(approved, approved_by=None),), (approved,))
    [other] = keeping_approvals((ItemAnswer("1-1", "not_applicable", "too dear"),), (approved,))
    assert same.approved_by == ASSESSOR
    assert other.approved_by is None


def test_star_3_needs_an_expert_and_an_oath_on_these_very_answers() -> None:
    assert "no security expert" in objections(ready(3, confirmation=None))
    assert "no executive" in objections(ready(3, oath=None))
    changed = tuple(replace(answer, evidence="another file") for answer in ready(3).answers)
    told = objections(ready(3, answers=changed))
    assert "expert confirmed other answers" in told
    assert "oath was sworn on other answers" in told


def test_star_4_needs_a_technical_verification_that_has_happened() -> None:
    assert "no technical verification" in objections(ready(4, technical=None))
    later = TechnicalVerification(body="https://shirushi.example/e/2001", date=NOW + 1)
    assert "in the future" in objections(ready(4, technical=later))


def test_star_4_does_not_ask_for_an_expert_or_an_oath() -> None:
    assert step(ready(4, confirmation=None, oath=None), Event.ATTEST).state is State.ASSESSED


def test_the_assessor_cannot_decide() -> None:
    attested = ready(state=State.ASSESSED, attested=Attested(holder=ASSESSOR, at=NOW, compact="x", salt="A" * 22))
    assert "another person" in objections(attested, Event.REVIEW, by=ASSESSOR)
    reviewed = step(attested, Event.REVIEW, by=DECIDER)
    for event in (Event.GRANT, Event.REFUSE, Event.RETURN):
        assert "another person" in objections(reviewed, event, by=ASSESSOR)
    assert step(reviewed, Event.GRANT, by=DECIDER).state is State.GRANTED


def test_a_group_names_whom_it_covers_and_nobody_is_covered_twice() -> None:
    group = read_scope(kind="group", summary="グループ")
    assert "names no organisation" in objections(case(scope=group), Event.SUBMIT)
    own = read_scope(kind="group", summary="グループ", covered=["1180301018771"])
    assert "second time" in objections(case(scope=own), Event.SUBMIT)


@pytest.mark.parametrize("kind", ["company", "unit"])
def test_only_a_group_covers_other_organisations(kind: str) -> None:
    wide = read_scope(kind=kind, summary="全社", covered=["5010005007126"])
    assert "apply as a group" in objections(case(scope=wide), Event.SUBMIT)


def test_an_exclusion_that_nobody_accepted_stops_the_mark_and_an_accepted_one_does_not() -> None:
    left_out = Exclusion(no=1, kind="device", what="旧型測定器", justification="単独で動作し、接続しない")
    told = objections(ready(4, handling=Handling(exclusions=(left_out,))))
    assert "exclusions whose reasons nobody has accepted: 1" in told
    accepted = left_out.model_copy(update={"approved_by": ASSESSOR})
    assert step(ready(4, handling=Handling(exclusions=(accepted,))), Event.ATTEST).state is State.ASSESSED


def test_an_exclusion_that_is_added_later_was_neither_confirmed_nor_sworn_to() -> None:
    left_out = Exclusion(no=1, kind="site", what="倉庫", justification="閉鎖予定", approved_by=ASSESSOR)
    told = objections(ready(3, handling=Handling(exclusions=(left_out,))))
    assert "expert confirmed other answers" in told
    assert "oath was sworn on other answers" in told


def test_the_oath_follows_the_confirmation() -> None:
    subject = ready(3)
    assert subject.confirmation is not None
    late = subject.confirmation.model_copy(update={"at": NOW + 1})
    assert "sworn before the expert confirmed" in objections(replace(subject, confirmation=late), at=NOW + 2)


def test_an_old_technical_verification_says_nothing_about_today() -> None:
    old = TechnicalVerification(body="https://shirushi.example/e/2001", date=NOW - 400 * 86_400)
    assert "older than 12 months" in objections(ready(4, technical=old))


def test_who_is_assigned_acts_and_nobody_else() -> None:
    handling = Handling(assignment=Assignment(assessor="h-other", decider="h-other", technical_verifier=TESTER))
    told = objections(ready(4, handling=handling))
    assert "assigned to h-other for assessment" in told
    assert f"was assigned to {TESTER}" in told
    signed = Attested(holder=ASSESSOR, at=NOW, compact="x", salt="A" * 22)
    reviewed = ready(4, state=State.IN_REVIEW, attested=signed, handling=handling)
    assert "assigned to h-other for decision" in objections(reviewed, Event.REFUSE, by=DECIDER)


def test_a_case_is_returned_twice_with_its_reasons_kept_and_then_decided() -> None:
    signed = Attested(holder=ASSESSOR, at=NOW, compact="x", salt="A" * 22)
    subject = ready(3, state=State.IN_REVIEW, attested=signed)
    for number in range(1, MOST_RETURNS + 1):
        decision = Decision(outcome="returned", by=DECIDER, at=NOW, reason=f"証跡 {number}")
        back = step(replace(subject, decision=decision), Event.RETURN, by=DECIDER)
        assert [(one.no, one.reason) for one in back.handling.rounds][-1] == (number, f"証跡 {number}")
        subject = replace(back, state=State.IN_REVIEW)
    assert "returned 2 times already" in objections(subject, Event.RETURN, by=DECIDER)
    assert step(subject, Event.REFUSE, by=DECIDER).state is State.REFUSED


def test_after_its_months_a_case_has_lapsed_before_anybody_notices() -> None:
    end = lapse_time(NOW, PACK.zone)
    assert "it lapsed on" in objections(ready(3), Event.ATTEST, at=end)
    assert state_at(ready(3), end - 1, rules(3)) is State.IN_ASSESSMENT
    assert state_at(ready(3), end, rules(3)) is State.LAPSED
    assert state_at(ready(3, state=State.ASSESSED), end, rules(3)) is State.ASSESSED


def test_without_a_reservation_nothing_is_accepted() -> None:
    assert "no mark id" in objections(case(state=State.SUBMITTED), Event.ACCEPT)


def test_an_application_lapses_when_its_months_are_over_and_not_before() -> None:
    end = term_end(NOW, LAPSE_MONTHS, PACK.zone)
    assert "not before" in objections(case(), Event.LAPSE, at=end - 1)
    assert step(case(), Event.LAPSE, at=end).state is State.LAPSED


def test_a_returned_case_is_assessed_and_attested_anew() -> None:
    returned = ready(state=State.RETURNED, attested=Attested(holder=ASSESSOR, at=NOW, compact="x", salt="A" * 22))
    again = step(returned, Event.BEGIN, at=NOW + 5)
    assert (again.state, again.attested, again.assessing_since) == (State.IN_ASSESSMENT, None, NOW + 5)


def test_final_states_have_no_exit_and_every_state_is_reached() -> None:
    assert {state for state, _ in TABLE} == set(State) - FINAL
    assert {target for target, _ in TABLE.values()} | {State.DRAFT} == set(State)
    for state in FINAL:
        assert "final" in _hint(case(state=state), Event.SUBMIT)


def test_a_tier_that_nobody_defined_cannot_be_applied_for() -> None:
    with pytest.raises(RefusedError, match="cannot be issued"):
        Rules.of(PACK, 5)


def test_identifiers_are_normal_and_named_once() -> None:
    assert HOLDER.identifiers == ("0188-1180301018771",)
    with pytest.raises(MalformedError, match="twice"):
        read_holder(name="x", identifiers=["1180301018771", "T1180301018771"])
    with pytest.raises(MalformedError):
        read_holder(name="x", identifiers=["1180301018772"])
    with pytest.raises(StatementError):
        read_holder(name="x", identifiers=[])
    with pytest.raises(StatementError):
        read_scope(kind="everything", summary="x")


def _hint(subject: Case, event: Event) -> str:
    with pytest.raises(RefusedError) as refused:
        step(subject, event)
    return refused.value.hint
