"""Attacks on where trust starts, and the answers about hosts, issuers and ids that nobody knows."""

from __future__ import annotations

from dataclasses import replace

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.world import World, expect, fork_issued
from verifier.bundle import Bundle, LoggedStatement
from verifier.encoding import b64u
from verifier.gather import gather_absence
from verifier.injected import seeded_entropy
from verifier.mark import sign_mark
from verifier.markid import new_mark_id
from verifier.names import body_uri, log_origin, mark_uri
from verifier.seal import scan_text, seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.statement import Draft
from verifier.verdict import CheckName, Headline, Result
from verifier.verify import verify_text

STRANGE_ID = new_mark_id(seeded_entropy("strange"))


# --- trust roots -----------------------------------------------------------------------------------------------------


def test_an_expired_trust_root_decides_nothing() -> None:
    world, mark_id = fork_issued()
    later = world.pinned.content.expires
    verdict = world.verdict(mark_id, now=later, as_of=world.sim.now)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.UNKNOWN, "root_expired")
    assert world.verdict(mark_id, now=later - 1, as_of=world.sim.now).headline is Headline.VALID_OFFLINE


def test_a_renewed_trust_root_is_followed() -> None:
    world, mark_id = fork_issued()
    world.sim.renew_root(issued=world.pinned.content.expires, expires=world.pinned.content.expires + 300 * DAY)
    verdict = world.verdict(mark_id, now=world.pinned.content.expires + 1, as_of=world.sim.now)
    expect(verdict, Headline.VALID_OFFLINE, CheckName.TRUST_ROOT, Result.PASSED, "ok")


def test_a_second_root_that_too_few_custodians_agreed() -> None:
    world, mark_id = fork_issued()
    world.sim.renew_root(world.sim.ceremony.custodians[:1])
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.FAILED, "root_not_agreed")


def test_a_second_root_by_custodians_of_its_own() -> None:
    world, mark_id = fork_issued()
    thieves = World("thieves").sim.ceremony
    custodians = [one.members() for one in thieves.root.content.custodians]
    world.sim.renew_root(thieves.custodians, custodians=custodians)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.FAILED, "root_not_agreed")


def test_a_version_of_the_root_is_left_out() -> None:
    world, mark_id = fork_issued()
    world.sim.renew_root()
    third = world.sim.renew_root()
    bundle = replace(world.bundle(mark_id), trust_roots=(world.pinned.serialize(), third.serialize()))
    verdict = world.verdict(mark_id, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.FAILED, "root_not_agreed")


def test_a_root_that_drops_the_witnesses_needs_agreement_like_any_other() -> None:
    world, mark_id = fork_issued()
    policy = world.pinned.content.policy.replace("quorum witnesses", "quorum none")
    world.sim.renew_root(world.sim.ceremony.custodians[:1], policy=policy)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.FAILED, "root_not_agreed")


def test_a_directory_key_that_a_later_root_cut_off() -> None:
    world, mark_id = fork_issued()
    keys = [one.members() for one in world.pinned.content.keys]
    cut = [key | {"cutoff": 1} if key["role"] == "directory" else key for key in keys]
    world.sim.renew_root(keys=cut)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_witness_whose_window_ended_does_not_count() -> None:
    world, mark_id = fork_issued()
    witnesses = [
        one.members() | ({"until": 1} if at < 2 else {}) for at, one in enumerate(world.pinned.content.witnesses)
    ]
    world.sim.renew_root(witnesses=witnesses)
    verdict = world.verdict(mark_id)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.WITNESSES, Result.UNKNOWN, "quorum")


def test_another_authority_with_its_own_root_is_not_believed() -> None:
    world, mark_id = fork_issued()
    other = World("other authority")
    verdict = verify_text(world.mark(mark_id), bundle=world.bundle(mark_id), root=other.pinned, now=world.sim.now)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TRUST_ROOT, Result.PASSED, "ok")
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.CHECKPOINT, Result.FAILED, "log_signature")


def test_a_sandbox_mark_is_never_green() -> None:
    world = World(environment="sandbox")
    verdict = world.verdict(world.issue(), live=True)
    assert (verdict.headline, verdict.exit_code) == (Headline.TEST_MARK, 1)
    assert {check.result for check in verdict.checks} == {Result.PASSED}


def test_a_sandbox_says_nothing_about_the_marks_of_others() -> None:
    world = World(environment="sandbox")
    draft = world.prepare().draft
    seal = sign_seal(seal_content(draft, key_no=2), host="elsewhere.example", id=STRANGE_ID, signer=thief())
    verdict = world.verdict(world.issue(), text=scan_text(seal))
    expect(verdict, Headline.UNKNOWN_REGISTRY, CheckName.REGISTRY, Result.UNKNOWN, "unknown_registry")


# --- hosts, issuers, ids ---------------------------------------------------------------------------------------------


def test_a_mark_of_a_registry_that_nobody_here_knows() -> None:
    world, mark_id = fork_issued()
    seal = sign_seal(
        seal_content(world.prepare().draft, key_no=2), host="elsewhere.example", id=STRANGE_ID, signer=thief()
    )
    verdict = world.verdict(mark_id, text=scan_text(seal))
    expect(verdict, Headline.UNKNOWN_REGISTRY, CheckName.REGISTRY, Result.UNKNOWN, "unknown_registry")
    assert verdict.exit_code == 2


