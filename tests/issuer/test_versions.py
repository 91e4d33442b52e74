"""Two versions alive at the desk: which one takes cases on which day, and how long marks under the old one last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from issuer.case import Case, Event, Rules, State, Step
from issuer.machine import advance
from issuer.record import Attested, Decision
from issuer.workplace import rules_of
from tests.issuer.test_case import DECIDER, case, ready, rules
from tests.scheme.packs import SCS, next_version
from verifier.dates import parse_instant
from verifier.edge.packs import write_folder
from verifier.errors import RefusedError
from verifier.scheme.reading import parse_pack
from verifier.scheme.shipped import load_shipped

TOKYO = "Asia/Tokyo"
NEXT = parse_pack(next_version(evaluations_until="2028-09-30", marks_until="2029-03-31"))
OLD = load_shipped(*SCS).among((NEXT,))


def at(text: str) -> int:
    return parse_instant(text, zone=TOKYO)


def under(pack_rules: Rules, subject: Case, event: Event, *, day: str) -> Case:
    return advance(Step(replace(subject, opened_at=at(day)), DECIDER, at(day), pack_rules), event)


def old_rules(level: int) -> Rules:
    """The rules of the old version among its successor, over the few items of the test's cases."""
    return replace(rules(level), transition=OLD.head.transition)


def in_review(level: int, nbf: int) -> Case:
    decision = Decision(outcome="granted", by=DECIDER, at=nbf, reason="", nbf=nbf)
    signed = Attested(holder="h-7f3a", at=nbf, compact="x", salt="A" * 22)
    return ready(level, state=State.IN_REVIEW, attested=signed, decision=decision)


@pytest.mark.parametrize("day", ["2026-03-27", "2028-04-01", "2028-09-30T23:59:59+09:00"])
def test_the_old_version_takes_cases_until_its_last_day(day: str) -> None:
    assert under(old_rules(3), case(3), Event.SUBMIT, day=day).state is State.SUBMITTED


@pytest.mark.parametrize(
    ("day", "phase"), [("2026-03-26", "announced"), ("2028-10-01", "closed_for_new"), ("2029-04-01", "sunset")]
)
def test_outside_its_days_it_takes_none(day: str, phase: str) -> None:
    with pytest.raises(RefusedError, match=f"takes no applications: it is {phase}"):
        under(old_rules(3), case(3), Event.SUBMIT, day=day)


def test_both_versions_take_cases_while_they_overlap() -> None:
    for transition in (OLD.head.transition, NEXT.head.transition):
        taken = replace(rules(3), transition=transition)
        assert under(taken, case(3), Event.SUBMIT, day="2028-06-01").state is State.SUBMITTED


def test_a_case_is_granted_until_the_last_day_of_evaluations_and_not_later() -> None:
    subject = in_review(3, at("2028-09-30"))
    assert under(old_rules(3), subject, Event.GRANT, day="2028-09-30").state is State.GRANTED
    with pytest.raises(RefusedError, match="takes no decisions any more: it is closed_for_new"):
        under(old_rules(3), subject, Event.GRANT, day="2028-10-01")


def test_after_that_day_a_case_can_still_be_refused_or_returned() -> None:
    subject = in_review(3, at("2028-09-30"))
    assert under(old_rules(3), subject, Event.REFUSE, day="2028-10-01").state is State.REFUSED
    assert under(old_rules(3), subject, Event.RETURN, day="2028-10-01").state is State.RETURNED


def test_a_mark_ends_at_its_term_or_at_the_sunset_whichever_is_first() -> None:
    assert old_rules(3).mark_end(at("2028-01-10")) == at("2029-01-10")
    assert old_rules(3).mark_end(at("2028-06-01")) == at("2029-04-01")
    assert old_rules(4).mark_end(at("2027-10-01")) == at("2029-04-01")
    assert rules(4).mark_end(at("2027-10-01")) == at("2030-10-01")


def test_a_term_that_would_begin_after_the_sunset_is_not_granted() -> None:
    with pytest.raises(RefusedError, match="have ended by then"):
        under(old_rules(3), in_review(3, at("2029-04-01")), Event.GRANT, day="2028-09-30")


def test_the_desk_learns_the_ends_from_the_successor_that_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rules_of(case(3)).transition.marks_until is None
    files = next_version(evaluations_until="2028-09-30", marks_until="2029-03-31")
    write_folder(files, tmp_path / "jp.meti.scs" / "2028-04")
    monkeypatch.setenv("SHIRUSHI_PACKS", str(tmp_path))
    assert rules_of(case(3)).mark_end(at("2028-06-01")) == at("2029-04-01")
    assert rules_of(case(3, version="2028-04", criteria_sha256=NEXT.digest)).transition.marks_until is None
