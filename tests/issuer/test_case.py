"""The case's closed table, explored: what is granted was earned, and what is final stays so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from issuer.answers import ItemAnswer, answers_digest, approve, keeping_approvals, open_items
from issuer.case import FINAL, LAPSE_MONTHS, TABLE, Case, Event, Rules, State, Step, advance, check_result
from issuer.intake import read_holder, read_scope
from issuer.record import Attested, Confirmation, Oath, Reservation
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


LIKELY = [*Event, *[Event.BEGIN, Event.ATTEST, Event.REVIEW, Event.GRANT, Event.RETURN] * 6]


class CaseLife(RuleBasedStateMachine):
    """Anybody tries anything in any order; time goes on."""

    @initialize(level=st.sampled_from([3, 4]))
    def begin(self, level: int) -> None:
        self.now, self.case, self.finals = NOW, case(level), list[State]()
        self.case = replace(self.case, answers=tuple(ItemAnswer(item) for item in ITEMS))

    @rule(item=st.sampled_from(ITEMS), word=st.sampled_from(["met", "met", "met", "not_met", "not_applicable"]))
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def answer(self, item: str, word: Any) -> None:
        changed = ItemAnswer(item, word, "reason")
        new = tuple(changed if one.item == item else one for one in self.case.answers)
        self.case = replace(self.case, answers=new)

    @rule()
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def approve_all(self) -> None:
        items = [one.item for one in self.case.answers if one.word == "not_applicable"]
        self.case = replace(self.case, answers=approve(self.case.answers, items, by=ASSESSOR))

    @rule()
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def confirm_and_swear(self) -> None:
        digest = answers_digest(self.case.answers)
        confirmation = Confirmation(kind="body_holder", by="h-99aa", at=self.now, answers_sha256=digest)
        oath = Oath(officer="役員", at=self.now, answers_sha256=digest)
        self.case = replace(self.case, confirmation=confirmation, oath=oath)

    @rule(offset=st.integers(-2, 2))
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def verify_technically(self, offset: int) -> None:
        technical = TechnicalVerification(body="https://shirushi.example/e/2001", date=self.now + offset)
        self.case = replace(self.case, technical=technical)

    @rule()
    @precondition(lambda self: self.case.state is State.SUBMITTED)
    def reserve(self) -> None:
        self.case = replace(self.case, reservation=RESERVED)

    @rule()
    def do_the_next_right_thing(self) -> None:
        match self.case.state:
            case State.DRAFT:
                self.attempt(Event.SUBMIT, ASSESSOR)
            case State.SUBMITTED:
                self.reserve()
                self.attempt(Event.ACCEPT, ASSESSOR)
            case State.ACCEPTED | State.RETURNED:
                self.attempt(Event.BEGIN, ASSESSOR)
            case State.IN_ASSESSMENT:
                settled = [one if one.settled else ItemAnswer(one.item, "met") for one in self.case.answers]
                self.case = replace(self.case, answers=tuple(settled))
                self.confirm_and_swear()
                self.verify_technically(-1)
                self.attempt(Event.ATTEST, ASSESSOR)
            case State.ASSESSED:
                self.attempt(Event.REVIEW, DECIDER)
            case State.IN_REVIEW:
                self.attempt(Event.GRANT, DECIDER)

    @rule(days=st.sampled_from([0, 0, 1, 90]))
    def wait(self, days: int) -> None:
        self.now += days * 86_400

    @rule(event=st.sampled_from(LIKELY), by=st.sampled_from([ASSESSOR, DECIDER]))
    def attempt(self, event: Event, by: str) -> None:
        before = self.case
        try:
            after = step(before, event, by=by, at=self.now)
        except RefusedError:
            return
        if event is Event.ATTEST:
            after = replace(after, attested=Attested(holder=by, at=self.now, compact="x", salt="A" * 22))
        if event is Event.GRANT:
            check_result(Step(after, by, self.now, rules(after.level)))
            assert before.attested is not None
            assert before.attested.holder != by
        self.case = after

    @invariant()
    def what_is_granted_was_earned(self) -> None:
        if not hasattr(self, "case") or self.case.state is not State.GRANTED:
            return
        digest = answers_digest(self.case.answers)
        assert open_items(self.case.answers) == ()
        if self.case.level == 3:
            assert self.case.confirmation is not None
            assert self.case.oath is not None
            assert {self.case.confirmation.answers_sha256, self.case.oath.answers_sha256} == {digest}
        else:
            assert self.case.technical is not None
            assert self.case.technical.date <= self.now

    @invariant()
    def what_is_final_stays(self) -> None:
        if hasattr(self, "case") and self.case.state in FINAL:
            self.finals.append(self.case.state)
            assert set(self.finals) == {self.case.state}


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
