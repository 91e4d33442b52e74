"""What the log says about a body or an expert, read entry by entry from the read plane.

What is read here spares a desk a refusal later; nothing about it is judged. Admission judges it again, and so does
every verifier.
"""

from __future__ import annotations

from collections.abc import Iterator

from issuer.submit import RegistryClient
from verifier.errors import RefusedError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader
from verifier.replay.history import fold_object
from verifier.replay.listed_records import ExpertRecord
from verifier.replay.records import BodyRecord, Entry
from verifier.statement import parse_statement

AGAIN = "Run the same command again in a minute."


def check_expert_listed(registry: RegistryClient, uri: str, *, at: int) -> None:
    """Check that the log lists the expert (its URI) for the instant ``at``.

    Raises RefusedError, or UnavailableError while the read plane does not show what the log holds.
    """
    entries, size = _entries(registry, uri)
    record = fold_object(entries) if entries else None
    if not isinstance(record, ExpertRecord) or not record.is_listed(at, index=size):
        raise RefusedError(
            f"the log does not list expert {uri.rpartition('/')[2]} for that day",
            hint="Check the register number, or ask an expert who is listed.",
        )


def check_tester_listed(registry: RegistryClient, uri: str, *, at: int) -> None:
    """Check that the log lists the body (its URI) for technical verification at the instant ``at``.

    Raises RefusedError, or UnavailableError while the read plane does not show what the log holds.
    """
    entries, size = _entries(registry, uri)
    record = fold_object(entries) if entries else None
    terms = record.active_terms(size) if isinstance(record, BodyRecord) else None
    if not isinstance(record, BodyRecord) or terms is None:
        raise RefusedError(f"the log does not list {uri} as active", hint="Check the body's number.")
    if record.role != "technical_verification":
        raise RefusedError(
            f"{uri} is listed for {record.role}, not for technical verification", hint="Check the body's number."
        )
    if not terms.begins <= at < terms.ends:
        raise RefusedError(
            f"the designation of {uri} does not cover the day of the test",
            hint="The test counts only on a day of the designation: have it done again by a designated body.",
        )


def _entries(registry: RegistryClient, uri: str) -> tuple[list[Entry], int]:
    """Return all entries about an object, oldest first, and the size of the log that they were read from."""
    head = registry.head_of(uri)
    if head is None:
        return [], 0
    size = SignedCheckpoint.parse(registry.fetcher.fetch("log/checkpoint")).checkpoint.size
    if head >= size:
        raise UnavailableError(f"the newest entry about {uri} is not published yet", hint=AGAIN)
    return list(_chain(TileReader(registry.fetcher.fetch, size), head))[::-1], size


def _chain(reader: TileReader, head: int) -> Iterator[Entry]:
    at: int | None = head
    while at is not None:
        data = reader.entry(at)
        statement = parse_statement(data)
        yield Entry(at, leaf_hash(data), statement)
        at = statement.prev if statement.prev is not None and statement.prev < at else None
