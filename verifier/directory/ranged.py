"""Looking up by ranges: the first line of a shard and one bucket out of it, instead of the whole shard (RFC 9110).

Who answers learns the bucket, which about 32 organisations, marks and keys share, and nothing more. Whoever wants to
tell less fetches the whole shard, and tells nothing with a copy of the directory (copying.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from verifier.directory.files import IndexFile, ShardHead, open_head, shard_of, shard_path
from verifier.errors import MalformedError

if TYPE_CHECKING:
    from verifier.directory.tree import BucketProof

FIRST_BYTES = 16_384
"""Enough for the first line of a shard with 256 buckets."""

MOST_HEAD_BYTES = 16_777_216


class RangeFetcher(Protocol):
    """Reads parts of published files."""

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to, not including, ``end``; fewer where the file ends before.

        Raises NotFoundError where there is no such file, UnavailableError when it cannot tell.
        """
        ...


class RangedDirectory:
    """The directory behind a proven index, of which only the asked for buckets are fetched."""

    def __init__(self, fetcher: RangeFetcher, index: IndexFile) -> None:
        self._fetcher = fetcher
        self._index = index
        self._heads: dict[int, tuple[ShardHead, bytes]] = {}

    def prove(self, subject: str) -> BucketProof:
        """Return the proof for a subject, fetching only its bucket and what leads to it.

        Raises MalformedError or ProofError for bytes that are not those of the index, and as fetching does.
        """
        number = shard_of(subject, self._index.bits)
        path = shard_path(self._index, number)
        if number not in self._heads:
            self._heads[number] = self._head(path, number)
        head, known = self._heads[number]
        first, end = head.span(subject)
        run = known[first:end] if end <= len(known) else self._fetcher.fetch_range(path, first, end)
        return head.prove(subject, run)

    def _head(self, path: str, number: int) -> tuple[ShardHead, bytes]:
        known = b""
        while len(known) < MOST_HEAD_BYTES:
            part = self._fetcher.fetch_range(path, len(known), max(FIRST_BYTES, 2 * len(known)))
            known += part
            line, feed, _ = known.partition(b"\n")
            if feed:
                return open_head(self._index, number, line + feed), known
            if not part:
                break
        raise MalformedError("the shard has no first line")
