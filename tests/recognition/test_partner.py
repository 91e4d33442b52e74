"""The partner scheme that does not exist: the one shipped scheme of which a level is fully recognised."""

from __future__ import annotations

import pytest

from recognition.agreement import ForeignSide, HomeSide
from recognition.decide import decide
from recognition.decision import Decision, Verdict
from recognition.home import home_criteria
from recognition.shipped import load_mapping, load_scheme
from tests.recognition.worlds import agreement, certificate, question
from verifier.dates import parse_instant
from verifier.scheme.shipped import load_shipped
from verifier.tier import Tier

PARTNER = "example.partner-scheme"
PACK = load_shipped("jp.meti.scs", "2026-03-27")
ISSUED = parse_instant("2026-10-01", zone="Asia/Tokyo")
EXPIRES = parse_instant("2027-10-01", zone="Asia/Tokyo")
NOW = parse_instant("2026-11-27", zone="Asia/Tokyo")


def decided(level: str, tier: int, *, version: str = "2026", **facts: object) -> Decision:
    """Return the decision on a certificate of that level under an agreement that pins the shipped mapping."""
    mapping = load_mapping("partner-to-scs3")
    treaty = agreement(
        (mapping,),
        foreign=ForeignSide(scheme=PARTNER, versions=("2025", "2026")),
        home=HomeSide(scheme=PACK.scheme, version=PACK.version, sha256=PACK.digest),
        cap_by_level={"declared": 3, "reviewed": 3, "tested": 4},
    )
    held = certificate(
        scheme=PARTNER, version=version, level=level, status="valid", issued=ISSUED, expires=EXPIRES, **facts
    )
    asked = question(
        (mapping,),
        home=home_criteria(PACK),
        scheme=load_scheme(PARTNER),
        agreement=treaty,
        certificate=held,
        target=Tier(PACK.scheme, tier),
        as_of=NOW,
        known_at=NOW,
    )
    return decide(asked)


@pytest.mark.parametrize("level", ["reviewed", "tested"])
def test_a_reviewed_or_tested_level_is_recognised_as_the_third_tier(level: str) -> None:
    found = decided(level, 3)
    assert found.verdict is Verdict.RECOGNISED
    assert found.tiers[-1].gaps == ()


def test_what_somebody_declares_of_itself_is_not_recognised_whatever_it_covers() -> None:
    found = decided("declared", 3)
    assert found.verdict is Verdict.NOT_RECOGNISED
    assert [gate.code for gate in found.tiers[-1].gates if gate.outcome == "failed"] == ["assurance"]


def test_one_control_that_does_not_apply_leaves_its_criteria_open() -> None:
    found = decided("tested", 3, excluded_controls=("PS-01",))
    assert found.verdict is not Verdict.RECOGNISED
    assert found.tiers[-1].gaps == ("1-2-1-1", "1-2-1-2", "1-2-1-3")


def test_the_fourth_tier_cannot_be_decided_while_its_criteria_are_not_at_hand() -> None:
    found = decided("tested", 4)
    assert found.verdict is Verdict.UNDECIDED
    assert found.tiers[0].verdict is Verdict.RECOGNISED
