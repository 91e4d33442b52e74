"""The SQL about watches, events and the outbox that is filled with them. Every query of a client's takes its id.

Rows never leave this module; connections are the callers', who commit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, func, insert, or_, select, update

from registry.portal.event import Event, new_id
from registry.portal.tables import DELIVERY, ENDPOINT, EVENT, WATCH
from registry.portal.watched import AnyKind, Seen, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Table

    from verifier.injected import Entropy

NEVER = -1
"""The entry of a watch that was not looked into yet."""


@dataclass(frozen=True)
class Watch:
    """One watch: whose, what is watched, and the answer that was seen last, over which entry of the directory."""

    no: int
    id: str
    client: str
    watched: Watched
    label: str
    made: int
    entry: int
    seen: dict[str, Any] | None


@dataclass(frozen=True)
class NewWatch:
    """A watch to be stored; the address of its feed is known by its digest alone."""

    id: str
    client: str
    watched: Watched
    label: str
    feed_sha256: str
    made: int


def count_watches(connection: Connection, client: str) -> int:
    """Return how many watches a client has."""
    return int(connection.execute(select(func.count()).where(WATCH.c.client == client)).scalar_one())


def add_watch(connection: Connection, new: NewWatch) -> None:
    """Store a watch."""
    row = {**vars(new), "kind": new.watched.kind, "object": new.watched.object, "entry": NEVER, "seen": None}
    del row["watched"]
    connection.execute(insert(WATCH), row)


def watch_of(connection: Connection, client: str, id: str) -> Watch | None:
    """Return a client's watch."""
    row = connection.execute(select(WATCH).where(WATCH.c.client == client, WATCH.c.id == id)).first()
    return _watch(row) if row else None


def watch_on(connection: Connection, client: str, watched: Watched) -> Watch | None:
    """Return a client's first watch of an object."""
    own = (WATCH.c.client == client) & (WATCH.c.kind == watched.kind) & (WATCH.c.object == watched.object)
    row = connection.execute(select(WATCH).where(own).order_by(WATCH.c.no)).first()
    return _watch(row) if row else None


def watches_of(connection: Connection, client: str, *, after: int, most: int) -> list[Watch]:
    """Return a client's watches in the order in which they were made."""
    query = select(WATCH).where(WATCH.c.client == client, WATCH.c.no > after).order_by(WATCH.c.no).limit(most)
    return [_watch(row) for row in connection.execute(query)]


def watch_of_feed(connection: Connection, feed_sha256: str) -> Watch | None:
    """Return the watch whose feed has this address."""
    row = connection.execute(select(WATCH).where(WATCH.c.feed_sha256 == feed_sha256)).first()
    return _watch(row) if row else None


def delete_watch(connection: Connection, client: str, id: str) -> bool:
    """Delete a client's watch; say whether there was one."""
    return bool(connection.execute(delete(WATCH).where(WATCH.c.client == client, WATCH.c.id == id)).rowcount)


def stale_watches(connection: Connection, *, entry: int, now: int, after: int, most: int) -> list[Watch]:
    """Return watches that were not looked into since that entry, or whose answer ended by the clock."""
    is_stale = or_(WATCH.c.entry < entry, WATCH.c.due <= now)
    query = select(WATCH).where(is_stale, WATCH.c.no > after).order_by(WATCH.c.no).limit(most)
    return [_watch(row) for row in connection.execute(query)]


def note_seen(connection: Connection, watch: Watch, seen: Seen, entry: int) -> bool:
    """Store the answer about a watch; say whether it still was as the caller read it."""
    answer = json.dumps(seen.answer, sort_keys=True)
    before = WATCH.c.seen.is_(None) if watch.seen is None else WATCH.c.seen == json.dumps(watch.seen, sort_keys=True)
    same = (WATCH.c.no == watch.no) & (WATCH.c.entry == watch.entry) & before
    noted = update(WATCH).where(same).values(seen=answer, entry=entry, due=seen.due)
    return bool(connection.execute(noted).rowcount)


def add_events(connection: Connection, events: Sequence[Event], *, entropy: Entropy) -> int:
    """Store events, and a delivery of each to every endpoint of its client; return how many deliveries.

    This is the outbox: in the transaction that notes what was seen.
    """
    if not events:
        return 0
    connection.execute(insert(EVENT), [vars(event) for event in events])
    clients = {event.client for event in events}
    query = select(ENDPOINT.c.client, ENDPOINT.c.id).where(ENDPOINT.c.client.in_(clients), ENDPOINT.c.stopped.is_(None))
    endpoints: dict[str, list[str]] = {}
    for client, endpoint in connection.execute(query):
        endpoints.setdefault(client, []).append(endpoint)
    pairs = [(event, endpoint) for event in events for endpoint in endpoints.get(event.client, ())]
    rows = [new_delivery(event, endpoint, entropy=entropy) for event, endpoint in pairs]
    if rows:
        connection.execute(insert(DELIVERY), rows)
    return len(rows)


def add_event(connection: Connection, event: Event) -> None:
    """Store an event without a delivery."""
    connection.execute(insert(EVENT), vars(event))


def new_delivery(event: Event, endpoint: str, *, entropy: Entropy) -> dict[str, Any]:
    """Return the row of a delivery that is due at once."""
    return {
        "id": new_id("dlv", entropy),
        "client": event.client,
        "event": event.id,
        "endpoint": endpoint,
        "state": "pending",
        "attempts": 0,
        "due": event.made,
        "status": None,
        "reason": "",
        "changed": event.made,
    }


def events_of(connection: Connection, client: str, *, after: int, most: int) -> list[Event]:
    """Return a client's events in the order in which they were made."""
    query = select(EVENT).where(EVENT.c.client == client, EVENT.c.no > after).order_by(EVENT.c.no).limit(most)
    return [_event(row) for row in connection.execute(query)]


def newest_events(connection: Connection, watch: str, *, most: int) -> list[Event]:
    """Return the newest events of a watch, the newest first."""
    query = select(EVENT).where(EVENT.c.watch == watch).order_by(EVENT.c.no.desc()).limit(most)
    return [_event(row) for row in connection.execute(query)]


def place_of(connection: Connection, table: Table, client: str, id: str) -> int | None:
    """Return where a client's own row stands in the order of its table."""
    query = select(table.c.no).where(table.c.client == client, table.c.id == id)
    return connection.execute(query).scalar_one_or_none()


def forget_events(connection: Connection, *, before: int) -> None:
    """Delete events from before that time with their deliveries; by then each was delivered or given up."""
    old = select(EVENT.c.id).where(EVENT.c.made < before)
    connection.execute(delete(DELIVERY).where(DELIVERY.c.event.in_(old)))
    connection.execute(delete(EVENT).where(EVENT.c.made < before))


def _watch(row: Row[Any]) -> Watch:
    seen = None if row.seen is None else json.loads(row.seen)
    watched = Watched(cast("AnyKind", row.kind), row.object)
    return Watch(row.no, row.id, row.client, watched, row.label, row.made, row.entry, seen)


def _event(row: Row[Any]) -> Event:
    return Event(row.id, row.client, row.watch, row.type, bytes(row.payload), row.made)
