"""Many look-ups at once give what single proofs give, read each shard once, and refuse what single proofs refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.directory.bulk import look_up_all
from verifier.directory.files import DirectoryFiles, IndexFile, parse_index, shard_count, shard_path, write_files
from verifier.directory.record import Line, ObjectRecord, line_of
from verifier.directory.tree import CompleteTree, DirectoryTree, look_up
from verifier.encoding import b64u, unb64u
from verifier.errors import MarkError, NotFoundError, ProofError
from verifier.log.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

HELD = [f"https://shirushi.example/m/{number}" for number in range(300)]
ABSENT = [f"https://shirushi.example/m/none-{number}" for number in range(50)]


def record(subject: str) -> ObjectRecord:
    return ObjectRecord(object=subject, head=1, leaf=b64u(bytes(32)), state="active")


def keyed(lines: Iterable[Line]) -> list[tuple[bytes, bytes]]:
    return [(line.key, line.data) for line in lines]


class Plane:
    """The files of one directory; remembers what was asked for."""

    def __init__(self, files: DirectoryFiles) -> None:
        self.files = {f"directory/shards/{name}": data for name, data in files.shards.items()}
        self.asked: list[str] = []

    def fetch(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise NotFoundError(path)
        return self.files[path]


def published(bits: int) -> tuple[DirectoryTree, Plane, IndexFile]:
    tree = DirectoryTree(keyed(line_of(record(one)) for one in HELD), bits=bits)
    files = write_files(tree, log="shirushi.example/log", size=301)
    return tree, Plane(files), parse_index(files.index)


@pytest.mark.parametrize("bits", [0, 3, 8, 11])
def test_many_look_ups_find_what_single_proofs_find_and_read_each_shard_once(bits: int) -> None:
    tree, plane, index = published(bits)
    asked = [*HELD, *ABSENT, *HELD[:5]]
    found = dict(look_up_all(plane, index, asked))
    root = unb64u(index.root)
    assert found == {one: look_up(tree.prove(one), one, bits=bits, root=root) for one in {*asked}}
    assert [found[one] for one in ABSENT] == [None] * len(ABSENT)
    assert len(plane.asked) <= shard_count(bits), "empty shards share one name, and are read under it once each"


def test_what_nobody_asks_for_is_not_read() -> None:
    _, plane, index = published(8)
    assert list(look_up_all(plane, index, [])) == []
    dict(look_up_all(plane, index, HELD[:1]))
    assert len(plane.asked) == 1


def test_a_flipped_bit_in_a_touched_bucket_is_refused_and_one_elsewhere_changes_no_answer() -> None:
    _, plane, index = published(3)
    honest = dict(look_up_all(plane, index, HELD[:1]))
    path = plane.asked[0]
    data = plane.files[path]
    refused = 0
    for at in range(0, len(data), 37):
        plane.files[path] = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        try:
            assert dict(look_up_all(plane, index, HELD[:1])) == honest
        except MarkError:
            refused += 1
    assert refused == len(range(0, len(data), 37)), "with three bits a shard is one bucket: every bit is touched"


def test_a_shard_that_is_missing_is_told() -> None:
    _, plane, index = published(8)
    plane.files.clear()
    with pytest.raises(NotFoundError):
        dict(look_up_all(plane, index, HELD))


def test_a_bucket_out_of_order_is_refused_though_its_hash_fits() -> None:
    lines = sorted(line_of(record(one)) for one in HELD[:4])
    tree = DirectoryTree(keyed(lines), bits=0)
    tree.runs[0] = b"".join(line.data + b"\n" for line in reversed(lines))
    tree = _rehashed(tree)
    files = write_files(tree, log="shirushi.example/log", size=5)
    index = parse_index(files.index)
    with pytest.raises(ProofError, match="order"):
        dict(look_up_all(Plane(files), index, HELD[:1]))
    assert shard_path(index, 0) in Plane(files).files


def _rehashed(tree: DirectoryTree) -> DirectoryTree:
    tree.tree = CompleteTree([leaf_hash(run) for run in tree.runs])
    return tree
