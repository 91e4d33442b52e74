"""Manual evidence: two people, one record, a short life, and a low assurance that is said aloud."""

from __future__ import annotations

from typing import Any

import pytest

from recognition.authenticate.manual_evidence import LONGEST, ManualEvidence, authenticate_by_hand
from recognition.authenticate.record import Authenticated, Undecided
from recognition.certificate import Certificate
from tests.authenticate.foreign import DAY, HOLDER, NOW
from tests.authenticate.test_published_lists import OFFICE, ONE, THREE, TWO, approve
from verifier.encoding import digest
from verifier.errors import EvidenceError, RefusedError, StatementError
from verifier.schema import read_model

FACTS: dict[str, Any] = {
    "scheme": "example.partner",
    "version": "1",
    "level": "checked",
    "basis": "evaluation",
    "evidence": "stated",
    "issuer": "operator",
    "holder": HOLDER,
    "scope_kind": "company",
    "status": "valid",
    "issued": NOW - DAY,
    "expires": NOW + 300 * DAY,
}


def evidence(facts: dict[str, Any] | None = None, **changes: Any) -> ManualEvidence:
    members = {
        "v": 1,
        "looked": ["original_seen", "issuer_answered_in_writing"],
        "documents": [digest(b"scan"), digest(b"letter")],
        "facts": {**FACTS, **(facts or {})},
        "examined_at": NOW,
        "valid_until": NOW + 30 * DAY,
        "nonce": "A" * 22,
        **changes,
    }
    return read_model(ManualEvidence, members, what="evidence")


def by_hand(one: ManualEvidence, approvals: list[str] | None = None, now: int = NOW) -> Authenticated | Undecided:
    signed = approve(one.subject, ONE, TWO) if approvals is None else approvals
    return authenticate_by_hand(one, signed, office=OFFICE, now=now)


def test_two_operators_authenticate_a_certificate_with_low_assurance() -> None:
    found = by_hand(evidence())
    assert isinstance(found, Authenticated)
    assert isinstance(found.certificate, Certificate)
    assert (found.certificate.evidence, found.certificate.holder) == ("authenticated", HOLDER)
    assert (found.record.assurance, found.record.warnings) == ("low", ("rests_on_people",))


def test_it_grows_old_on_the_day_that_it_says() -> None:
    one = evidence()
    assert isinstance(by_hand(one, now=NOW + 30 * DAY - 1), Authenticated)
    old = by_hand(one, now=NOW + 30 * DAY)
    assert isinstance(old, Undecided)
    assert old.record.reason == "stale"


@pytest.mark.parametrize("signers", [(), (ONE,), (ONE, ONE), (ONE, THREE)])
def test_one_person_with_two_keys_is_one_person(signers: Any) -> None:
    one = evidence()
    with pytest.raises(RefusedError):
        by_hand(one, approve(one.subject, *signers))


@pytest.mark.parametrize(
    "facts",
    [{"level": "basic"}, {"holder": "0199-7LTWFZYICNSX8D621K86"}, {"expires": NOW + 900 * DAY}, {"status": None}],
)
def test_facts_that_were_changed_after_approval_are_refused(facts: dict[str, Any]) -> None:
    signed = approve(evidence().subject, ONE, TWO)
    with pytest.raises(RefusedError, match="another record"):
        by_hand(evidence(facts), signed)


def test_a_life_that_was_prolonged_after_approval_is_refused() -> None:
    with pytest.raises(RefusedError):
        by_hand(evidence(valid_until=NOW + 60 * DAY), approve(evidence().subject, ONE, TWO))


def test_an_examination_of_tomorrow_is_refused() -> None:
    one = evidence()
    with pytest.raises(EvidenceError):
        by_hand(one, approve(one.subject, ONE, TWO), now=NOW - DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": NOW + LONGEST + 1},
        {"valid_until": NOW},
        {"documents": []},
        {"documents": [digest(b"scan"), digest(b"scan")]},
        {"looked": []},
        {"looked": ["felt_right"]},
        {"facts": {**FACTS, "evidence": "authenticated"}},
        {"facts": {**FACTS, "holder": None}},
    ],
)
def test_evidence_outside_the_rules_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(StatementError):
        evidence(**changes)


def test_an_unknown_state_stays_unknown() -> None:
    found = by_hand(evidence({"status": None}))
    assert "status_unknown" in found.record.warnings


def test_an_examination_counts_from_its_own_second_for_ninety_days_at_most() -> None:
    one = evidence(valid_until=NOW + LONGEST)
    assert isinstance(by_hand(one, now=NOW + LONGEST - 1), Authenticated)
    with pytest.raises(RefusedError, match="future"):
        by_hand(one, now=NOW - 60)
