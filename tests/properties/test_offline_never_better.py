"""An offline answer is never better: whatever is cut out of the evidence, no verdict gets greener by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.scenario.simulated_log import HOST
from tests.world import World, fork, fork_issued
from verifier.bundle import Bundle, EarlierCheckpoint
from verifier.log.checkpoint import SignedCheckpoint
from verifier.names import key_uri, mark_uri
from verifier.verdict import ORDER, Headline, Verdict

FEW = max(6, settings().max_examples // 10)


def good(world: World, mark_id: str) -> None:
    """Nothing happens to the mark."""


def suspended(world: World, mark_id: str) -> None:
    world.suspend(mark_id)


def reinstated(world: World, mark_id: str) -> None:
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=world.body.keys["assessor"])


def suspended_again(world: World, mark_id: str) -> None:
    reinstated(world, mark_id)
    world.suspend(mark_id)


def annulled(world: World, mark_id: str) -> None:
    world.announce("mark.annulled", mark_uri(HOST, mark_id), {"reason": "fraud"})


def void(world: World, mark_id: str) -> None:
    uri = key_uri(HOST, world.body.keys["decider"].kid)
    world.announce("key.revoked", uri, {"reason": "compromised", "cutoff_index": 4})


FATES = [good, suspended, reinstated, suspended_again, annulled, void]


def lived(fate: Callable[[World, str], None]) -> tuple[World, str, Bundle, Verdict]:
    """Return a world in which that happened to a mark, with the whole evidence and the verdict on it."""
    world, mark_id = fork_issued()
    fate(world, mark_id)
    bundle = world.bundle(mark_id)
    return world, mark_id, bundle, world.verdict(mark_id, bundle=bundle)


def without(items: tuple[object, ...], at: int) -> tuple[object, ...]:
    return items[:at] + items[at + 1 :]


def cuts(bundle: Bundle) -> Iterator[tuple[str, Bundle]]:
    """Return the bundle with single parts cut out: every one, but of the lines of a bucket every third."""
    for name in ("mark", "seal", "attestation", "anchor", "first", "latest", "directory", "trust_list"):
        yield name, replace(bundle, **{name: None})
    for name in ("approvals", "statements", "trust_roots"):
        for at in range(len(getattr(bundle, name))):
            yield f"{name}/{at}", replace(bundle, **{name: without(getattr(bundle, name), at)})
    for at, one in enumerate(bundle.statements):
        shorter = (*bundle.statements[:at], replace(one, path=one.path[:-1]), *bundle.statements[at + 1 :])
        yield f"statements/{at}/path", replace(bundle, statements=shorter)
    yield from notes_cut(bundle)
    assert bundle.directory is not None
    for at, bucket in enumerate(bundle.directory.buckets):
        buckets = without(bundle.directory.buckets, at)
        yield f"buckets/{at}", replace(bundle, directory=replace(bundle.directory, buckets=buckets))
        for line in range(0, len(bucket.lines), 3):
            fewer = list(bundle.directory.buckets)
            fewer[at] = replace(bucket, lines=bucket.lines[:line] + bucket.lines[line + 1 :])
            yield f"buckets/{at}/{line}", replace(bundle, directory=replace(bundle.directory, buckets=tuple(fewer)))


def notes_cut(bundle: Bundle) -> Iterator[tuple[str, Bundle]]:
    assert bundle.latest is not None
    assert bundle.anchor is not None
    assert bundle.first is not None
    for at, note in enumerate(unsigned(bundle.latest)):
        yield f"latest/{at}", replace(bundle, latest=note)
    for at, note in enumerate(unsigned(bundle.anchor.note)):
        yield f"anchor/{at}", replace(bundle, anchor=EarlierCheckpoint(note, bundle.anchor.consistency))
    for at, note in enumerate(unsigned(bundle.first.checkpoint.note)):
        earlier = EarlierCheckpoint(note, bundle.first.checkpoint.consistency)
        yield f"first/{at}", replace(bundle, first=replace(bundle.first, checkpoint=earlier))


def unsigned(note: bytes) -> Iterator[bytes]:
    """Return a checkpoint without one, two or three of its signatures."""
    signed = SignedCheckpoint.parse(note)
    for count in range(1, len(signed.note.signatures)):
        fewer = replace(signed.note, signatures=signed.note.signatures[:count])
        yield replace(signed, note=fewer).serialize()


def is_greener(one: Verdict, than: Verdict) -> bool:
    """Say whether a verdict promises more than another: green where the other is not, or a greener green."""
    return one.exit_code == 0 and (than.exit_code != 0 or ORDER.index(one.headline) > ORDER.index(than.headline))


@pytest.mark.parametrize("fate", [suspended_again, pytest.param(annulled, marks=pytest.mark.prove)])
def test_no_single_part_cut_out_makes_a_verdict_greener(fate: Callable[[World, str], None]) -> None:
    world, mark_id, bundle, whole = lived(fate)
    assert whole.exit_code == 1
    for name, cut in cuts(bundle):
        verdict = world.verdict(mark_id, bundle=cut)
        assert not is_greener(verdict, whole), f"{name}: {whole.headline} became {verdict.headline}"


@settings(max_examples=FEW)
@given(st.sampled_from(FATES), st.data())
def test_no_parts_cut_out_together_make_a_verdict_greener(
    fate: Callable[[World, str], None], data: st.DataObject
) -> None:
    world, mark_id, bundle, whole = lived(fate)
    for _ in range(data.draw(st.integers(1, 4))):
        if bundle.directory is None or bundle.latest is None or bundle.anchor is None or bundle.first is None:
            break
        bundle = data.draw(st.sampled_from([cut for _, cut in cuts(bundle)]))
    live, now = data.draw(st.booleans()), world.sim.now + data.draw(st.sampled_from([0, 60, 10_000]))
    full = world.verdict(mark_id, live=True, now=now)
    assert not is_greener(world.verdict(mark_id, bundle=bundle, live=live, now=now), full)
    assert full.mark == whole.mark


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("age", [0, 86_400])
def test_evidence_that_is_not_live_is_never_better_than_live(fate: Callable[[World, str], None], age: int) -> None:
    world, mark_id, bundle, _ = lived(fate)
    live, offline = (
        world.verdict(mark_id, bundle=bundle, live=is_live, now=world.sim.now + age) for is_live in (True, False)
    )
    assert not is_greener(offline, live)
    assert offline.headline is not Headline.VALID


@pytest.mark.parametrize("fate", [suspended_again, annulled])
def test_older_evidence_of_an_ended_mark_is_green_only_as_of_its_own_time(fate: Callable[[World, str], None]) -> None:
    world = fork()
    mark_id = world.issue()
    old = world.bundle(mark_id)
    fate(world, mark_id)
    before = world.verdict(mark_id, bundle=old)
    assert before.headline is Headline.VALID_OFFLINE
    assert before.known_at is not None
    assert before.known_at <= world.sim.now
