"""The SQL between API workers and the sequencer: the outbox, the sequencer's epoch, locks and wake-ups (PostgreSQL).

Rows never leave this module; connections are the callers', who commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, delete, func, insert, select, text, update

from registry.rows.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_OUTBOX = metadata.tables["outbox"]
_EPOCH = metadata.tables["sequencer_epoch"]
_ADVISORY_KEY = 0x73687275
"""The key of the sequencer's advisory lock ("shru"); PostgreSQL keeps such locks for each database apart."""
_NOW = cast(func.extract("epoch", func.now()), BigInteger)
"""The server's clock: one for all processes."""

_DECIDE = (
    "UPDATE outbox SET outcome = became, decided = extract(epoch FROM now())::bigint, request = ''"
    " FROM unnest(%s::bigint[], %s::text[]) AS decision (row, became) WHERE id = row"
)
WAKE_UP = "shirushi_outbox"
"""The channel on which a worker says that it wrote rows. Only a wake-up: a lost one costs a poll."""


@dataclass(frozen=True)
class Asked:
    """A request in the outbox that nobody decided yet."""

    row: int
    kind: str
    request: bytes


def add_requests(connection: Connection, requests: Iterable[tuple[str, bytes]]) -> list[int]:
    """Write kinds and bytes of requests, wake the sequencer at the commit, and return the rows in the same order.

    The commit need not be flushed: nothing is acknowledged before the sequencer's own commit, which comes after it.
    """
    connection.execute(text("SET LOCAL synchronous_commit = off"))
    rows = [{"kind": kind, "request": request} for kind, request in requests]
    statement = insert(_OUTBOX).returning(_OUTBOX.c.id, sort_by_parameter_order=True)
    written = list(connection.execute(statement, rows).scalars())
    wake(connection)
    return written


def wake(connection: Connection) -> None:
    """Wake the sequencer when this transaction is committed."""
    connection.execute(select(func.pg_notify(WAKE_UP, "")))


def open_requests(connection: Connection, most: int) -> list[Asked]:
    """Return the oldest requests that nobody decided."""
    query = select(_OUTBOX.c.id, _OUTBOX.c.kind, _OUTBOX.c.request).where(_OUTBOX.c.outcome.is_(None))
    rows = connection.execute(query.order_by(_OUTBOX.c.id).limit(most))
    return [Asked(row.id, row.kind, row.request) for row in rows]


def decide(connection: Connection, outcomes: Iterable[tuple[int, str]]) -> None:
    """Store what became of requests and blank what was asked; one statement for all of them."""
    connection.exec_driver_sql(_DECIDE, tuple(map(list, zip(*outcomes, strict=True))))


def outcomes(connection: Connection, rows: Iterable[int]) -> dict[int, str]:
    """Return what became of those of these requests that were decided."""
    query = select(_OUTBOX.c.id, _OUTBOX.c.outcome).where(_OUTBOX.c.id.in_(list(rows)), _OUTBOX.c.outcome.is_not(None))
    return {row.id: row.outcome for row in connection.execute(query)}


def forget_outcomes(connection: Connection, *, older: int) -> None:
    """Delete what was decided more than so many seconds ago: whoever asked has the answer, or asks again."""
    connection.execute(delete(_OUTBOX).where(_OUTBOX.c.decided < _NOW - older))


def take_lock(connection: Connection) -> bool:
    """Take the sequencer's lock for this session; False when another session has it."""
    # A process that freezes inside a group must not keep its successor out for ever.
    connection.execute(text("SET idle_in_transaction_session_timeout = '60s'"))
    return bool(connection.execute(select(func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar_one())


def session_id(connection: Connection) -> int:
    """Return the number of the server's process behind this session."""
    return int(connection.execute(select(func.pg_backend_pid())).scalar_one())


def raise_epoch(connection: Connection) -> int:
    """Begin a new epoch and return it. Waits for the group that a former sequencer is committing."""
    raised = update(_EPOCH).values(epoch=_EPOCH.c.epoch + 1).returning(_EPOCH.c.epoch)
    return int(connection.execute(raised).scalar_one())


def hold_epoch(connection: Connection) -> tuple[int, int]:
    """Keep the epoch from being raised before this transaction ends; return it and the session's number."""
    row = connection.execute(select(_EPOCH.c.epoch, func.pg_backend_pid()).with_for_update(of=_EPOCH)).one()
    return int(row[0]), int(row[1])
