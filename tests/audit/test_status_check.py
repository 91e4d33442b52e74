"""Status lists in an audit: made again from the entries, and compared place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.audit.planes import Plane, published, status_lists
from tests.world import World, fork_issued
from verifier.audit.audit import Asked, audit
from verifier.audit.fsck import Published, fsck
from verifier.audit.kinds import Code
from verifier.names import key_uri, mark_uri
from verifier.status_book import status_book
from verifier.status_list import Status, sign_status_list

if TYPE_CHECKING:
    from verifier.signer import Signer


def silent(done: int, total: int) -> None:
    """Show no progress."""


def by_fsck(world: World, plane: Plane) -> set[Code]:
    return {one.code for one in fsck(Published(plane, world.pinned, plane), silent).findings}


def by_audit(world: World, plane: Plane) -> set[Code]:
    return {one.code for one in audit(Asked(plane, world.pinned), silent).findings}


def told(world: World, *, signer: Signer | None = None, size: int | None = None, **lies: int) -> Plane:
    """Return the plane with the list 1 saying what its places are told to say."""
    sim = world.sim
    entries = bytearray(status_book(sim.state).entries(1, now=sim.now))
    for place, value in lies.items():
        entries[int(place.removeprefix("place_"))] = value
    token = sign_status_list(
        bytes(entries),
        host=HOST,
        no=1,
        size=size or sim.state.size,
        iat=sim.now,
        signer=signer or sim.ceremony.keys.status,
    )
    return published(sim).changed("status/1", token.encode())


def test_an_honest_list_is_clean() -> None:
    world, _ = fork_issued()
    world.sim.now += 600
    world.show()
    plane = published(world.sim)
    assert (by_fsck(world, plane), by_audit(world, plane)) == (set(), set())


def test_a_list_that_hides_a_suspension_is_found() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    plane = told(world, place_7=Status.VALID)
    assert by_fsck(world, plane) == by_audit(world, plane) == {Code.STATUS_LIST_WRONG}


def test_a_list_that_calls_a_good_mark_invalid_or_an_unused_place_valid_is_found() -> None:
    world, _ = fork_issued()
    for lie in ({"place_7": 1}, {"place_8": 0}, {"place_9": 3}):
        assert by_fsck(world, told(world, **lie)) == {Code.STATUS_LIST_WRONG}


def test_a_list_has_two_minutes_to_follow_an_entry() -> None:
    world, mark_id = fork_issued()
    before = status_lists(world.sim)["status/1"]
    world.suspend(mark_id)
    assert by_fsck(world, published(world.sim).changed("status/1", before)) == set()
    world.sim.now += 600
    world.show()
    assert by_fsck(world, published(world.sim).changed("status/1", before)) == {Code.STATUS_LIST_WRONG}


def test_a_list_has_two_minutes_to_follow_the_clock() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id, days=1)
    before = status_lists(world.sim)["status/1"]
    world.sim.now += DAY
    world.show()
    assert by_fsck(world, published(world.sim).changed("status/1", before)) == set()
    world.sim.now += 600
    world.show()
    assert by_fsck(world, published(world.sim).changed("status/1", before)) == {Code.STATUS_LIST_WRONG}
    assert by_fsck(world, published(world.sim)) == set()


def test_a_list_that_ended_is_found() -> None:
    world, _ = fork_issued()
    before = status_lists(world.sim)["status/1"]
    world.sim.now += 3 * DAY
    world.show()
    assert by_fsck(world, published(world.sim).changed("status/1", before)) == {Code.STATUS_LIST_WRONG}


def test_a_list_by_another_key_or_under_another_number_is_found() -> None:
    world, _ = fork_issued()
    assert by_fsck(world, told(world, signer=world.sim.ceremony.keys.directory)) == {Code.STATUS_LIST_WRONG}
    plane = published(world.sim)
    assert by_fsck(world, plane.changed("status/2", plane.files["status/1"])) == {
        Code.STATUS_LIST_WRONG,
        Code.STRAY_FILE,
    }


def test_a_missing_list_is_found_once_it_had_the_time_to_appear() -> None:
    world, _ = fork_issued()
    assert by_fsck(world, published(world.sim).without("status/1")) == set()
    world.sim.now += 600
    world.show()
    assert by_fsck(world, published(world.sim).without("status/1")) == {Code.MISSING_FILE}


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_list_that_keeps_a_void_mark_valid_is_found(role: str) -> None:
    world, _ = fork_issued()
    late = world.issue(idx=8)
    uri = mark_uri(HOST, late)
    public = {"reason": "compromised", "cutoff_index": world.sim.state.marks[uri].index}
    world.announce("key.revoked", key_uri(HOST, world.body.keys[role].kid), public)
    honest = status_lists(world.sim, void=[uri])
    kept = published(world.sim)
    assert by_fsck(world, kept.changed("status/1", honest["status/1"])) == set()
    assert by_fsck(world, kept) == {Code.STATUS_LIST_WRONG}


def test_a_list_that_knows_more_than_the_checkpoint_is_left_for_later() -> None:
    world, _ = fork_issued()
    plane = told(world, size=world.sim.state.size + 5, place_7=Status.SUSPENDED)
    assert by_fsck(world, plane) == set()
