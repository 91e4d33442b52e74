"""The directory as files: an index and up to 256 shards, each named by the root of its part of the tree.

Index: canonical JSON. Shard: one line of canonical JSON that holds the length and the hash of each bucket, then the
buckets. A name is a hash over all bytes of the buckets, so epochs share the shards that did not change; it is a root
and not a digest of the file, so that one bucket can be fetched and proven alone, and a change hashes one bucket alone.
Asking for a shard does not tell whom one checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from verifier.directory.record import subject_key
from verifier.directory.tree import MOST_BITS, BucketProof, CompleteTree, DirectoryTree, bucket_of, check_run, split_run
from verifier.encoding import b64u, canonical, digest, read_object, unb64u
from verifier.errors import MalformedError, ProofError
from verifier.log.merkle import HASH_BYTES, leaf_hash
from verifier.schema import Closed, Digest, Index, Many, One, read_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHARD_BITS = 8


class IndexFile(Closed):
    """The index of one epoch; ``shards`` are the roots of the shards, in order."""

    v: One
    log: Annotated[str, Field(max_length=120)]
    size: Index
    bits: Annotated[int, Field(ge=0, le=24)]
    root: Digest
    shards: Annotated[Many[Digest], Field(min_length=1, max_length=1 << SHARD_BITS)]


class _ShardLine(Closed):
    v: One
    lengths: Annotated[Many[Index], Field(min_length=1, max_length=1 << MOST_BITS - SHARD_BITS)]
    hashes: Annotated[str, Field(max_length=64 << MOST_BITS - SHARD_BITS)]


@dataclass(frozen=True)
class DirectoryFiles:
    """The index of one epoch and its shards, or those of them that changed: name in hex to bytes."""

    index: bytes
    shards: dict[str, bytes]

    @property
    def index_sha256(self) -> str:
        """Digest of the index's bytes, as it is logged."""
        return digest(self.index)


@dataclass(frozen=True)
class ShardHead:
    """The first line of a shard, as the index names it: where its buckets lie, and what they have to be.

    ``start`` is the length of the line. Made by ``open_head``: what it proves leads to the root in the index.
    """

    index: IndexFile
    number: int
    start: int
    ends: tuple[int, ...]
    tree: CompleteTree

    @property
    def hashes(self) -> list[bytes]:
        """The hashes of the buckets."""
        return self.tree.levels[0]

    @cached_property
    def _above(self) -> list[bytes]:
        return CompleteTree([unb64u(one) for one in self.index.shards]).path(self.number)

    def span(self, subject: str) -> tuple[int, int]:
        """Return where the subject's bucket lies in the file: its first byte and the byte after its last."""
        return self.place(self._position(subject))

    def place(self, position: int) -> tuple[int, int]:
        """Return where a bucket, counted within the shard, lies in the file."""
        return self.start + (self.ends[position - 1] if position else 0), self.start + self.ends[position]

    def check_bucket(self, position: int, run: bytes) -> None:
        """Check that these are a bucket's bytes, counted within the shard. Raises ProofError for others."""
        if leaf_hash(run) != self.hashes[position]:
            raise ProofError("the bucket is not the one that its shard names")
        check_run(run)

    def prove(self, subject: str, run: bytes) -> BucketProof:
        """Return the proof for a subject from the bytes of its bucket. Raises ProofError for other bytes."""
        position = self._position(subject)
        self.check_bucket(position, run)
        bucket = self.number * len(self.hashes) + position
        return BucketProof(bucket, tuple(split_run(run)), (*self.tree.path(position), *self._above))

    def _position(self, subject: str) -> int:
        number, position = divmod(bucket_of(subject_key(subject), self.index.bits), len(self.hashes))
        if number != self.number:
            raise ProofError("the subject belongs into another shard")
        return position


def write_files(tree: DirectoryTree, *, log: str, size: int) -> DirectoryFiles:
    """Return all files of a directory over the first ``size`` entries of a log."""
    return DirectoryFiles(write_index(tree, log=log, size=size), write_shards(tree, range(shard_count(tree.bits))))


