"""Index and shards: what they prove, and that no changed byte of them proves anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.directory.histories import HOST, History
from verifier.directory import ranged, tree
from verifier.directory.build import BuiltDirectory, build_directory
from verifier.directory.files import open_shard, parse_index, prove_from_shard, shard_of, write_shard
from verifier.directory.ranged import RangedDirectory
from verifier.directory.tree import BucketProof, join_run, look_up, split_run
from verifier.encoding import canonical, read_object, unb64u
from verifier.errors import EvidenceError, MalformedError, MarkError, ProofError
from verifier.names import body_uri

ABSENT = (body_uri(HOST, 4711), "0188-absent", "")


def built(*, changes: int = 200, bits: int | None = None) -> tuple[History, BuiltDirectory]:
    history = History(11)
    history.change(changes)
    return history, build_directory(history.state, bits=bits)


def shard_for(directory: BuiltDirectory, subject: str) -> bytes:
    index = parse_index(directory.files.index)
    return directory.files.shards[unb64u(index.shards[shard_of(subject, index.bits)]).hex()]


@pytest.mark.parametrize("bits", [0, 1, 3, 8, 10])
def test_every_subject_is_found_in_its_shard_and_others_are_proven_absent(bits: int) -> None:
    history, directory = built(bits=bits)
    index = parse_index(directory.files.index)
    for subject in [*list(history.state.heads)[:40], *history.organisations[:10], *ABSENT]:
        proof = prove_from_shard(index, shard_for(directory, subject), subject)
        assert proof == directory.tree.prove(subject)
        record = look_up(proof, subject, bits=bits, root=directory.root)
        assert (record is None) == (directory.tree.line(subject) is None)


def test_a_flipped_bit_anywhere_in_a_shard_is_noticed_when_the_shard_is_opened() -> None:
    _, directory = built(changes=30, bits=1)
    index = parse_index(directory.files.index)
    data = directory.files.shards[unb64u(index.shards[0]).hex()]
    for at in range(0, 8 * len(data), 7):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(MarkError):
            open_shard(index, 0, bytes(changed))
    open_shard(index, 0, data)


def test_a_shard_is_not_another_one() -> None:
    _, directory = built(bits=2)
    index = parse_index(directory.files.index)
    with pytest.raises(ProofError, match="not the one that the index names"):
        open_shard(index, 1, directory.files.shards[unb64u(index.shards[0]).hex()])


@pytest.mark.parametrize("what", ["a byte more", "a bucket fewer", "no line feed", "nothing"])
def test_a_shard_of_another_length_is_refused(what: str) -> None:
    _, directory = built(bits=2)
    index = parse_index(directory.files.index)
    data = directory.files.shards[unb64u(index.shards[0]).hex()]
    runs = directory.tree.runs[:1]
    changed = {
        "a byte more": data + b"\n",
        "a bucket fewer": write_shard(runs[:0], []),
        "no line feed": data.partition(b"\n")[0],
        "nothing": b"",
    }[what]
    with pytest.raises(EvidenceError):
        open_shard(index, 0, changed)


def test_an_index_whose_shards_do_not_lead_to_its_root_is_refused() -> None:
    _, directory = built(bits=3)
    members = read_object(directory.files.index)
    members["shards"] = [*members["shards"][1:], members["shards"][0]]
    with pytest.raises(ProofError, match="do not lead to its root"):
        parse_index(canonical(members))
    members["shards"] = members["shards"][:4]
    with pytest.raises(MalformedError, match="one line for each shard"):
        parse_index(canonical(members))


def test_one_run_of_bytes_cannot_be_cut_into_lines_in_two_ways() -> None:
    _, directory = built(bits=0)
    lines = directory.tree.bucket(0)
    joined = (b"\n".join(lines[:2]), *lines[2:])
    assert join_run(joined) == directory.tree.runs[0]
    with pytest.raises(ProofError, match="line feed"):
        look_up(BucketProof(0, joined, ()), ABSENT[0], bits=0, root=directory.root)
    with pytest.raises(ProofError, match="does not end"):
        split_run(directory.tree.runs[0] + b"{")


def test_a_bucket_with_two_records_of_one_subject_is_refused() -> None:
    _, directory = built(changes=5, bits=0)
    lines = tuple(directory.tree.bucket(0))
    twice = (lines[0], *lines)
    root = tree.leaf_hash(join_run(twice))
    with pytest.raises(ProofError, match="not in order"):
        look_up(BucketProof(0, twice, ()), ABSENT[0], bits=0, root=root)


class Ranges:
    """Remembers which parts of which files were asked for."""

    def __init__(self, directory: BuiltDirectory) -> None:
        self.files = {f"directory/shards/{name}": data for name, data in directory.files.shards.items()}
        self.asked: list[tuple[str, int, int]] = []

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        self.asked.append((path, first, end))
        return self.files[path][first:end]


def test_a_look_up_by_range_fetches_the_first_line_and_one_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "FIRST_BYTES", 512)
    history, directory = built(bits=10)
    index = parse_index(directory.files.index)
    for subject in [*list(history.state.heads)[:20], *ABSENT]:
        plane = Ranges(directory)
        proof = RangedDirectory(plane, index).prove(subject)
        assert proof == directory.tree.prove(subject)
        (path,) = {path for path, _, _ in plane.asked}
        start = plane.files[path].index(b"\n") + 1
        assert plane.asked[0] == (path, 0, 512)
        if len(plane.asked) == 2:
            _, first, end = plane.asked[1]
            assert start <= first
            assert plane.files[path][first:end] == directory.tree.runs[proof.bucket]
        assert len(plane.asked) <= 2


def test_a_long_first_line_is_fetched_in_growing_parts_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "FIRST_BYTES", 16)
    _, directory = built(bits=10)
    plane = Ranges(directory)
    found = RangedDirectory(plane, parse_index(directory.files.index))
    assert found.prove(ABSENT[0]) == directory.tree.prove(ABSENT[0])
    before = len(plane.asked)
    assert found.prove(ABSENT[0]) == directory.tree.prove(ABSENT[0])
    assert len(plane.asked) - before <= 1


def test_a_server_that_answers_with_another_part_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "FIRST_BYTES", 512)
    history, directory = built(bits=10)
    index = parse_index(directory.files.index)
    subject = next(uri for uri in history.state.heads if wide(directory, uri))
    plane = Ranges(directory)
    plane.files = {path: data[:600] + b"x" + data[601:] for path, data in plane.files.items()}
    plane.files = {path: data.replace(b"active", b"Active") for path, data in plane.files.items()}
    with pytest.raises(ProofError, match="not the one that its shard names"):
        RangedDirectory(plane, index).prove(subject)
    for path in plane.files:
        plane.files[path] = b""
    with pytest.raises(MalformedError, match="no first line"):
        RangedDirectory(plane, index).prove(subject)


def wide(directory: BuiltDirectory, subject: str) -> bool:
    run = directory.tree.runs[directory.tree.prove(subject).bucket]
    return b"active" in run


def test_a_head_answers_for_its_own_subjects_only() -> None:
    history, directory = built(bits=4)
    index = parse_index(directory.files.index)
    here, there = (next(uri for uri in history.state.heads if shard_of(uri, index.bits) == number) for number in (0, 1))
    head, _ = open_shard(index, 0, shard_for(directory, here))
    with pytest.raises(ProofError, match="another shard"):
        head.span(there)
    assert replace(head, number=0) == head
