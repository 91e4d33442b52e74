"""Attacks by the registry on the present state: it hides, denies, dates or signs the directory wrongly."""

from __future__ import annotations

from dataclasses import replace

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, copy_state
from tests.world import World, expect, fork, fork_issued
from verifier.bundle import Bundle, DirectoryPart
from verifier.directory.build import build_directory
from verifier.directory.record import ObjectRecord, line_of, parse_line
from verifier.directory.tree import BucketProof, join_run
from verifier.encoding import b64u
from verifier.envelope import sign_token
from verifier.log.merkle import leaf_hash
from verifier.log.tree import MemoryTree
from verifier.names import directory_uri, key_uri, log_origin, mark_uri
from verifier.replay.state import Head, LogState
from verifier.signer import SoftwareSigner
from verifier.statement import Draft, parse_statement
from verifier.verdict import CheckName, Headline, Result


def retold(bundle: Bundle, mark_id: str, *, state: str) -> DirectoryPart:
    """Return the directory part with another state in the mark's record, but the same path."""
    assert bundle.directory is not None
    (bucket,) = bundle.directory.buckets
    uri = mark_uri(HOST, mark_id)
    lines = tuple(
        line_of(record.model_copy(update={"state": state})).data
        if isinstance(record := parse_line(line), ObjectRecord) and record.object == uri
        else line
        for line in bucket.lines
    )
    return replace(bundle.directory, buckets=(replace(bucket, lines=lines),))


def published(world: World, built_from: LogState, *, signer: SoftwareSigner, size: int | None = None) -> None:
    """Log and serve a directory that breaks the rules."""
    built = build_directory(built_from)
    public = {"size": size or built.size, "bits": built.bits, "root": b64u(built.root), "files": []}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = world.sim.append(world.sim.signed(draft, signer), judged=False)
    world.sim.publish()
    world.sim.serve_directory(built, entry)


def test_a_directory_that_denies_the_mark() -> None:
    world = fork()
    before = copy_state(world.sim.state)
    mark_id = world.issue(directory=False)
    before.size = world.sim.state.size
    world.sim.publish_directory(state=before)
    verdict = world.verdict(mark_id)
    detail = expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory").detail
    assert "denies a mark that the log holds" in detail


def test_a_directory_older_than_the_mark() -> None:
    world = fork()
    world.show()
    mark_id = world.issue(directory=False)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_a_directory_that_denies_the_body() -> None:
    world, mark_id = fork_issued()
    lie = copy_state(world.sim.state)
    del lie.heads[world.body.uri]
    world.sim.publish_directory(state=lie)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_directory_signed_by_an_operators_key() -> None:
    world, mark_id = fork_issued()
    published(world, world.sim.state, signer=world.sim.ceremony.keys.operators[0])
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_directory_signed_by_nobodys_key() -> None:
    world, mark_id = fork_issued()
    published(world, world.sim.state, signer=SoftwareSigner.generate(world.sim.entropy))
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_directory_that_claims_to_know_later_entries() -> None:
    world, mark_id = fork_issued()
    published(world, world.sim.state, signer=world.sim.ceremony.keys.directory, size=10_000)
    verdict = world.verdict(mark_id)
    assert (
        "later entries"
        in expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory").detail
    )


def test_a_directory_that_was_never_logged() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    public = {"size": 5, "bits": 0, "root": b64u(bytes(32)), "files": []}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    compact = world.sim.signed(draft, world.sim.ceremony.keys.directory)
    last = bundle.statements[-1]
    unlogged = replace(bundle, statements=(*bundle.statements[:-1], replace(last, compact=compact)))
    verdict = world.verdict(mark_id, bundle=unlogged)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")


def test_a_directory_that_hides_a_suspension_which_the_bundle_holds() -> None:
    world, mark_id = fork_issued()
    before = copy_state(world.sim.state)
    world.suspend(mark_id, directory=False)
    bundle_entries = world.sim.published
    before.size = bundle_entries
    world.sim.publish_directory(state=before)
    shown = world.bundle(mark_id)
    held = replace(shown, statements=(*shown.statements, world.sim.logged(bundle_entries - 1)))
    verdict = world.verdict(mark_id, bundle=held)
    expect(verdict, Headline.SUSPENDED, CheckName.STATE, Result.FAILED, "suspended")


