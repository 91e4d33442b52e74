"""The case machine, explored: anybody tries anything in any order, and what is granted was earned all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from issuer.answers import ItemAnswer, approve, open_items
from issuer.case import FINAL, MOST_RETURNS, Event, State, Step, lapse_time
from issuer.machine import LAPSING, TABLE, check_result, state_at
from issuer.record import Attested, Confirmation, Exclusion, Oath
from tests.issuer.test_case import ASSESSOR, DECIDER, ITEMS, NOW, PACK, RESERVED, case, rules, step
from verifier.errors import RefusedError
from verifier.statement.attestation import TechnicalVerification

TESTER, OTHER_TESTER = "https://shirushi.example/e/2001", "https://shirushi.example/e/2002"
PEOPLE = [ASSESSOR, DECIDER, "h-third"]
LIKELY = [*Event, *[Event.BEGIN, Event.ATTEST, Event.REVIEW, Event.GRANT, Event.RETURN] * 6]
CHANGEABLE = frozenset({State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.IN_ASSESSMENT, State.RETURNED})


class CaseLife(RuleBasedStateMachine):
    """Anybody tries anything in any order; time goes on; people are assigned and exclusions come and go."""

    @initialize(level=st.sampled_from([3, 4]))
    def begin(self, level: int) -> None:
        self.now, self.case, self.finals = NOW, case(level), list[State]()
        self.case = replace(self.case, answers=tuple(ItemAnswer(item) for item in ITEMS))
        self.trail = [self.case.state]
        self.granted_at = 0

    def handle(self, **changed: Any) -> None:
        self.case = replace(self.case, handling=self.case.handling.model_copy(update=changed))

    @rule(item=st.sampled_from(ITEMS), word=st.sampled_from(["met", "met", "met", "not_met", "not_applicable"]))
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def answer(self, item: str, word: Any) -> None:
        changed = ItemAnswer(item, word, "reason")
        self.case = replace(self.case, answers=tuple(changed if one.item == item else one for one in self.case.answers))

    @rule()
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def approve_all(self) -> None:
        items = [one.item for one in self.case.answers if one.word == "not_applicable"]
        self.case = replace(self.case, answers=approve(self.case.answers, items, by=ASSESSOR))

    @rule(accepted=st.booleans())
    @precondition(lambda self: self.case.state in CHANGEABLE)
    def exclude(self, accepted: bool) -> None:
        by = ASSESSOR if accepted else None
        one = Exclusion(no=1, kind="device", what="古い測定器", justification="単独で動作", approved_by=by)
        self.handle(exclusions=(one,))

    @rule()
    @precondition(lambda self: self.case.state in CHANGEABLE)
    def drop_the_exclusion(self) -> None:
        self.handle(exclusions=())

    @rule(part=st.sampled_from(["assessor", "decider"]), who=st.sampled_from([None, *PEOPLE]))
    def assign(self, part: str, who: str | None) -> None:
        self.handle(assignment=self.case.handling.assignment.model_copy(update={part: who}))

    @rule(tester=st.sampled_from([None, TESTER, OTHER_TESTER]))
    def assign_a_tester(self, tester: str | None) -> None:
        self.handle(assignment=self.case.handling.assignment.model_copy(update={"technical_verifier": tester}))

    @rule()
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def confirm(self) -> None:
        given = Confirmation(kind="body_holder", by="h-99aa", at=self.now, answers_sha256=self.case.digest)
        self.case = replace(self.case, confirmation=given)

    @rule()
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def swear(self) -> None:
        self.case = replace(self.case, oath=Oath(officer="役員", at=self.now, answers_sha256=self.case.digest))

    @rule(days=st.sampled_from([-500, -1, 0, 1]))
    @precondition(lambda self: self.case.state is State.IN_ASSESSMENT)
    def verify_technically(self, days: int) -> None:
        technical = TechnicalVerification(body=TESTER, date=self.now + days * 86_400)
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
                self.assign("assessor", ASSESSOR)
                self.attempt(Event.BEGIN, ASSESSOR)
            case State.IN_ASSESSMENT:
                self._finish_assessment()
                self.attempt(Event.ATTEST, ASSESSOR)
            case State.ASSESSED:
                self.assign("decider", DECIDER)
                self.attempt(Event.REVIEW, DECIDER)
            case State.IN_REVIEW:
                self.attempt(Event.GRANT, DECIDER)

    def _finish_assessment(self) -> None:
        settled = [one if one.settled else ItemAnswer(one.item, "met") for one in self.case.answers]
        self.case = replace(self.case, answers=tuple(settled))
        self.assign("assessor", ASSESSOR)
        self.assign_a_tester(TESTER)
        if self.case.handling.exclusions:
            self.exclude(accepted=True)
        self.confirm()
        self.swear()
        self.verify_technically(-1)

    @rule(days=st.sampled_from([0, 0, 1, 90]))
    def wait(self, days: int) -> None:
        self.now += days * 86_400

    @rule(event=st.sampled_from(LIKELY), by=st.sampled_from(PEOPLE))
    def attempt(self, event: Event, by: str) -> None:
        before = self.case
        try:
            after = step(before, event, by=by, at=self.now)
        except RefusedError:
            return
        assert (before.state, event) in TABLE
        assert state_at(before, self.now, rules(before.level)) is not State.LAPSED or event in (
            Event.LAPSE,
            Event.WITHDRAW,
        )
        if event is Event.ATTEST:
            after = replace(after, attested=Attested(holder=by, at=self.now, compact="x", salt="A" * 22))
        if event in (Event.GRANT, Event.REFUSE, Event.RETURN):
            assert before.attested is not None
            assert before.attested.holder != by
            assert before.handling.assignment.decider in (None, by)
        if event is Event.GRANT:
            check_result(Step(after, by, self.now, rules(after.level)))
            self.granted_at = self.now
        self.case = after
        self.trail.append(after.state)

    @invariant()
    def what_is_granted_was_earned(self) -> None:
        if not hasattr(self, "case") or self.case.state is not State.GRANTED:
            return
        assert list(_open(self.case.answers)) == []
        assert all(one.approved_by for one in self.case.handling.exclusions)
        if self.case.level == 3:
            assert self.case.confirmation is not None
            assert self.case.oath is not None
            assert self.case.confirmation.at <= self.case.oath.at
            assert {self.case.confirmation.answers_sha256, self.case.oath.answers_sha256} == {self.case.digest}
        else:
            assert self.case.technical is not None
            assert self.granted_at - 366 * 86_400 <= self.case.technical.date <= self.granted_at

    @invariant()
    def what_is_final_stays(self) -> None:
        if hasattr(self, "case") and self.case.state in FINAL:
            self.finals.append(self.case.state)
            assert set(self.finals) == {self.case.state}

    @invariant()
    def every_return_is_kept_and_there_are_only_so_many(self) -> None:
        if hasattr(self, "case"):
            rounds = self.case.handling.rounds
            assert [one.no for one in rounds] == list(range(1, self.trail.count(State.RETURNED) + 1))
            assert len(rounds) <= MOST_RETURNS

    @invariant()
    def what_waits_for_its_applicant_lapses_by_the_clock_alone(self) -> None:
        if hasattr(self, "case") and self.case.state in LAPSING:
            has_lapsed = self.now >= lapse_time(self.case.opened_at, PACK.zone)
            assert (state_at(self.case, self.now, rules(self.case.level)) is State.LAPSED) == has_lapsed


def _open(answers: Any) -> Iterator[str]:
    yield from open_items(answers)


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(
    max_examples=max(25, settings().max_examples // 2), stateful_step_count=30, deadline=None
)
