"""Gathering: what the read plane serves is put together, and whatever it serves instead is an error of this product."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.scenario.simulated_log import HOST
from tests.world import World, fork, fork_issued
from verifier.encoding import canonical
from verifier.errors import MarkError, NotFoundError, UnavailableError
from verifier.gather import gather, gather_absence
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.names import key_uri, mark_uri
from verifier.statement import parse_statement
from verifier.verdict import Headline

WORLD, MARK_ID = fork_issued()


class Tampered:
    """A read plane that serves something else under one path."""

    def __init__(self, world: World, path: str, data: bytes | None) -> None:
        self._world, self._path, self._data = world, path, data

    def fetch(self, path: str) -> bytes:
        if path != self._path:
            return self._world.sim.fetch(path)
        if self._data is None:
            raise NotFoundError(path)
        return self._data


def types(statements: Any) -> list[str]:
    return [parse_statement(one.compact).type for one in statements]


def test_a_bundle_holds_the_issuance_and_all_that_it_rests_on() -> None:
    bundle = gather(WORLD.sim, MARK_ID)
    assert types(bundle.statements) == [
        "trust_root.published", "scheme.published", "body.accredited", "key.added", "key.added", "mark.issued",
        "directory.published",
    ]  # fmt: skip
    assert len(bundle.approvals) == 5
    assert None not in (bundle.mark, bundle.seal, bundle.attestation, bundle.anchor, bundle.first, bundle.latest)


def test_a_bundle_of_level_4_holds_the_technical_verifier_too() -> None:
    world = fork()
    bundle = gather(world.sim, world.issue(tier=4))
    assert types(bundle.statements).count("body.accredited") == 2


def test_a_bundle_holds_the_keys_of_everybody_who_signed_later() -> None:
    world = fork()
    mark_id = world.issue()
    third = world.sim.add_key(world.body, "decider", "h-third", no=3)
    world.show()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=third)
    objects = {parse_statement(one.compact).object for one in gather(world.sim, mark_id).statements}
    assert key_uri(HOST, third.kid) in objects


def test_first_is_the_first_covering_checkpoint_and_latest_the_newest() -> None:
    world = fork()
    mark_id = world.issue()
    before = gather(world.sim, mark_id)
    world.issue(idx=8)
    after = gather(world.sim, mark_id)
    assert (before.first, before.anchor) != (after.first, after.anchor)
    assert before.first is not None
    assert after.first is not None
    assert before.first.checkpoint.note == after.first.checkpoint.note
    assert before.latest != after.latest


def test_an_unknown_mark_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        gather(WORLD.sim, new_mark_id(seeded_entropy("unknown")))


def test_an_absence_is_gathered_where_the_directory_has_nothing() -> None:
    bundle = gather_absence(WORLD.sim, mark_uri(HOST, new_mark_id(seeded_entropy("unknown"))))
    assert bundle.mark is None
    assert bundle.directory is not None
    assert types(bundle.statements) == ["trust_root.published", "directory.published"]


def test_an_absence_cannot_be_gathered_before_there_is_a_directory() -> None:
    with pytest.raises(NotFoundError, match="no directory"):
        gather_absence(fork().sim, mark_uri(HOST, MARK_ID))


@pytest.mark.parametrize("path", ["log/checkpoint", f"m/{MARK_ID}.jwt", f"m/{MARK_ID}.tlog-proof"])
def test_a_part_that_nothing_works_without_is_not_found(path: str) -> None:
    with pytest.raises(NotFoundError):
        gather(Tampered(WORLD, path, None), MARK_ID)


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        (f"m/{MARK_ID}/seal.jwt", "seal"),
        (f"m/{MARK_ID}/attestation.jwt", "attestation"),
        ("trust/list.jwt", "trust_list"),
        ("directory/latest", "directory"),
        ("log/checkpoints/6", "anchor"),
    ],
)
def test_a_part_that_may_be_missing_is_left_out(path: str, missing: str) -> None:
    bundle = gather(Tampered(WORLD, path, None), MARK_ID)
    assert getattr(bundle, missing) is None
    assert WORLD.verdict(MARK_ID, bundle=bundle).headline in (Headline.NOT_CONFIRMED, Headline.VALID_OFFLINE)


# One file of each kind that the read plane serves.
PLANE = sorted({re.sub(r"[0-9A-Za-z_-]{20,}|(?<=/)[0-9]+", "*", path): path for path in WORLD.sim.files}.values())
HOSTILE: list[bytes] = [
    b"", b"\xff\xfe", b"{}", b"[]", b"A" * 10_000, canonical({"entry": -1, "size": 1}),
    canonical({"entry": 7, "size": "../../x"}), canonical({"entry": 0, "size": 7}),
    canonical({"entry": 3, "size": 999}),
]  # fmt: skip


@pytest.mark.parametrize("path", PLANE)
def test_whatever_a_hostile_plane_serves_is_an_error_of_this_product_or_no_better_verdict(path: str) -> None:
    for data in HOSTILE:
        assert_harmless(path, data)


@settings(max_examples=settings().max_examples // 2)
@given(st.sampled_from(sorted(WORLD.sim.files)), st.data())
def test_a_changed_byte_anywhere_in_the_plane_is_harmless(path: str, data: st.DataObject) -> None:
    served = WORLD.sim.files[path]
    at = data.draw(st.integers(0, len(served) - 1))
    changed = served[:at] + bytes([data.draw(st.integers(0, 255))]) + served[at + 1 :]
    assert_harmless(path, changed)


def assert_harmless(path: str, served: bytes) -> None:
    plane = Tampered(WORLD, path, served)
    try:
        bundle = gather(plane, MARK_ID)
        bundle.serialize()
    except MarkError:
        return
    verdict = WORLD.verdict(MARK_ID, bundle=bundle)
    assert verdict.exit_code != 0 or verdict.headline is Headline.VALID_OFFLINE


def test_a_plane_that_is_out_of_reach_says_so() -> None:
    class Away:
        def fetch(self, path: str) -> bytes:
            raise UnavailableError("the network is down")

    with pytest.raises(UnavailableError, match="down"):
        gather(Away(), MARK_ID)


def test_a_larger_checkpoint_at_an_earlier_place_is_malformed() -> None:
    world = fork()
    mark_id = world.issue()
    older = world.sim.files["log/checkpoint"]
    world.show()
    later = world.sim.files["log/checkpoint"]
    plane = Tampered(world, "log/checkpoints/6", later)
    assert older != later
    small = Tampered(world, "log/checkpoint", world.sim.files["log/checkpoints/6"])
    with pytest.raises(MarkError):
        gather(small, mark_id)
    verdict = world.verdict(mark_id, bundle=gather(plane, mark_id))
    assert verdict.headline is Headline.NOT_CONFIRMED
