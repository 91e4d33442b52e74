"""The status list: what it says of each state, who signs it, and what a strict reader refuses."""

from __future__ import annotations

import base64
import json
import random
import zlib
from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.world import World, fork, fork_issued
from verifier.encoding import b64u
from verifier.envelope import parse_token, sign_token
from verifier.errors import EnvelopeError, MalformedError, MarkError, NewerVersionError, SignatureError, TrustRootError
from verifier.mark import parse_mark
from verifier.names import key_uri, mark_uri, status_list_uri
from verifier.status_book import StatusBook, after_cut_off, status_book, void_among
from verifier.status_list import ENTRIES, LIFETIME, TYP, Status, pack, read_status_list, sign_status_list, unpack

LIST = 1
EMPTY = bytes([Status.INVALID]) * ENTRIES


def listed(world: World, entries: bytes = EMPTY, *, no: int = LIST) -> str:
    sim = world.sim
    return sign_status_list(
        entries, host=HOST, no=no, size=sim.state.size, iat=sim.now, signer=sim.ceremony.keys.status
    )


def altered(world: World, **changes: Any) -> str:
    payload = parse_token(listed(world), TYP).payload | changes
    given = {name: value for name, value in payload.items() if value is not ...}
    return sign_token(given, typ=TYP, signer=world.sim.ceremony.keys.status)


def said(world: World, mark_id: str, *, now: int | None = None, void: tuple[str, ...] = ()) -> int:
    """Return what the list says of a mark, read as a client does: by the place in the mark."""
    mark = parse_mark(world.mark(mark_id))
    book = status_book(world.sim.state, void=void)
    now = now or world.sim.now
    read = read_status_list(listed(world, book.entries(mark.status_no, now=now)), world.pinned)
    assert read.no == mark.status_no
    return read.entries[mark.status_idx]


def test_a_list_of_marks_is_found_where_the_mark_says() -> None:
    world, mark_id = fork_issued()
    mark = parse_mark(world.mark(mark_id))
    reference = mark.token.payload["status"]["status_list"]
    payload = parse_token(listed(world), TYP).payload
    assert (payload["sub"], reference["uri"]) == (status_list_uri(HOST, LIST),) * 2
    assert payload["log"] == {"origin": f"{HOST}/log", "size": world.sim.state.size}
    assert (payload["ttl"], payload["exp"] - payload["iat"]) == (3600, LIFETIME)


def test_an_active_mark_is_valid_and_every_unused_place_is_not() -> None:
    world, mark_id = fork_issued()
    assert said(world, mark_id) == Status.VALID
    entries = status_book(world.sim.state).entries(LIST, now=world.sim.now)
    assert entries.count(Status.INVALID) == ENTRIES - 1


def test_a_suspended_mark_is_suspended_until_its_deadline_and_then_invalid() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id, days=90)
    deadline = world.sim.state.marks[mark_uri(HOST, mark_id)].lift_by or 0
    assert [said(world, mark_id, now=now) for now in (world.sim.now, deadline - 1, deadline)] == [2, 2, 1]


def test_a_reinstated_mark_is_valid_again() -> None:
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    world.change("mark.reinstated", mark_id, second=world.body.keys["assessor"])
    assert said(world, mark_id) == Status.VALID


@pytest.mark.parametrize("type", ["mark.cancelled", "mark.annulled"])
def test_an_ended_mark_is_invalid(type: str) -> None:
    world, mark_id = fork_issued()
    if type == "mark.annulled":
        world.announce(type, mark_uri(HOST, mark_id), {"reason": "misissued"})
    else:
        world.change(type, mark_id)
    assert said(world, mark_id) == Status.INVALID


def test_a_term_that_ended_is_invalid_by_the_clock_alone() -> None:
    world, mark_id = fork_issued()
    exp = parse_mark(world.mark(mark_id)).exp
    assert [said(world, mark_id, now=now) for now in (exp - 1, exp)] == [Status.VALID, Status.INVALID]
    book = status_book(world.sim.state)
    assert (book.changes_at(LIST, now=world.sim.now), book.changes_at(LIST, now=exp)) == (exp, None)


