"""The verdict: a closed list of headlines, their order and their exit codes; and demands that combine."""

from __future__ import annotations

import pytest

from registry.scenario.simulator import DAY, HOLDER, OTHER_HOLDER, SCHEME
from tests.world import fork, fork_issued
from verifier.bundle import Bundle
from verifier.errors import WrongUseError
from verifier.identifier import parse_identifier
from verifier.names import log_origin
from verifier.policy import NOTHING, About, AllOf, AnyOf, AtLeast, Facts, FreshWithin, Policy
from verifier.tier import Tier
from verifier.verdict import ORDER, Check, CheckName, Headline, Result, Shown, Verdict
from verifier.verify import verify_text

NOW = 1_800_000_000

# The closed list of the specification, in its order, with its exit codes.
HEADLINES = [
    ("forged", 1), ("unknown_issuer", 1), ("annulled", 1), ("withdrawn", 1), ("cancelled", 1), ("suspended", 1),
    ("not_yet_valid", 1), ("expired", 1), ("superseded", 1), ("void_key", 1), ("below_requirement", 1),
    ("subject_mismatch", 1), ("not_found", 1), ("unknown_registry", 2), ("not_confirmed", 2), ("test_mark", 1),
    ("seal_only", 2), ("valid_offline", 0), ("valid", 0),
]  # fmt: skip
CHECKS = [
    "format", "trust_root", "registry", "checkpoint", "witnesses", "history", "inclusion", "signature", "seal",
    "registration", "two_persons", "keys", "accreditation", "criteria", "dating", "directory", "state",
    "validity_period",
]  # fmt: skip
SHOWN = Shown(
    id="id", issuer="iss", holder="h", holder_latin=None, identifiers=(HOLDER,), scheme=SCHEME, tier=3, number=None,
    criteria=None, basis=None, scope_kind="group", scope_summary=None, covered=(OTHER_HOLDER,), domains=(), ot=None,
    nbf=1, exp=2,
)  # fmt: skip
MET, UNMET = AtLeast(Tier(SCHEME, 3)), AtLeast(Tier(SCHEME, 4))
FRESH, STALE = FreshWithin(100), FreshWithin(99)


def results(policy: Policy, *, known_at: int | None = NOW - 100) -> list[tuple[str, str]]:
    return [(check.name.value, check.result.value) for check in policy.judge(Facts(SHOWN, NOW, known_at))]


def test_the_headlines_are_a_closed_list_in_its_order_with_its_exit_codes() -> None:
    assert [(headline.value, headline.exit_code) for headline in ORDER] == HEADLINES


def test_a_full_verdict_names_every_check_in_order_and_all_of_them_passed() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id)
    assert [check.name.value for check in verdict.checks] == CHECKS
    assert {check.result for check in verdict.checks} == {Result.PASSED}


def test_a_verdict_without_evidence_still_names_every_check_that_was_missed() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=Bundle(log=log_origin("shirushi.example")))
    named = {check.name.value: check.result for check in verdict.checks}
    assert set(CHECKS) - set(named) == {"witnesses", "history", "inclusion", "seal"}
    assert {name for name, result in named.items() if result is Result.PASSED} == {
        "format", "trust_root", "registry", "validity_period",
    }  # fmt: skip


def test_a_verdict_names_each_check_once_and_the_worst_of_several() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, demand=AllOf((MET, UNMET, MET)))
    names = [check.name for check in verdict.checks]
    assert len(names) == len(set(names))
    requirement = verdict.check(CheckName.REQUIREMENT)
    assert requirement is not None
    assert requirement.result is Result.FAILED


def test_of_several_headlines_the_first_of_the_list_wins() -> None:
    world, mark_id = fork_issued()
    expired = world.sim.now + 400 * DAY
    about = About(parse_identifier(OTHER_HOLDER))
    assert world.verdict(mark_id, as_of=expired, demand=UNMET).headline is Headline.EXPIRED
    assert world.verdict(mark_id, demand=AllOf((about, UNMET))).headline is Headline.BELOW_REQUIREMENT
    assert (
        world.verdict(mark_id, demand=AllOf((about, STALE)), now=world.sim.now + DAY).headline
        is Headline.SUBJECT_MISMATCH
    )
    world.suspend(mark_id)
    assert world.verdict(mark_id, as_of=expired - 395 * DAY, demand=UNMET).headline is Headline.SUSPENDED