def thief() -> SoftwareSigner:
    return SoftwareSigner.generate(seeded_entropy("thief"))


def test_an_issuer_that_the_trust_list_does_not_know() -> None:
    world, _ = fork_issued()
    draft = replace(world.prepare().draft, id=STRANGE_ID, iss=body_uri(HOST, 4711))
    forged = sign_mark(draft, iat=world.sim.now, seal_sha256=b64u(bytes(32)), nonce=b64u(bytes(16)), signer=thief())
    evidence = gather_absence(world.sim, mark_uri(HOST, STRANGE_ID))
    verdict = world.verdict(STRANGE_ID, text=forged, bundle=evidence)
    expect(verdict, Headline.UNKNOWN_ISSUER, CheckName.SIGNATURE, Result.FAILED, "unknown_issuer")


def test_an_id_that_the_directory_denies() -> None:
    world, _ = fork_issued()
    seal = sign_seal(
        seal_content(world.prepare().draft, key_no=2), host=HOST, id=STRANGE_ID, signer=world.body.keys["decider"]
    )
    evidence = gather_absence(world.sim, mark_uri(HOST, STRANGE_ID))
    verdict = world.verdict(STRANGE_ID, text=scan_text(seal), bundle=evidence)
    expect(verdict, Headline.NOT_FOUND, CheckName.DIRECTORY, Result.PASSED, "ok")
    assert verdict.exit_code == 1


def test_an_absence_proof_for_a_mark_that_exists_says_nothing_of_the_kind() -> None:
    world, mark_id = fork_issued()
    evidence = gather_absence(world.sim, mark_uri(HOST, mark_id))
    verdict = world.verdict(mark_id, bundle=evidence)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_an_absence_proof_without_a_quorum_proves_nothing() -> None:
    world, _ = fork_issued()
    world.sim.cosigning = 2
    world.show()
    evidence = gather_absence(world.sim, mark_uri(HOST, STRANGE_ID))
    seal = sign_seal(
        seal_content(world.prepare().draft, key_no=2), host=HOST, id=STRANGE_ID, signer=world.body.keys["decider"]
    )
    verdict = world.verdict(STRANGE_ID, text=scan_text(seal), bundle=evidence)
    expect(verdict, Headline.SEAL_ONLY, CheckName.WITNESSES, Result.UNKNOWN, "quorum")


# --- a seal alone ----------------------------------------------------------------------------------------------------


def listed(world: World) -> Bundle:
    """Return what a scanner carries: the trust list and nothing else."""
    return Bundle(log=log_origin(HOST), trust_list=world.sim.files["trust/list.jwt"].decode())


def test_a_genuine_seal_with_the_trust_list_alone() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, text=world.qr(mark_id), bundle=listed(world))
    expect(verdict, Headline.SEAL_ONLY, CheckName.SEAL, Result.PASSED, "ok")
    assert verdict.exit_code == 2


def test_a_seal_without_any_list_is_not_even_a_seal() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, text=world.qr(mark_id), bundle=Bundle(log=log_origin(HOST)))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.SEAL, Result.UNKNOWN, "not_found")


def test_a_forged_seal_with_the_trust_list_alone() -> None:
    world, _ = fork_issued()
    seal = sign_seal(seal_content(world.prepare().draft, key_no=2), host=HOST, id=STRANGE_ID, signer=thief())
    verdict = world.verdict(STRANGE_ID, text=scan_text(seal), bundle=listed(world))
    expect(verdict, Headline.FORGED, CheckName.SEAL, Result.FAILED, "seal")


def test_a_seal_by_an_assessor() -> None:
    world, _ = fork_issued()
    assessor = world.body.keys["assessor"]
    seal = sign_seal(seal_content(world.prepare().draft, key_no=1), host=HOST, id=STRANGE_ID, signer=assessor)
    verdict = world.verdict(STRANGE_ID, text=scan_text(seal), bundle=listed(world))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.SEAL, Result.UNKNOWN, "not_found")


def test_a_trust_list_that_expired() -> None:
    world, mark_id = fork_issued()
    late = world.sim.now + 8 * DAY
    verdict = world.verdict(mark_id, text=world.qr(mark_id), bundle=listed(world), now=late)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.SEAL, Result.UNKNOWN, "not_found")


def test_an_expired_seal_says_expired() -> None:
    world, mark_id = fork_issued()
    late = world.sim.now + 400 * DAY
    verdict = world.verdict(mark_id, text=world.qr(mark_id), bundle=listed(world), as_of=late)
    expect(verdict, Headline.EXPIRED, CheckName.VALIDITY_PERIOD, Result.FAILED, "expired")


def test_statements_of_another_log_are_not_read() -> None:
    world, mark_id = fork_issued()
    other = World("other log")
    foreign = other.sim.signed(Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {}), thief())
    shown = world.bundle(mark_id)
    padded = replace(shown, statements=(*shown.statements, LoggedStatement(3, foreign, ())))
    verdict = world.verdict(mark_id, bundle=padded)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.INCLUSION, Result.FAILED, "not_included")