@pytest.mark.parametrize("role", ["decider", "assessor"])
def test_a_mark_issued_after_a_keys_cut_off_is_invalid_and_one_before_it_is_not(role: str) -> None:
    world, early = fork_issued()
    late = world.issue(idx=8)
    index = world.sim.state.marks[mark_uri(HOST, late)].index
    kid = world.body.keys[role].kid
    world.announce("key.revoked", key_uri(HOST, kid), {"reason": "compromised", "cutoff_index": index})
    state = world.sim.state
    keys = [state.keys[kid]]
    doubtful = after_cut_off(state.marks.values(), keys)
    void = void_among(doubtful, keys, lambda mark: {one.kid for one in world.body.keys.values()})
    assert [mark.uri for mark in void] == [mark_uri(HOST, late)]
    uris = tuple(mark.uri for mark in void)
    assert (said(world, early, void=uris), said(world, late, void=uris)) == (Status.VALID, Status.INVALID)


def test_a_void_mark_stays_invalid_whatever_is_said_of_it_later() -> None:
    world, mark_id = fork_issued()
    book, uri = StatusBook(), mark_uri(HOST, mark_id)
    before = world.sim.state.marks[uri]
    assert book.put_void(before)
    world.suspend(mark_id)
    assert book.put(world.sim.state.marks[uri])
    assert book.entries(LIST, now=world.sim.now)[7] == Status.SUSPENDED
    assert book.put(before)
    assert book.entries(LIST, now=world.sim.now)[7] == Status.INVALID


def test_a_book_that_follows_says_what_one_made_at_once_says() -> None:
    world, mark_id = fork_issued()
    book = status_book(world.sim.state)
    world.suspend(mark_id)
    other = world.issue(idx=9)
    for one in (mark_id, other):
        assert book.put(world.sim.state.marks[mark_uri(HOST, one)])
        assert not book.put(world.sim.state.marks[mark_uri(HOST, one)])
    whole = status_book(world.sim.state)
    assert book.entries(LIST, now=world.sim.now) == whole.entries(LIST, now=world.sim.now)


@pytest.mark.parametrize("weights", [(0, 1, 0), (1, 0, 0), (98, 1, 1), (50, 40, 10), (1, 1, 1), (2, 1, 0)])
def test_a_list_is_at_most_20_kilobytes_at_any_fill(weights: tuple[int, int, int]) -> None:
    entries = bytes(random.Random(str(weights)).choices((0, 1, 2), weights, k=ENTRIES))
    token = listed(fork(), entries, no=999_999_999)
    assert len(token) <= 20_000
    assert read_status_list(token, fork().pinned).entries == entries


def test_even_bits_without_any_order_fit() -> None:
    entries = unpack(random.Random("no order").randbytes(ENTRIES // 4))
    assert len(listed(fork(), entries)) <= 20_000


def test_the_entries_stand_least_significant_bits_first() -> None:
    entries = bytearray(EMPTY)
    entries[:5] = (0, 1, 2, 0, 2)
    assert pack(bytes(entries))[:2] == bytes([0b00100100, 0b01010110])
    assert unpack(pack(bytes(entries))) == bytes(entries)


def test_a_client_that_knows_the_draft_only_reads_the_same() -> None:
    """Decoded by hand as draft-ietf-oauth-status-list section 8.3 says, with nothing of this product."""
    world, mark_id = fork_issued()
    world.suspend(mark_id)
    entries = status_book(world.sim.state).entries(LIST, now=world.sim.now)
    segments = listed(world, entries).split(".")
    header, payload = (json.loads(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))) for one in segments[:2])
    claim = json.loads(base64.urlsafe_b64decode(world.mark(mark_id).split(".")[1] + "=="))["status"]["status_list"]
    assert (header["typ"], payload["sub"]) == ("statuslist+jwt", claim["uri"])
    packed = payload["status_list"]["lst"]
    raw = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    per_byte = 8 // payload["status_list"]["bits"]
    at, place = divmod(claim["idx"], per_byte)
    assert raw[at] >> place * payload["status_list"]["bits"] & 3 == 2


def test_a_list_by_another_key_of_the_authority_is_refused() -> None:
    world = fork()
    payload = parse_token(listed(world), TYP).payload
    for signer in (world.sim.ceremony.keys.directory, world.sim.ceremony.keys.operators[0]):
        with pytest.raises(TrustRootError, match="status key"):
            read_status_list(sign_token(payload, typ=TYP, signer=signer), world.pinned)


