"""The SQL about digests: one for each client at most. Rows never leave this module; who calls commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import delete, func, insert, select, update

from registry.portal.tables import DIGEST, EVENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row

Period = Literal["daily", "weekly", "at_once"]
AT_ONCE: Literal["at_once"] = "at_once"
"""The period of a following: its letters leave when something is to be told, and else never."""
NEVER = 2**53
ENDED = "ended"


@dataclass(frozen=True)
class Digest:
    """A client's digest. ``code_sha256`` is None once the address was confirmed; ``after`` is the last event told.

    ``stopped`` is the code of why nothing is sent any more, empty where something is.
    """

    client: str
    address: str
    period: Period
    lang: str
    made: int
    due: int
    after: int
    code_sha256: str | None
    stopped: str = ""


def digest_of(connection: Connection, client: str) -> Digest | None:
    """Return a client's digest."""
    row = connection.execute(select(DIGEST).where(DIGEST.c.client == client)).first()
    return _digest(row) if row else None


def put_digest(connection: Connection, new: Digest) -> None:
    """Store a client's digest in the place of another one."""
    connection.execute(delete(DIGEST).where(DIGEST.c.client == new.client))
    connection.execute(insert(DIGEST), vars(new))


def end_digest(connection: Connection, client: str) -> bool:
    """Forget the address of a client's digest, and keep when a code was sent; say whether there was one."""
    here = (DIGEST.c.client == client) & (DIGEST.c.stopped != ENDED)
    ended = update(DIGEST).where(here).values(address="", code_sha256=None, stopped=ENDED)
    return bool(connection.execute(ended).rowcount)


def delete_digest(connection: Connection, client: str) -> None:
    """Delete a digest of which no letter went out."""
    connection.execute(delete(DIGEST).where(DIGEST.c.client == client))


def due_digests(connection: Connection, *, now: int, most: int) -> list[Digest]:
    """Return digests whose time has come, of addresses that were confirmed."""
    ready = DIGEST.c.code_sha256.is_(None) & (DIGEST.c.stopped == "") & (DIGEST.c.due <= now)
    query = select(DIGEST).where(ready).order_by(DIGEST.c.due).limit(most)
    return [_digest(row) for row in connection.execute(query)]


def move_digest(connection: Connection, old: Digest, *, due: int, after: int, stopped: str = "") -> bool:
    """Note what is told and when the next is due; say whether the digest still was as the caller read it."""
    here = (DIGEST.c.client == old.client) & (DIGEST.c.due == old.due) & (DIGEST.c.after == old.after)
    moved = update(DIGEST).where(here, DIGEST.c.made == old.made).values(due=due, after=after, stopped=stopped)
    return bool(connection.execute(moved).rowcount)


def lock_digest(connection: Connection, client: str) -> None:
    """Let nobody else change a client's digest until this transaction ends: what is told is read under it."""
    connection.execute(update(DIGEST).where(DIGEST.c.client == client).values(made=DIGEST.c.made))


def call_at_once(connection: Connection, clients: Collection[str], *, now: int) -> None:
    """Make digests due whose letters leave at once; in the transaction in which the events are stored."""
    here = DIGEST.c.client.in_(clients) & (DIGEST.c.period == AT_ONCE)
    connection.execute(update(DIGEST).where(here).values(due=now))


def newest_event(connection: Connection, client: str) -> int:
    """Return the place of a client's newest event, 0 where there is none."""
    return int(connection.execute(select(func.max(EVENT.c.no)).where(EVENT.c.client == client)).scalar() or 0)


def payloads_between(connection: Connection, client: str, *, after: int, last: int, most: int) -> list[bytes]:
    """Return the payloads of a client's events about watches, oldest first."""
    here = (EVENT.c.client == client) & (EVENT.c.no > after) & (EVENT.c.no <= last) & (EVENT.c.watch != "")
    query = select(EVENT.c.payload).where(here).order_by(EVENT.c.no).limit(most)
    return [bytes(one) for one in connection.execute(query).scalars()]


def _digest(row: Row[Any]) -> Digest:
    told = dict(row._mapping)
    return Digest(**{**told, "period": cast("Period", told["period"])})