def test_a_verdict_is_a_function_of_its_inputs() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    first, second = (world.verdict(mark_id, bundle=bundle) for _ in range(2))
    assert first.members() == second.members()


def test_the_json_of_a_verdict_holds_words_and_numbers_only() -> None:
    world, mark_id = fork_issued()
    members = world.verdict(mark_id).members()
    assert (members["headline"], members["exit"], members["index"]) == ("valid_offline", 0, 6)
    assert members["mark"]["holder"] == "株式会社サンプル精機"
    assert members["checks"][0] == {"name": "format", "result": "passed", "reason": "ok"}
    assert (members["as_of"], members["zone"], members["environment"]) == (world.sim.now, "Asia/Tokyo", "demonstration")


def test_live_evidence_is_fresh_for_two_hours() -> None:
    world, mark_id = fork_issued()
    known = world.verdict(mark_id).known_at
    assert known is not None
    assert world.verdict(mark_id, live=True, now=known + 7200).headline is Headline.VALID
    assert world.verdict(mark_id, live=True, now=known + 7201).headline is Headline.VALID_OFFLINE
    assert world.verdict(mark_id, live=False, now=known).headline is Headline.VALID_OFFLINE


@pytest.mark.parametrize("now", [0, -1])
def test_there_is_no_verdict_before_1970(now: int) -> None:
    world, mark_id = fork_issued()
    with pytest.raises(WrongUseError):
        verify_text(world.mark(mark_id), bundle=None, root=world.pinned, now=now)


def test_a_mark_just_issued_is_known_to_nobody_without_a_bundle() -> None:
    world = fork()
    mark_id = world.issue()
    verdict = verify_text(world.mark(mark_id), bundle=None, root=world.pinned, now=world.sim.now)
    assert (verdict.headline, verdict.known_at, verdict.index) == (Headline.NOT_CONFIRMED, None, None)


def test_a_check_that_does_not_apply_is_not_there() -> None:
    verdict = Verdict(Headline.VALID, (Check(CheckName.FORMAT, Result.PASSED),), as_of=NOW)
    assert verdict.check(CheckName.SEAL) is None
    assert verdict.exit_code == 0


# --- demands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "result"),
    [
        (Tier(SCHEME, 1), "passed"),
        (Tier(SCHEME, 3), "passed"),
        (Tier(SCHEME, 4), "failed"),
        (Tier("uk.ncsc.ce", 1), "failed"),
    ],
)
def test_a_tier_is_demanded(demand: Tier, result: str) -> None:
    assert results(AtLeast(demand)) == [("requirement", result)]


@pytest.mark.parametrize(
    ("subject", "result"), [(HOLDER, "passed"), (OTHER_HOLDER, "passed"), ("0060-150483782", "failed")]
)
def test_a_subject_is_demanded(subject: str, result: str) -> None:
    assert results(About(parse_identifier(subject))) == [("subject", result)]


def test_freshness_is_demanded_to_the_second_and_never_fails_outright() -> None:
    assert results(FRESH) == [("freshness", "passed")]
    assert results(STALE) == [("freshness", "unknown")]
    assert results(FRESH, known_at=None) == [("freshness", "unknown")]


def test_all_of_several_demands() -> None:
    assert results(AllOf((MET, STALE))) == [("requirement", "passed"), ("freshness", "unknown")]
    assert results(NOTHING) == []


def test_any_of_several_demands_shows_the_one_that_is_met_or_else_the_first() -> None:
    assert results(AnyOf((UNMET, FRESH))) == [("freshness", "passed")]
    assert results(AnyOf((UNMET, STALE))) == [("requirement", "failed")]
    assert results(AnyOf((AllOf((MET, UNMET)), AllOf((MET, FRESH))))) == [
        ("requirement", "passed"),
        ("freshness", "passed"),
    ]


def test_demands_combine_to_any_depth() -> None:
    assert results(AllOf((AnyOf((UNMET, AnyOf((STALE, MET)))), FRESH))) == [
        ("requirement", "passed"),
        ("freshness", "passed"),
    ]
