"""The directory as files: an index and up to 256 content-addressed shards.

Unchanged shards are shared by epochs. Index: canonical JSON. Shard: one line of canonical JSON that holds the offset
and the length of each bucket, then the buckets, each a run of lines. Asking for a shard does not tell whom one checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.directory.record import subject_key
from verifier.directory.tree import BucketProof, DirectoryTree, bucket_of, bucket_root
from verifier.encoding import b64u, canonical, digest, read_object, sha256, unb64u
from verifier.errors import MalformedError, ProofError
from verifier.log.merkle import leaf_hash
from verifier.log.tree import MemoryTree, inclusion_path
from verifier.schema import Closed, Digest, Index, Many, One, read_model

SHARD_BITS = 8


class ShardLine(Closed):
    """One shard: the root of its subtree and the SHA-256 of its file."""

    tree: Digest
    file: Digest


class IndexFile(Closed):
    """The index of one epoch."""

    v: One
    log: Annotated[str, Field(max_length=120)]
    size: Index
    bits: Annotated[int, Field(ge=0, le=24)]
    root: Digest
    shards: Annotated[Many[ShardLine], Field(min_length=1, max_length=1 << SHARD_BITS)]


class _ShardHead(Closed):
    v: One
    buckets: Many[Many[int]]


@dataclass(frozen=True)
class DirectoryFiles:
    """All files of one epoch; ``shards`` maps the SHA-256 in hex to the bytes."""

    index: bytes
    shards: dict[str, bytes]

    @property
    def index_sha256(self) -> str:
        """Digest of the index's bytes, as it is logged."""
        return digest(self.index)


def write_files(tree: DirectoryTree, *, log: str, size: int) -> DirectoryFiles:
    """Return the files of a directory over the first ``size`` entries of a log."""
    count = 1 << min(SHARD_BITS, tree.bits)
    width = len(tree.buckets) // count
    shards, lines = {}, []
    for number in range(count):
        buckets = tree.buckets[number * width : (number + 1) * width]
        data = _shard(buckets)
        shards[sha256(data).hex()] = data
        lines.append({"tree": b64u(_subtree(buckets).root()), "file": digest(data)})
    index = {"v": 1, "log": log, "size": size, "bits": tree.bits, "root": b64u(tree.root), "shards": lines}
    return DirectoryFiles(canonical(index) + b"\n", shards)


def parse_index(data: bytes) -> IndexFile:
    """Return the index of a file. Raises MalformedError or StatementError."""
    index = read_model(IndexFile, read_object(data), what="directory index")
    if len(index.shards) != 1 << min(SHARD_BITS, index.bits):
        raise MalformedError("the directory index has not one line for each shard")
    return index


def shard_of(subject: str, bits: int) -> int:
    """Return the number of the shard that holds a subject's bucket."""
    return bucket_of(subject_key(subject), min(SHARD_BITS, bits))


def prove_from_shard(index: IndexFile, shard: bytes, subject: str) -> BucketProof:
    """Return the proof for a subject out of the index and the shard's bytes. Raises MalformedError or ProofError."""
    number = shard_of(subject, index.bits)
    if digest(shard) != index.shards[number].file:
        raise ProofError("the shard is not the one that the index names")
    buckets = _read_shard(shard)
    width = (1 << index.bits) // len(index.shards)
    if len(buckets) != width:
        raise MalformedError("the shard has not its number of buckets")
    bucket = bucket_of(subject_key(subject), index.bits)
    inner = inclusion_path(_subtree(buckets), bucket % width, width)
    outer = MemoryTree()
    for line in index.shards:
        outer.append(unb64u(line.tree))
    path = (*inner, *inclusion_path(outer, number, len(index.shards)))
    return BucketProof(bucket, tuple(buckets[bucket % width]), path)


def _subtree(buckets: list[list[bytes]]) -> MemoryTree:
    tree = MemoryTree()
    for bucket in buckets:
        tree.append(leaf_hash(bucket_root(bucket)))
    return tree


def _shard(buckets: list[list[bytes]]) -> bytes:
    runs = [b"".join(line + b"\n" for line in bucket) for bucket in buckets]
    places, offset = [], 0
    for run in runs:
        places.append([offset, len(run)])
        offset += len(run)
    head: dict[str, Any] = {"v": 1, "buckets": places}
    return canonical(head) + b"\n" + b"".join(runs)


def _read_shard(data: bytes) -> list[list[bytes]]:
    first, _, rest = data.partition(b"\n")
    head = read_model(_ShardHead, read_object(first), what="directory shard")
    buckets = []
    for place in head.buckets:
        if len(place) != 2 or min(place) < 0 or sum(place) > len(rest):
            raise MalformedError("a bucket lies outside its shard")
        run = rest[place[0] : sum(place)]
        buckets.append(run.split(b"\n")[:-1])
    return buckets
