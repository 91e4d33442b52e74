"""What counts as recognised, kept beside a copy: the newest statements about recognitions and agreements, one a line.

The directory names the newest entry of every object by its hash, and the log publishes the entries. So the file is
complete as of its epoch, every line is what the directory names, and a line that went missing is found by that. Not in
it: recognitions that ended and agreements that are not in force, under which nothing counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.directory.files import open_shard, shard_path
from verifier.directory.record import ObjectRecord, parse_line
from verifier.encoding import b64u
from verifier.errors import ProofError
from verifier.log.merkle import leaf_hash
from verifier.names import agreement_uri, recognition_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.directory.files import IndexFile
    from verifier.gather import Fetcher
    from verifier.log.tile import TileReader

_COUNTING = {recognition_uri: "recorded", agreement_uri: "in_force"}


def recognitions_path(size: int) -> str:
    """Return where a copy keeps the statements of an epoch; a registry publishes no such file."""
    return f"directory/{size}/recognitions.txt"


def newest_recognitions(
    shards: Fetcher, index: IndexFile, *, host: str, log: TileReader, held: Iterable[bytes] = ()
) -> list[bytes]:
    """Return the newest statement about everything that counts as recognised in an epoch, in the order of the log.

    ``shards`` yields the shards of the index, checked before. ``held`` are statements that need not be read again.
    Raises ProofError for entries that the directory does not name, and as fetching does.
    """
    known = {b64u(leaf_hash(entry)): entry for entry in held}
    found = []
    parts = (shards.fetch(shard_path(index, number)) for number in range(len(index.shards)))
    for record in sorted(_counting(parts, host), key=lambda one: one.head):
        entry = known.get(record.leaf) or log.entry(record.head)
        if b64u(leaf_hash(entry)) != record.leaf:
            raise ProofError(f"entry {record.head} is not the one that the directory names")
        found.append(entry)
    return found


def leaves_that_count(shards: Fetcher, index: IndexFile, *, host: str) -> set[str]:
    """Return the hashes of the entries that the file of an epoch has to hold, out of all shards of the index.

    Raises MalformedError or ProofError for a shard that is not the index's, and as fetching does.
    """
    return {record.leaf for record in _counting(_proven_parts(shards, index), host)}


def _proven_parts(shards: Fetcher, index: IndexFile) -> Iterator[bytes]:
    for number in range(len(index.shards)):
        data = shards.fetch(shard_path(index, number))
        open_shard(index, number, data)
        yield data


def _counting(parts: Iterable[bytes], host: str) -> Iterator[ObjectRecord]:
    wanted = {b'"object":"' + uri(host, "").encode(): state for uri, state in _COUNTING.items()}
    for data in parts:
        for beginning, state in wanted.items():
            # Millions of lines are about something else: only those that begin like this are read.
            at = data.find(beginning)
            while at >= 0:
                start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
                record = parse_line(data[start : end if end >= 0 else len(data)])
                if isinstance(record, ObjectRecord) and record.state == state:
                    yield record
                at = data.find(beginning, at + 1)