def write_index(tree: DirectoryTree, *, log: str, size: int) -> bytes:
    """Return the index of a directory over the first ``size`` entries of a log."""
    shards = [b64u(root) for root in _shard_roots(tree)]
    members = {"v": 1, "log": log, "size": size, "bits": tree.bits, "root": b64u(tree.root), "shards": shards}
    return canonical(members) + b"\n"


def write_shards(tree: DirectoryTree, numbers: Iterable[int]) -> dict[str, bytes]:
    """Return shards of a directory by their names."""
    roots, width = _shard_roots(tree), len(tree.runs) // shard_count(tree.bits)
    shards = {}
    for number in numbers:
        part = slice(number * width, (number + 1) * width)
        shards[roots[number].hex()] = write_shard(tree.runs[part], tree.tree.levels[0][part])
    return shards


def write_shard(runs: Sequence[bytes], hashes: Sequence[bytes]) -> bytes:
    """Return the file of a shard: its buckets behind their lengths and hashes."""
    # Canonical JSON, written directly: numbers and base64url have one form.
    text, lengths = b64u(b"".join(hashes)), ",".join([str(len(run)) for run in runs])
    return b"".join([f'{{"hashes":"{text}","lengths":[{lengths}],"v":1}}\n'.encode(), *runs])


def parse_index(data: bytes) -> IndexFile:
    """Return the index of a file; its shards lead to its root. Raises MalformedError, StatementError or ProofError."""
    index = read_model(IndexFile, read_object(data), what="directory index")
    if len(index.shards) != shard_count(index.bits):
        raise MalformedError("the directory index has not one line for each shard")
    if CompleteTree([unb64u(one) for one in index.shards]).root != unb64u(index.root):
        raise ProofError("the shards of the directory index do not lead to its root")
    return index


def shard_count(bits: int) -> int:
    """Return how many shards a directory has."""
    return 1 << min(SHARD_BITS, bits)


def shard_of(subject: str, bits: int) -> int:
    """Return the number of the shard that holds a subject's bucket."""
    return bucket_of(subject_key(subject), min(SHARD_BITS, bits))


def shard_path(index: IndexFile, number: int) -> str:
    """Return where a shard stands in the read plane."""
    return f"directory/shards/{unb64u(index.shards[number]).hex()}"


def open_head(index: IndexFile, number: int, line: bytes) -> ShardHead:
    """Return the first line of a shard, given with its line feed. Raises MalformedError or ProofError."""
    if not line.endswith(b"\n"):
        raise MalformedError("the first line of the shard does not end")
    read = read_model(_ShardLine, read_object(line), what="directory shard")
    joined = unb64u(read.hashes)
    hashes = [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
    width = (1 << index.bits) // len(index.shards)
    if len(read.lengths) != width or len(joined) != width * HASH_BYTES:
        raise MalformedError("the shard has not its number of buckets")
    tree = CompleteTree(hashes)
    if tree.root != unb64u(index.shards[number]):
        raise ProofError("the shard is not the one that the index names")
    return ShardHead(index, number, len(line), tuple(accumulate(read.lengths)), tree)


def open_shard(index: IndexFile, number: int, data: bytes) -> tuple[ShardHead, list[bytes]]:
    """Return a shard's head and the bytes of its buckets, all of them checked. Raises MalformedError or ProofError."""
    head = open_head(index, number, data[: data.find(b"\n") + 1])
    places = [head.place(position) for position in range(len(head.hashes))]
    runs = [data[first:end] for first, end in places]
    if places[-1][1] != len(data) or list(map(leaf_hash, runs)) != head.hashes:
        raise ProofError("the buckets are not those that their shard names")
    return head, runs


def prove_from_shard(index: IndexFile, shard: bytes, subject: str) -> BucketProof:
    """Return the proof for a subject out of the index and the shard's bytes. Raises MalformedError or ProofError."""
    head = open_head(index, shard_of(subject, index.bits), shard[: shard.find(b"\n") + 1])
    first, end = head.span(subject)
    return head.prove(subject, shard[first:end])


def _shard_roots(tree: DirectoryTree) -> list[bytes]:
    return tree.tree.levels[tree.bits - min(SHARD_BITS, tree.bits)]