def test_a_directory_record_made_greener_by_hand() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    bundle = world.bundle(mark_id)
    cut = replace(bundle, statements=bundle.statements[:-2] + bundle.statements[-1:])
    lie = replace(cut, directory=retold(bundle, mark_id, state="active"))
    verdict = world.verdict(mark_id, bundle=lie)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_directory_record_made_redder_by_hand_convinces_nobody() -> None:
    world, mark_id = fork_issued()
    bundle = world.bundle(mark_id)
    verdict = world.verdict(mark_id, bundle=replace(bundle, directory=retold(bundle, mark_id, state="annulled")))
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_directory_that_names_another_entry_at_the_same_index() -> None:
    world, mark_id = fork_issued()
    lie, uri = copy_state(world.sim.state), mark_uri(HOST, mark_id)
    lie.heads[uri] = replace(lie.heads[uri], leaf=bytes(32))
    world.sim.publish_directory(state=lie)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")


def test_a_bucket_out_of_order() -> None:
    world, mark_id = fork_issued()
    built = build_directory(world.sim.state, bits=0)
    bucket = tuple(reversed(built.tree.bucket(0)))
    tree = MemoryTree()
    tree.append(leaf_hash(join_run(bucket)))
    public = {"size": built.size, "bits": 0, "root": b64u(tree.root()), "files": []}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = world.sim.append(world.sim.signed(draft, world.sim.ceremony.keys.directory), judged=False)
    world.sim.publish()
    bundle = world.bundle(mark_id)
    part = DirectoryPart(entry, world.sim.anchor_of(entry), (BucketProof(0, bucket, ()),))
    lying = replace(bundle, statements=(*bundle.statements, world.sim.logged(entry)), directory=part)
    verdict = world.verdict(mark_id, bundle=lying)
    check = expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.FAILED, "directory")
    assert "not in order" in check.detail


def test_a_reinstatement_whose_approvers_revocation_is_hidden() -> None:
    world, mark_id = fork_issued()
    third = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    world.suspend(mark_id)
    uri = key_uri(HOST, third.kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": len(world.sim.entries)})
    world.change("mark.reinstated", mark_id, second=third, judged=False)
    bundle = world.bundle(mark_id)
    revocation = world.sim.state.heads[uri].index
    cut = replace(bundle, statements=tuple(one for one in bundle.statements if one.index != revocation))
    verdict = world.verdict(mark_id, bundle=cut)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    assert world.verdict(mark_id).headline is not Headline.VALID_OFFLINE


def test_an_old_directory_is_never_more_than_offline() -> None:
    world, mark_id = fork_issued()
    fresh = world.verdict(mark_id, live=True)
    stale = world.verdict(mark_id, live=True, now=world.sim.now + DAY)
    assert (fresh.headline, stale.headline) == (Headline.VALID, Headline.VALID_OFFLINE)
    assert stale.known_at == fresh.known_at


def test_a_head_that_this_version_cannot_read() -> None:
    world, mark_id = fork_issued()
    uri = mark_uri(HOST, mark_id)
    index = world.sim.append_unread(newer_statement(world, mark_id))
    world.sim.state.heads[uri] = Head(index, leaf_hash(world.sim.entries[index]), "active")
    world.show()
    gathered = world.bundle(mark_id)
    expect(world.verdict(mark_id), Headline.NOT_CONFIRMED, CheckName.DIRECTORY, Result.UNKNOWN, "not_found")
    held = replace(gathered, statements=(*gathered.statements, world.sim.logged(index)))
    verdict = world.verdict(mark_id, bundle=held)
    expect(verdict, Headline.NOT_CONFIRMED, CheckName.FORMAT, Result.UNKNOWN, "needs_newer_verifier")


def newer_statement(world: World, mark_id: str) -> str:
    """Return a statement about the mark of a type that does not exist yet."""
    draft = Draft(log_origin(HOST), "mark.cancelled", mark_uri(HOST, mark_id), {})
    payload = parse_statement(world.sim.signed(draft, world.body.keys["decider"], iss=world.body.uri)).token.payload
    return sign_token({**payload, "type": "mark.praised"}, typ="statement+jwt", signer=world.body.keys["decider"])
