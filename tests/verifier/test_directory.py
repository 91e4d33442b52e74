"""The directory: presence and absence are proven alike, and its files prove what its tree proves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import HOLDER, OTHER_HOLDER
from tests.world import changed, fork, fork_issued
from verifier.directory.build import build_directory
from verifier.directory.files import parse_index, prove_from_shard, shard_of, shard_path, write_files
from verifier.directory.record import IdentifierRecord, Line, ObjectRecord, line_of, parse_line, subject_key
from verifier.directory.tree import BucketProof, DirectoryTree, bits_for, bucket_of, look_up
from verifier.encoding import b64u, canonical, read_object
from verifier.errors import MarkError, NewerVersionError, ProofError
from verifier.names import body_uri, directory_uri, mark_uri, root_uri

LOG = f"{HOST}/log"


def records(count: int) -> list[ObjectRecord]:
    return [
        ObjectRecord(object=body_uri(HOST, no), head=no, leaf=b64u(bytes(32)), state="active", until=None)
        for no in range(1, count + 1)
    ]


def tree_of(count: int, *, bits: int) -> DirectoryTree:
    return DirectoryTree([line_of(record) for record in records(count)], bits=bits)


TREE = tree_of(40, bits=3)
HERE, GONE = body_uri(HOST, 7), body_uri(HOST, 4711)


@pytest.mark.parametrize("bits", range(11))
def test_every_record_and_every_absence_is_proven_by_tree_and_files(bits: int) -> None:
    tree = tree_of(60, bits=bits)
    files = write_files(tree, log=LOG, size=99)
    index = parse_index(files.index)
    assert (index.bits, index.size, index.log, index.root) == (bits, 99, LOG, b64u(tree.root))
    assert len(index.shards) == min(256, 2**bits)
    for no in (1, 2, 33, 60, 61, 4711):
        subject = body_uri(HOST, no)
        shard = files.shards[shard_path(index, shard_of(subject, bits)).rpartition("/")[2]]
        proof = prove_from_shard(index, shard, subject)
        assert proof == tree.prove(subject)
        found = look_up(proof, subject, bits=bits, root=tree.root)
        assert (found == records(no)[-1]) if no <= 60 else (found is None)


def test_an_empty_directory_proves_that_nothing_is_there() -> None:
    tree = DirectoryTree([], bits=0)
    assert look_up(tree.prove(HERE), HERE, bits=0, root=tree.root) is None


def test_the_number_of_bits_keeps_the_mean_at_32_records_a_bucket() -> None:
    assert [bits_for(count) for count in (0, 1, 32, 33, 64, 65, 2**20, 2**40)] == [0, 0, 0, 1, 1, 2, 15, 24]


def test_the_order_in_which_records_come_makes_no_difference() -> None:
    lines = [line_of(record) for record in records(40)]
    assert DirectoryTree(reversed(lines), bits=3).root == TREE.root


@given(st.integers(0, 80), st.integers(0, 4), st.integers(1, 160))
def test_what_is_in_the_tree_is_found_and_what_is_not_is_absent(count: int, bits: int, no: int) -> None:
    tree, subject = tree_of(count, bits=bits), body_uri(HOST, no)
    found = look_up(tree.prove(subject), subject, bits=bits, root=tree.root)
    assert (found is not None) == (no <= count)


# --- proofs that do not hold -----------------------------------------------------------------------------------------


def refused(proof: BucketProof, subject: str = HERE, *, bits: int = 3, root: bytes = TREE.root) -> None:
    with pytest.raises(MarkError):
        look_up(proof, subject, bits=bits, root=root)


def test_the_proof_of_another_bucket() -> None:
    other = next(
        body_uri(HOST, no) for no in range(1, 99) if TREE.prove(body_uri(HOST, no)).bucket != TREE.prove(HERE).bucket
    )
    refused(TREE.prove(other))
    refused(replace(TREE.prove(other), bucket=TREE.prove(HERE).bucket))


def test_a_proof_under_another_root() -> None:
    refused(TREE.prove(HERE), root=bytes(32))
    refused(TREE.prove(HERE), root=tree_of(41, bits=3).root)


def test_a_proof_with_another_number_of_bits() -> None:
    for bits in (0, 2, 4, 24):
        refused(TREE.prove(HERE), bits=bits)


def test_a_path_that_is_cut_longer_or_changed() -> None:
    proof = TREE.prove(HERE)
    for path in (proof.path[:-1], (*proof.path, bytes(32)), (bytes(32), *proof.path[1:]), proof.path[::-1], ()):
        refused(replace(proof, path=path))


def test_a_bucket_whose_lines_are_cut_doubled_changed_or_moved() -> None:
    proof = TREE.prove(HERE)
    lines = proof.lines
    assert len(lines) > 1
    joined = (lines[0] + b"\n" + lines[1], *lines[2:])
    altered = (lines[0].replace(b"active", b"ending"), *lines[1:])
    moved = [lines[:-1], lines[1:], (), lines[::-1], (*lines, lines[-1]), altered, (b"", *lines), (*lines, b""), joined]
    for other in moved:
        refused(replace(proof, lines=other))


def test_absence_is_not_proven_by_leaving_the_record_out() -> None:
    proof = TREE.prove(HERE)
    fewer = tuple(line for line in proof.lines if parse_line(line).subject != HERE)
    assert len(fewer) == len(proof.lines) - 1
    refused(replace(proof, lines=fewer))


def test_a_record_that_stands_in_a_foreign_bucket_is_not_found_there() -> None:
    stray = line_of(records(7)[-1])
    wrong = Line(bytes([(stray.key[0] + 128) % 256]) + stray.key[1:], stray.data)
    tree = DirectoryTree([wrong], bits=1)
    assert tree.prove(HERE).lines == ()
    assert look_up(tree.prove(HERE), HERE, bits=1, root=tree.root) is None


# --- files -----------------------------------------------------------------------------------------------------------

FILES = write_files(TREE, log=LOG, size=9)
INDEX = parse_index(FILES.index)
SHARD = FILES.shards[shard_path(INDEX, shard_of(HERE, 3)).rpartition("/")[2]]


def test_a_change_moves_one_shard_and_leaves_the_others() -> None:
    lines = [
        line_of(record.model_copy(update={"state": "ended"} if record.object == HERE else {})) for record in records(40)
    ]
    after = write_files(DirectoryTree(lines, bits=3), log=LOG, size=10)
    assert len(set(after.shards) - set(FILES.shards)) == 1
    assert len(set(after.shards) & set(FILES.shards)) == len(FILES.shards) - 1


@given(st.integers(0, len(SHARD) - 1), st.integers(1, 255))
def test_a_changed_byte_of_a_shard_proves_nothing_false(at: int, flip: int) -> None:
    changed_shard = SHARD[:at] + bytes([SHARD[at] ^ flip]) + SHARD[at + 1 :]
    try:
        proof = prove_from_shard(INDEX, changed_shard, HERE)
        found = look_up(proof, HERE, bits=3, root=TREE.root)
    except MarkError:
        return
    assert found == records(7)[-1]


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"{}\n", SHARD[:-1], SHARD[1:], SHARD.partition(b"\n")[2], b"\xff\n"],
    ids=lambda one: repr(one[:6]),
)
def test_it_is_no_shard(data: bytes) -> None:
    with pytest.raises(MarkError):
        look_up(prove_from_shard(INDEX, data, HERE), HERE, bits=3, root=TREE.root)


@pytest.mark.parametrize(
    "change",
    [
        {"bits": 2},
        {"bits": 25},
        {"bits": -1},
        {"root": b64u(bytes(32))},
        {"shards": []},
        {"v": 2},
        {"later": 1},
        {"size": -1},
    ],
    ids=str,
)
def test_an_index_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MarkError):
        parse_index(canonical(read_object(FILES.index) | change))


# --- what a directory holds ------------------------------------------------------------------------------------------


def test_the_directory_holds_every_object_but_itself_and_every_identifier_with_a_mark() -> None:
    world, mark_id = fork_issued()
    built = build_directory(world.sim.state)

    def at(subject: str) -> Any:
        return look_up(built.tree.prove(subject), subject, bits=built.bits, root=built.root)

    head = world.sim.state.heads[mark_uri(HOST, mark_id)]
    mark = at(mark_uri(HOST, mark_id))
    assert isinstance(mark, ObjectRecord)
    assert (mark.head, mark.leaf, mark.state) == (head.index, b64u(head.leaf), "active")
    assert at(directory_uri(HOST)) is None
    assert at(root_uri(HOST)).state == "published"
    held = at(HOLDER)
    assert isinstance(held, IdentifierRecord)
    assert [(line.mark, line.link, line.tier, line.state) for line in held.marks] == [(mark_id, "held", 3, "active")]
    assert at(OTHER_HOLDER) is None


def test_an_identifier_that_is_covered_is_listed_as_covered() -> None:
    world = fork()
    prepared = world.prepare()
    scope = prepared.draft.scope.model_copy(update={"scope_kind": "group", "covered": (OTHER_HOLDER,)})
    evaluated = prepared.evaluated.model_copy(update={"scope_sha256": scope.digest})
    world.issue(replace(changed(prepared, scope=scope), evaluated=evaluated))
    built = build_directory(world.sim.state)
    found = look_up(built.tree.prove(OTHER_HOLDER), OTHER_HOLDER, bits=built.bits, root=built.root)
    assert isinstance(found, IdentifierRecord)
    assert [line.link for line in found.marks] == ["covered"]


def test_a_directory_is_a_pure_function_of_its_log() -> None:
    world, _ = fork_issued()
    first, second = (build_directory(world.fork().sim.state) for _ in range(2))
    assert (first.root, first.files) == (second.root, second.files)


# --- records ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{}", b"[]", b"\xff", b'{"object":"x"}', b'{"identifier":"0188-1","marks":[]}',
        canonical(records(1)[0].members() | {"head": -1}), canonical(records(1)[0].members() | {"state": "Active"}),
    ],
    ids=repr,
)  # fmt: skip
def test_it_is_no_record(line: bytes) -> None:
    with pytest.raises(MarkError):
        parse_line(line)


def test_a_record_with_an_unknown_member_needs_a_newer_verifier() -> None:
    with pytest.raises(NewerVersionError):
        parse_line(canonical(records(1)[0].members() | {"later": 1}))


def test_a_record_is_read_back_and_its_key_is_its_subject() -> None:
    line = line_of(records(1)[0])
    assert parse_line(line.data) == records(1)[0]
    assert line.key == subject_key(body_uri(HOST, 1))
    assert bucket_of(line.key, 0) == 0
    with pytest.raises(ProofError):
        look_up(BucketProof(1, (), ()), HERE, bits=0, root=bytes(32))
