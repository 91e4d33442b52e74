"""Attacks by an evaluator, by a thief of its keys, or by a registry that admits what it must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, OTHER_HOLDER, Body
from tests.world import World, attested, changed, expect, fork, fork_issued
from verifier.encoding import digest
from verifier.errors import MarkError
from verifier.gather import gather_absence
from verifier.identifier import parse_identifier
from verifier.mark import Scope
from verifier.names import key_uri, mark_uri, org_uri
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor
from verifier.statement.attestation import Period
from verifier.verdict import CheckName, Headline, Result

# --- dating ----------------------------------------------------------------------------------------------------------


def test_a_backdated_issuance() -> None:
    world = fork()
    prepared = world.prepare()
    world.sim.now += 10 * DAY
    world.show()
    verdict = world.verdict(world.issue(prepared, judged=False))
    expect(verdict, Headline.FORGED, CheckName.DATING, Result.FAILED, "backdated")


def test_an_issuance_signed_in_advance() -> None:
    world = fork()
    prepared, anchor = world.prepare(), world.sim.anchor
    world.sim.now += 2 * DAY
    world.show()
    verdict = world.verdict(world.issue(prepared, anchor=anchor, judged=False))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DATING, Result.UNKNOWN, "too_wide")


def test_an_issuance_dated_in_the_future() -> None:
    world = fork()
    prepared = world.prepare()
    world.sim.now -= 300
    mark_id = world.issue(prepared, judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.DATING, Result.FAILED, "postdated")


def test_an_anchor_that_the_log_never_had() -> None:
    world = fork()
    size = world.sim.published
    mark_id = world.issue(anchor=Anchor(size=size, root=digest(b"invented")), judged=False)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DATING, Result.FAILED, "dating")


def test_an_anchor_that_too_few_witnesses_saw() -> None:
    world = fork()
    world.sim.cosigning = 2
    world.show()
    anchor = world.sim.anchor
    world.sim.cosigning = 4
    mark_id = world.issue(anchor=anchor)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DATING, Result.UNKNOWN, "not_found")


def test_a_mark_dated_ahead_to_lie_ready_for_years() -> None:
    world = fork()
    prepared = world.prepare()
    ahead = 3 * 365 * DAY
    later = changed(prepared, nbf=prepared.draft.nbf + ahead, exp=prepared.draft.exp + ahead)
    mark_id = world.issue(later, mark_iat=prepared.iat + ahead, judged=False)
    verdict = world.verdict(mark_id, now=later.draft.nbf + DAY)
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "another_mark")


# --- the log ---------------------------------------------------------------------------------------------------------


def test_an_issuance_that_was_never_logged() -> None:
    world, _ = fork_issued()
    mark_id = world.issue(logged=False, idx=8)
    evidence = gather_absence(world.sim, mark_uri(HOST, mark_id))
    verdict = world.verdict(mark_id, bundle=evidence)
    expect(verdict, Headline.NOT_FOUND, CheckName.REGISTRATION, Result.UNKNOWN, "missing")
    assert verdict.exit_code == 1
    expect(verdict, Headline.NOT_FOUND, CheckName.SIGNATURE, Result.PASSED, "ok")


@pytest.mark.parametrize(
    "lie",
    [
        {"tier": 4},
        {"criteria_sha256": digest(b"easier criteria")},
        {"sub": org_uri(HOST, parse_identifier(OTHER_HOLDER))},
        {"scope_kind": "group"},
        {"covered": [OTHER_HOLDER]},
        {"mark_sha256": digest(b"another mark")},
        {"seal_sha256": digest(b"another seal")},
        {"status": {"list": 1, "idx": 99}},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_log_entry_that_says_something_else_than_the_mark(lie: dict[str, Any]) -> None:
    world = fork()
    mark_id = world.issue(judged=False, retell=lambda said: said | lie)
    assert world.verdict(mark_id).headline is Headline.FORGED


def test_a_later_end_in_the_log_than_in_the_mark() -> None:
    world = fork()
    mark_id = world.issue(judged=False, retell=lambda said: said | {"exp": said["exp"] + DAY})
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "another_mark")


# --- accreditation ---------------------------------------------------------------------------------------------------


def bodied(world: World, body: Body) -> World:
    """Let another body, with two keys of its own, issue in this world."""
    world.sim.add_key(body, "assessor", f"a-{body.no}", no=1, judged=False)
    world.sim.add_key(body, "decider", f"d-{body.no}", no=2, judged=False)
    world.show()
    world.body = body
    return world


def test_an_accreditation_that_one_operator_invented_alone() -> None:
    world = fork()
    alone = world.sim.ceremony.keys.operators[:1]
    bodied(world, world.sim.accredit(1002, operators=alone))
    verdict = world.verdict(world.issue(judged=False))
    assert (
        "needs a second person"
        in expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited").detail
    )


def test_an_accreditation_whose_second_operator_is_the_first_again() -> None:
    world = fork()
    one = world.sim.ceremony.keys.operators[0]
    bodied(world, world.sim.accredit(1002, operators=(one, one)))
    verdict = world.verdict(world.issue(judged=False))
    assert (
        "the first one again"
        in expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited").detail
    )


def test_an_accreditation_by_the_directory_key() -> None:
    world = fork()
    keys = world.sim.ceremony.keys
    bodied(world, world.sim.accredit(1002, operators=(keys.directory, keys.operators[0])))
    verdict = world.verdict(world.issue(judged=False))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_body_that_was_never_accredited() -> None:
    world = fork()
    bodied(world, Body(1009))
    verdict = world.verdict(world.issue(judged=False))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.ACCREDITATION, Result.UNKNOWN, "unavailable")


def test_a_tier_outside_the_accreditation() -> None:
    world = fork()
    bodied(world, world.sim.accredit(1002, levels=(3,)))
    verdict = world.verdict(world.issue(tier=4, judged=False))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_technical_verifier_that_issues_marks() -> None:
    world = fork()
    bodied(world, world.sim.accredit(2002, role="technical_verification"))
    verdict = world.verdict(world.issue(judged=False))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_scope_that_was_widened_only_after_the_issuance() -> None:
    world = fork()
    body = world.sim.accredit(1002, levels=(3,))
    bodied(world, body)
    mark_id = world.issue(tier=4, judged=False)
    world.announce("body.amended", body.uri, world.sim.terms((3, 4)))
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_scope_that_was_narrowed_after_the_issuance_leaves_the_mark_alone() -> None:
    world, mark_id = fork_issued()
    world.announce("body.amended", world.body.uri, world.sim.terms((4,)))
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


def test_an_evaluation_from_before_the_accreditation() -> None:
    world = fork()
    early = Period(begins=world.sim.now - 200 * DAY, ends=world.sim.now - 3 * DAY)
    mark_id = world.issue(attested(world.prepare(), evaluated=early), judged=False)
    expect(world.verdict(mark_id), Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_decision_after_the_accreditation_ended() -> None:
    world = fork()
    bodied(world, world.sim.accredit(1002, days=1))
    world.sim.now += 2 * DAY
    mark_id = world.issue(judged=False)
    expect(world.verdict(mark_id), Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_body_that_was_suspended_before() -> None:
    world = fork()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    mark_id = world.issue(judged=False)
    expect(world.verdict(mark_id), Headline.UNKNOWN_ISSUER, CheckName.ACCREDITATION, Result.FAILED, "not_accredited")


def test_a_body_that_was_suspended_afterwards_leaves_the_mark_alone() -> None:
    world, mark_id = fork_issued()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


# --- keys ------------------------------------------------------------------------------------------------------------


def key_of(world: World, role: str) -> str:
    return key_uri(HOST, world.body.keys[role].kid)


def test_a_decider_key_that_the_log_does_not_list() -> None:
    world = fork()
    unlisted = SoftwareSigner.generate(world.sim.entropy)
    verdict = world.verdict(world.issue(decider=unlisted, judged=False))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.SIGNATURE, Result.UNKNOWN, "key_missing")


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_key_that_was_retired_before(role: str) -> None:
    world = fork()
    world.announce("key.retired", key_of(world, role), operators=world.sim.ceremony.keys.operators[:1])
    verdict = world.verdict(world.issue(judged=False))
    expect(verdict, Headline.VOID_KEY, CheckName.KEYS, Result.FAILED, "void_key")
    expect(verdict, Headline.VOID_KEY, CheckName.REGISTRATION, Result.FAILED, "void_key")


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_key_that_was_revoked_before(role: str) -> None:
    world = fork()
    world.announce(
        "key.revoked", key_of(world, role), {"reason": "compromised", "cutoff_index": len(world.sim.entries)}
    )
    verdict = world.verdict(world.issue(judged=False))
    expect(verdict, Headline.VOID_KEY, CheckName.KEYS, Result.FAILED, "void_key")


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_key_whose_later_cut_off_lies_below_the_mark(role: str) -> None:
    world = fork()
    cutoff = len(world.sim.entries)
    mark_id = world.issue()
    world.announce("key.revoked", key_of(world, role), {"reason": "compromised", "cutoff_index": cutoff})
    expect(world.verdict(mark_id), Headline.VOID_KEY, CheckName.KEYS, Result.FAILED, "void_key")


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_key_whose_later_cut_off_lies_above_the_mark_leaves_it_alone(role: str) -> None:
    world = fork()
    mark_id = world.issue()
    cutoff = len(world.sim.entries)
    world.announce("key.revoked", key_of(world, role), {"reason": "compromised", "cutoff_index": cutoff})
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


def test_a_key_that_was_retired_afterwards_leaves_the_mark_alone() -> None:
    world, mark_id = fork_issued()
    world.announce("key.retired", key_of(world, "decider"), operators=world.sim.ceremony.keys.operators[:1])
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


def test_a_key_that_only_one_operator_listed() -> None:
    world = fork()
    alone = world.sim.ceremony.keys.operators[:1]
    forged = world.sim.add_key(world.body, "decider", "h-third", no=3, operators=alone, judged=False)
    world.show()
    verdict = world.verdict(world.issue(replace(world.prepare(), key_no=3), decider=forged, judged=False))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.REGISTRATION, Result.UNKNOWN, "not_found")


# --- two persons -----------------------------------------------------------------------------------------------------


def test_one_person_with_two_keys_who_assesses_and_decides() -> None:
    world = fork()
    second_key = world.sim.add_key(world.body, "assessor", "h-decider", no=3)
    world.show()
    verdict = world.verdict(world.issue(assessor=second_key, judged=False))
    assert (
        "the first one again"
        in expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "not_admissible").detail
    )


def test_a_decider_who_attests_in_place_of_an_assessor() -> None:
    world = fork()
    other = world.sim.add_key(world.body, "decider", "h-other", no=3)
    world.show()
    verdict = world.verdict(world.issue(assessor=other, judged=False))
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "not_admissible")


def test_an_assessor_who_decides() -> None:
    world = fork()
    verdict = world.verdict(world.issue(decider=world.body.keys["assessor"], judged=False))
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "not_admissible")


def test_an_assessor_of_another_body() -> None:
    world = fork()
    other = world.sim.accredit(1002)
    stranger = world.sim.add_key(other, "assessor", "h-stranger", no=1)
    world.show()
    verdict = world.verdict(world.issue(assessor=stranger, judged=False))
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "not_admissible")


def test_an_attestation_reused_for_another_mark() -> None:
    world = fork()
    first = world.prepare()
    attestation = world.attest(first)
    world.issue(first, attestation=attestation)
    verdict = world.verdict(world.issue(attestation=attestation, judged=False, idx=8))
    expect(verdict, Headline.FORGED, CheckName.TWO_PERSONS, Result.FAILED, "two_persons")


@pytest.mark.parametrize(
    "lie",
    [
        {"tier": 4},
        {"scheme": "jp.meti.other"},
        {"criteria_sha256": digest(b"other criteria")},
        {"scope_sha256": Scope(scope_kind="unit", covered=(), scope_summary="一部門", ot="excluded").digest},
        {"sub": org_uri(HOST, parse_identifier(OTHER_HOLDER))},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_an_attestation_that_says_something_else_than_the_mark(lie: dict[str, Any]) -> None:
    world = fork()
    mark_id = world.issue(attested(world.prepare(), **lie), judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.TWO_PERSONS, Result.FAILED, "two_persons")


def test_an_attestation_that_had_expired_before_the_decision() -> None:
    world = fork()
    prepared = world.prepare()
    attestation = world.attest(prepared, iat=prepared.iat - 181 * DAY)
    verdict = world.verdict(world.issue(prepared, attestation=attestation, judged=False))
    expect(verdict, Headline.FORGED, CheckName.REGISTRATION, Result.FAILED, "not_admissible")


def test_an_attestation_signed_after_the_decision() -> None:
    world = fork()
    prepared = world.prepare()
    attestation = world.attest(prepared, iat=prepared.iat + 60)
    verdict = world.verdict(world.issue(prepared, attestation=attestation, judged=False))
    expect(verdict, Headline.FORGED, CheckName.TWO_PERSONS, Result.FAILED, "two_persons")


# --- criteria --------------------------------------------------------------------------------------------------------


def test_a_term_longer_than_its_tiers() -> None:
    world = fork()
    prepared = world.prepare()
    mark_id = world.issue(changed(prepared, exp=prepared.draft.exp + 1), judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.CRITERIA, Result.FAILED, "criteria")


def test_a_mark_with_another_basis_than_its_tiers() -> None:
    world = fork()
    mark_id = world.issue(changed(world.prepare(), basis="self_declared"), judged=False)
    expect(world.verdict(mark_id), Headline.FORGED, CheckName.CRITERIA, Result.FAILED, "criteria")


def test_a_level_that_the_scheme_does_not_award() -> None:
    world = fork()
    prepared = attested(changed(world.prepare(), tier=5), tier=5)
    verdict = world.verdict(world.issue(prepared, judged=False))
    expect(verdict, Headline.FORGED, CheckName.CRITERIA, Result.FAILED, "criteria")


def test_criteria_that_were_never_published() -> None:
    world = fork()
    mark_id = world.issue(changed(world.prepare(), criteria="2099-01-01"), judged=False)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.CRITERIA, Result.UNKNOWN, "unavailable")


def test_dates_beyond_every_calendar_are_malformed_and_no_crash() -> None:
    world = fork()
    with pytest.raises(MarkError):
        world.issue(changed(world.prepare(), nbf=2**39, exp=2**39 + DAY), mark_iat=2**39, judged=False)


# --- technical verification ------------------------------------------------------------------------------------------


def issued_after_test(world: World, **lie: Any) -> str:
    """Issue a level 4 mark whose technical verification is not as it should be."""
    prepared = world.prepare(tier=4)
    assert prepared.evaluated.tv is not None
    return world.issue(attested(prepared, tv=prepared.evaluated.tv.model_copy(update=lie)), judged=False)


def test_a_technical_verification_that_is_missing() -> None:
    world = fork()
    mark_id = world.issue(attested(world.prepare(tier=4), tv=None), judged=False)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.TECHNICAL_VERIFICATION, Result.FAILED, "technical_verification")


def test_a_technical_verification_by_a_body_that_is_not_listed_for_it() -> None:
    world = fork()
    verdict = world.verdict(issued_after_test(world, body=world.body.uri))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.TECHNICAL_VERIFICATION, Result.FAILED, "technical_verification")


def test_a_technical_verification_by_a_body_that_nobody_knows() -> None:
    world = fork()
    verdict = world.verdict(issued_after_test(world, body=f"https://{HOST}/e/2999"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TECHNICAL_VERIFICATION, Result.UNKNOWN, "unavailable")


@pytest.mark.parametrize("days", [-100, 1])
def test_a_technical_verification_outside_its_time(days: int) -> None:
    world = fork()
    verdict = world.verdict(issued_after_test(world, date=world.sim.now + days * DAY))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.TECHNICAL_VERIFICATION, Result.FAILED, "technical_verification")


def test_a_technical_verifier_that_was_suspended_before() -> None:
    world = fork()
    world.announce("body.suspended", world.tester.uri, {"reason": "urgent"})
    verdict = world.verdict(world.issue(tier=4, judged=False))
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.TECHNICAL_VERIFICATION, Result.FAILED, "technical_verification")


def test_a_level_4_mark_that_keeps_all_rules_is_good() -> None:
    world = fork()
    verdict = world.verdict(world.issue(tier=4))
    expect(verdict, Headline.VALID_OFFLINE, CheckName.TECHNICAL_VERIFICATION, Result.PASSED, "ok")


def test_the_seal_names_another_key_number_than_the_deciders() -> None:
    world = fork()
    mark_id = world.issue(replace(world.prepare(), key_no=9), judged=False)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.SEAL, Result.UNKNOWN, "missing")