@pytest.mark.parametrize(("member", "value"), [("cutoff", 3), ("until", 3)])
def test_a_list_by_a_status_key_out_of_its_window_is_refused(member: str, value: int) -> None:
    world = fork()
    keys = [one.members() for one in world.pinned.content.keys]
    changed = [key | {member: value} if key["role"] == "status" else key for key in keys]
    with pytest.raises(TrustRootError, match="status key"):
        read_status_list(listed(world), world.sim.renew_root(keys=changed))


def test_a_changed_list_is_refused() -> None:
    world = fork()
    head, _, signature = listed(world).rpartition(".")
    with pytest.raises(SignatureError):
        read_status_list(f"{head}.{signature[:-4]}AAAA", world.pinned)


def packed_as(data: bytes) -> dict[str, Any]:
    return {"status_list": {"bits": 2, "lst": b64u(data)}}


BOMB = zlib.compress(bytes(16_000_000), 9)
WHOLE = zlib.compress(bytes(ENTRIES // 4), 9)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BOMB[:12_000], id="a decompression bomb"),
        pytest.param(zlib.compress(bytes(ENTRIES // 4 - 1)), id="one byte short"),
        pytest.param(zlib.compress(bytes(ENTRIES // 4 + 1)), id="one byte long"),
        pytest.param(zlib.compress(b""), id="nothing"),
        pytest.param(WHOLE[:-1], id="cut off"),
        pytest.param(WHOLE + b"\x00", id="something behind it"),
        pytest.param(WHOLE + WHOLE, id="two streams"),
        pytest.param(WHOLE[:-4] + bytes(4), id="another checksum"),
        pytest.param(b"\x1f\x8b" + WHOLE, id="gzip"),
        pytest.param(b"", id="no data"),
    ],
)
def test_data_that_is_not_one_zlib_stream_of_the_right_length_is_refused(data: bytes) -> None:
    world = fork()
    with pytest.raises(MalformedError, match="status list"):
        read_status_list(altered(world, **packed_as(data)), world.pinned)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "https://other.example/status/1"},
        {"sub": f"https://{HOST}/status/0"},
        {"sub": f"https://{HOST}/status/01"},
        {"sub": f"https://{HOST}/m/1"},
        {"log": {"origin": "other.example/log", "size": 1}},
    ],
    ids=str,
)
def test_the_list_of_another_authority_is_refused(changes: dict[str, Any]) -> None:
    world = fork()
    with pytest.raises(TrustRootError):
        read_status_list(altered(world, **changes), world.pinned)


@pytest.mark.parametrize("bits", [1, 4, 8, True, "2"])
def test_a_list_of_another_width_is_refused(bits: object) -> None:
    world = fork()
    with pytest.raises(MarkError):
        read_status_list(altered(world, status_list={"bits": bits, "lst": b64u(WHOLE)}), world.pinned)


@pytest.mark.parametrize("name", ["sub", "iat", "exp", "ttl", "status_list", "log"])
def test_every_member_is_required(name: str) -> None:
    world = fork()
    with pytest.raises(MarkError):
        read_status_list(altered(world, **{name: ...}), world.pinned)


def test_a_list_that_lives_longer_than_72_hours_is_refused() -> None:
    world = fork()
    with pytest.raises(EnvelopeError, match="lifetime"):
        altered(world, exp=world.sim.now + 3 * DAY + 1)


def test_an_unknown_member_needs_a_newer_verifier() -> None:
    world = fork()
    with pytest.raises(NewerVersionError):
        read_status_list(altered(world, later=1), world.pinned)


def test_a_list_says_nothing_after_its_time_or_outside_its_places() -> None:
    world = fork()
    read = read_status_list(listed(world), world.pinned)
    assert read.status(0, now=read.exp - 1) is Status.INVALID
    for now in (read.exp, read.iat - 121):
        with pytest.raises(EnvelopeError, match="not of this time"):
            read.status(0, now=now)
    for idx in (-1, ENTRIES):
        with pytest.raises(MalformedError, match="outside"):
            read.status(idx, now=read.iat)


def test_a_value_that_nobody_gives_out_is_no_answer() -> None:
    world = fork()
    read = read_status_list(listed(world, bytes([3]) + EMPTY[1:]), world.pinned)
    assert read.status(0, now=read.iat) is None
