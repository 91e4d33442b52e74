"""Attacks with the evidence: parts cut out, swapped, taken from another time or another log."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.scenario.simulated_log import HOST
from tests.world import World, expect, fork, fork_issued
from verifier.bundle import Bundle
from verifier.encoding import sha256
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.note import NoteSigner
from verifier.names import key_uri, log_origin
from verifier.statement import parse_statement
from verifier.verdict import CheckName, Headline, Result


def without(bundle: Bundle, *types: str) -> Bundle:
    """Cut the statements of some types out of a bundle."""
    kept = tuple(one for one in bundle.statements if parse_statement(one.compact).type not in types)
    return replace(bundle, statements=kept)


def cosigned_by(world: World, bundle: Bundle, count: int) -> Bundle:
    """Cut witness signatures of the latest checkpoint."""
    assert bundle.latest is not None
    signed = SignedCheckpoint.parse(bundle.latest)
    cut = replace(signed, note=replace(signed.note, signatures=signed.note.signatures[: 1 + count]))
    return replace(bundle, latest=cut.serialize())


def head_of(world: World) -> Checkpoint:
    return SignedCheckpoint.parse(world.sim.files["log/checkpoint"]).checkpoint


def test_another_marks_bundle() -> None:
    world, mark_id = fork_issued()
    other = world.issue(idx=8)
    verdict = world.verdict(mark_id, bundle=world.bundle(other))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.REGISTRATION, Result.UNKNOWN, "missing")
    assert verdict.exit_code == 2


def test_a_bundle_from_before_the_mark_is_no_proof_of_absence() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    world.sim.now += 3600
    later = world.issue(idx=8)
    verdict = world.verdict(later, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    verdict = world.verdict(later, text=world.qr(later), bundle=bundle)
    assert verdict.headline in (Headline.NOT_CONFIRMED, Headline.NOT_FOUND)


def test_no_evidence_at_all() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=Bundle(log=log_origin(HOST)))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.CHECKPOINT, Result.UNKNOWN, "missing")


def test_witness_signatures_cut_below_the_quorum() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=cosigned_by(world, world.bundle(mark_id), 2))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.WITNESSES, Result.UNKNOWN, "quorum")
    assert verdict.exit_code == 2


def test_one_witness_may_be_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=cosigned_by(world, world.bundle(mark_id), 3))
    assert verdict.headline is Headline.VALID_OFFLINE


def test_one_witness_counted_twice() -> None:
    world, mark_id = fork_issued()
    checkpoint = head_of(world)
    signed = sign_checkpoint(checkpoint, world.sim.log_signer)
    one, two = world.sim.witnesses[:2]
    twice = signed.adding(
        one.cosign(signed, world.sim.now), two.cosign(signed, 1), one.cosign(signed, world.sim.now - 1)
    )
    bundle = replace(world.bundle(mark_id), latest=twice.serialize())
    expect(world.verdict(mark_id, bundle=bundle), Headline.NOT_CONFIRMED, CheckName.WITNESSES, Result.UNKNOWN, "quorum")


def test_a_witness_that_the_root_does_not_list() -> None:
    world, mark_id = fork_issued()
    signed = sign_checkpoint(head_of(world), world.sim.log_signer)
    stranger = Cosigner("witness-3.example", Ed25519PrivateKey.from_private_bytes(sha256(b"stranger")))
    cosigners = (*world.sim.witnesses[:2], stranger)
    padded = signed.adding(*(one.cosign(signed, world.sim.now) for one in cosigners))
    bundle = replace(world.bundle(mark_id), latest=padded.serialize())
    expect(world.verdict(mark_id, bundle=bundle), Headline.NOT_CONFIRMED, CheckName.WITNESSES, Result.UNKNOWN, "quorum")


def test_a_checkpoint_that_the_log_did_not_sign() -> None:
    world, mark_id = fork_issued()
    thief = NoteSigner(log_origin(HOST), Ed25519PrivateKey.from_private_bytes(sha256(b"thief")))
    signed = sign_checkpoint(head_of(world), thief)
    cosigned = signed.adding(*(one.cosign(signed, world.sim.now) for one in world.sim.witnesses))
    bundle = replace(world.bundle(mark_id), latest=cosigned.serialize())
    verdict = world.verdict(mark_id, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.CHECKPOINT, Result.FAILED, "log_signature")


def test_a_checkpoint_of_another_origin() -> None:
    world, mark_id = fork_issued()
    head = head_of(world)
    elsewhere = NoteSigner("elsewhere.example/log", world.sim.ceremony.keys.log)
    signed = sign_checkpoint(Checkpoint("elsewhere.example/log", head.size, head.root), elsewhere)
    cosigned = signed.adding(*(one.cosign(signed, world.sim.now) for one in world.sim.witnesses))
    bundle = replace(world.bundle(mark_id), latest=cosigned.serialize())
    verdict = world.verdict(mark_id, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.CHECKPOINT, Result.FAILED, "log_signature")


def test_an_older_checkpoint_under_newer_entries() -> None:
    world, mark_id = fork_issued()
    old = world.bundle(mark_id).latest
    world.suspend(mark_id)
    verdict = world.verdict(mark_id, bundle=replace(world.bundle(mark_id), latest=old))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.INCLUSION, Result.FAILED, "not_included")


def test_a_forked_log_that_all_witnesses_cosigned() -> None:
    world = fork()
    other = world.fork()
    other.announce("body.suspended", other.body.uri, {"reason": "urgent"})
    other.announce("body.reinstated", other.body.uri)
    mark_id = world.issue()
    shown, forked = world.bundle(mark_id), SignedCheckpoint.parse(other.sim.files["log/checkpoint"])
    verdict = world.verdict(mark_id, bundle=replace(shown, latest=forked.serialize()))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.HISTORY, Result.FAILED, "inconsistent")


def test_the_consistency_proof_is_missing() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    assert bundle.anchor is not None
    verdict = world.verdict(mark_id, bundle=replace(bundle, anchor=replace(bundle.anchor, consistency=())))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.HISTORY, Result.FAILED, "inconsistent")


def test_the_anchor_is_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=replace(world.bundle(mark_id), anchor=None))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.HISTORY, Result.UNKNOWN, "not_found")
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DATING, Result.UNKNOWN, "not_found")


def test_the_inclusion_path_of_another_index() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    first, second, *rest = bundle.statements
    swapped = (replace(first, path=second.path), replace(second, path=first.path), *rest)
    verdict = world.verdict(mark_id, bundle=replace(bundle, statements=swapped))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.INCLUSION, Result.FAILED, "not_included")


def test_an_entry_shown_at_another_entrys_index_is_not_logged() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    issued = next(one for one in bundle.statements if parse_statement(one.compact).type == "mark.issued")
    other = world.fork()
    other.announce(
        "key.revoked", key_uri(HOST, other.body.keys["decider"].kid), {"reason": "compromised", "cutoff_index": 0}
    )
    invented = replace(other.sim.logged(len(other.sim.entries) - 2), index=issued.index, path=issued.path)
    verdict = world.verdict(mark_id, bundle=replace(bundle, statements=(*bundle.statements, invented)))
    assert verdict.headline is not Headline.VALID_OFFLINE
    expect(verdict, verdict.headline, CheckName.INCLUSION, Result.FAILED, "not_included")


def test_a_suspension_cut_out_of_the_bundle() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "mark.suspended"))
    expect(verdict, Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")
    expect(verdict, Headline.SUSPENDED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    assert verdict.exit_code == 1


def test_a_suspension_cut_out_together_with_the_directory_part() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    bundle = replace(without(world.bundle(mark_id), "mark.suspended"), directory=None)
    verdict = world.verdict(mark_id, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    assert verdict.exit_code == 2


def test_a_suspension_cut_out_together_with_the_directorys_entry() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "mark.suspended", "directory.published"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_the_bodys_suspension_before_the_issuance_cut_out() -> None:
    world = fork()
    world.announce("body.suspended", world.body.uri, {"reason": "urgent"})
    mark_id = world.issue(judged=False)
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "body.suspended"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_the_deciders_revocation_cut_out() -> None:
    world, mark_id = fork_issued()
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": 4})
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "key.revoked"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_the_attestation_is_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=replace(world.bundle(mark_id), attestation=None))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TWO_PERSONS, Result.UNKNOWN, "missing")
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.REGISTRATION, Result.UNKNOWN, "not_found")


def test_the_attestation_of_another_mark_in_the_bundle() -> None:
    world, mark_id = fork_issued()
    other = world.issue(idx=8)
    bundle = replace(world.bundle(mark_id), attestation=world.bundle(other).attestation)
    verdict = world.verdict(mark_id, bundle=bundle)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.TWO_PERSONS, Result.UNKNOWN, "missing")


def test_the_approvals_are_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=replace(world.bundle(mark_id), approvals=()))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.REGISTRATION, Result.UNKNOWN, "not_found")


def test_the_criteria_are_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "scheme.published"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.CRITERIA, Result.UNKNOWN, "unavailable")


def test_the_accreditation_is_missing() -> None:
    world, mark_id = fork_issued()
    verdict = world.verdict(mark_id, bundle=without(world.bundle(mark_id), "body.accredited"))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.ACCREDITATION, Result.UNKNOWN, "unavailable")


def test_a_bucket_of_the_directory_cut_out() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    bundle = world.bundle(mark_id)
    assert bundle.directory is not None
    cut = replace(without(bundle, "mark.suspended"), directory=replace(bundle.directory, buckets=()))
    expect(world.verdict(mark_id, bundle=cut), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
