"""The entries about one object, read out of the published plane without replay: each names the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.reading.standing import standing_of
from verifier.directory.record import ObjectRecord
from verifier.errors import MalformedError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from verifier.gather import Fetcher
    from verifier.statement import Statement


def entries_of(fetcher: Fetcher, uri: str) -> list[tuple[int, Statement]]:
    """Return every entry about an object with its index, newest first.

    Raises NotFoundError where the latest directory holds nothing about it, EvidenceError for a file that is bad.
    """
    record = standing_of(fetcher, uri).record
    if not isinstance(record, ObjectRecord):
        raise MalformedError("the directory's record is not that of an object")
    return entries_from(fetcher, record.head)


def entries_from(fetcher: Fetcher, head: int) -> list[tuple[int, Statement]]:
    """Return the entry at ``head`` and those before it about the same object, newest first. Raises EvidenceError."""
    size = SignedCheckpoint.parse(fetcher.fetch("log/checkpoint")).checkpoint.size
    reader, found = TileReader(fetcher.fetch, size), []
    index: int | None = head
    while index is not None:
        statement = parse_statement(reader.entry(index))
        found.append((index, statement))
        if statement.prev is not None and statement.prev >= index:
            raise MalformedError(f"entry {index} follows a later one")
        index = statement.prev
    return found
