"""The SQL of delivering: endpoints with their secrets, and the outbox under a lease. Every query takes a client's id,
but for the worker's, who works for all.

Rows never leave this module; connections are the callers', who commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, update

from registry.portal.tables import DELIVERY, ENDPOINT, EVENT, SIGNING_SECRET
from registry.portal.webhook_signature import SigningSecret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

GONE = "gone"
"""Why an endpoint is stopped: it answered 410."""


@dataclass(frozen=True)
class Endpoint:
    """Where a client's events go; ``stopped`` says why nothing is sent there any more."""

    id: str
    client: str
    url: str
    made: int
    stopped: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint; ``state`` is pending, delivered or dead."""

    id: str
    event: str
    endpoint: str
    state: str
    attempts: int
    due: int
    status: int | None
    reason: str
    changed: int


@dataclass(frozen=True)
class Parcel:
    """A delivery that a worker has in hand, with what is to be sent."""

    id: str
    event: str
    payload: bytes
    attempts: int


@dataclass(frozen=True)
class Claimed:
    """Deliveries to one endpoint that one worker may make until its lease ends."""

    lease: str
    endpoint: str
    url: str
    secrets: tuple[SigningSecret, ...]
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True)
class Result:
    """What became of an attempt. ``due`` is the time of the next one; for a delivery that ended, of its end."""

    id: str
    state: str
    attempts: int
    due: int
    status: int | None
    reason: str


def add_endpoint(connection: Connection, endpoint: Endpoint, secret: SigningSecret) -> None:
    """Store an endpoint with its first secret."""
    connection.execute(insert(ENDPOINT), {**vars(endpoint), "lease": "", "leased_until": 0})
    add_secret(connection, endpoint.id, secret)


def add_secret(connection: Connection, endpoint: str, secret: SigningSecret) -> None:
    """Store a secret of an endpoint."""
    connection.execute(insert(SIGNING_SECRET), {"endpoint": endpoint, **vars(secret)})


def end_secrets(connection: Connection, endpoint: str, *, now: int, until: int) -> None:
    """Let the secrets of an endpoint that have no end hold until that time, and delete those that ended."""
    own = SIGNING_SECRET.c.endpoint == endpoint
    connection.execute(delete(SIGNING_SECRET).where(own, SIGNING_SECRET.c.until <= now))
    connection.execute(update(SIGNING_SECRET).where(own, SIGNING_SECRET.c.until.is_(None)).values(until=until))


def secrets_of(connection: Connection, endpoint: str, *, now: int) -> tuple[SigningSecret, ...]:
    """Return the secrets of an endpoint that hold, the newest first."""
    holds = or_(SIGNING_SECRET.c.until.is_(None), SIGNING_SECRET.c.until > now)
    query = select(SIGNING_SECRET).where(SIGNING_SECRET.c.endpoint == endpoint, holds)
    rows = connection.execute(query.order_by(SIGNING_SECRET.c.no.desc()))
    return tuple(SigningSecret(bytes(row.shared), bytes(row.seed), row.until) for row in rows)


def endpoint_of(connection: Connection, client: str, id: str) -> Endpoint | None:
    """Return a client's endpoint."""
    row = connection.execute(select(ENDPOINT).where(ENDPOINT.c.client == client, ENDPOINT.c.id == id)).first()
    return _endpoint(row) if row else None


def endpoints_of(connection: Connection, client: str) -> list[Endpoint]:
    """Return a client's endpoints."""
    rows = connection.execute(select(ENDPOINT).where(ENDPOINT.c.client == client).order_by(ENDPOINT.c.no))
    return [_endpoint(row) for row in rows]


def delete_endpoint(connection: Connection, client: str, id: str) -> bool:
    """Delete a client's endpoint with its secrets and deliveries; say whether there was one."""
    if not connection.execute(delete(ENDPOINT).where(ENDPOINT.c.client == client, ENDPOINT.c.id == id)).rowcount:
        return False
    connection.execute(delete(SIGNING_SECRET).where(SIGNING_SECRET.c.endpoint == id))
    connection.execute(delete(DELIVERY).where(DELIVERY.c.client == client, DELIVERY.c.endpoint == id))
    return True


def add_delivery(connection: Connection, row: dict[str, Any]) -> None:
    """Store a delivery."""
    connection.execute(insert(DELIVERY), row)


def delivery_of(connection: Connection, client: str, id: str) -> Delivery | None:
    """Return a client's delivery."""
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.client == client, DELIVERY.c.id == id)).first()
    return _delivery(row) if row else None


def deliveries_of(connection: Connection, client: str, *, state: str | None, after: int, most: int) -> list[Delivery]:
    """Return a client's deliveries in the order in which they were made, of one state or of all."""
    query = select(DELIVERY).where(DELIVERY.c.client == client, DELIVERY.c.no > after)
    query = query if state is None else query.where(DELIVERY.c.state == state)
    return [_delivery(row) for row in connection.execute(query.order_by(DELIVERY.c.no).limit(most))]


def replay(connection: Connection, client: str, id: str, *, now: int) -> bool:
    """Let a delivery that ended begin anew; say whether it had ended and its endpoint is still sent to."""
    own = (DELIVERY.c.client == client) & (DELIVERY.c.id == id) & (DELIVERY.c.state != "pending")
    open_ = select(ENDPOINT.c.id).where(ENDPOINT.c.client == client, ENDPOINT.c.stopped.is_(None))
    own &= DELIVERY.c.endpoint.in_(open_)
    anew = update(DELIVERY).where(own).values(state="pending", attempts=0, due=now, reason="", changed=now)
    return bool(connection.execute(anew).rowcount)


def claim(connection: Connection, *, lease: str, now: int, until: int, most: int) -> Claimed | None:
    """Take the endpoint with the oldest delivery that is due and nobody has in hand; None where there is none."""
    is_due = (DELIVERY.c.state == "pending") & (DELIVERY.c.due <= now)
    free = (ENDPOINT.c.leased_until <= now) & ENDPOINT.c.stopped.is_(None)
    oldest = select(ENDPOINT).join(DELIVERY, DELIVERY.c.endpoint == ENDPOINT.c.id).where(is_due, free)
    oldest = oldest.order_by(DELIVERY.c.due, DELIVERY.c.no).limit(1).with_for_update(skip_locked=True, of=ENDPOINT)
    row = connection.execute(oldest).first()
    if row is None:
        return None
    leased = update(ENDPOINT).where(ENDPOINT.c.no == row.no, ENDPOINT.c.leased_until <= now)
    if not connection.execute(leased.values(lease=lease, leased_until=until)).rowcount:
        return None
    query = select(DELIVERY.c.id, DELIVERY.c.event, EVENT.c.payload, DELIVERY.c.attempts)
    query = query.join(EVENT, EVENT.c.id == DELIVERY.c.event).where(DELIVERY.c.endpoint == row.id, is_due)
    parcels = connection.execute(query.order_by(DELIVERY.c.due, DELIVERY.c.no).limit(most))
    secrets = secrets_of(connection, row.id, now=now)
    taken = tuple(Parcel(one.id, one.event, bytes(one.payload), one.attempts) for one in parcels)
    return Claimed(lease, row.id, row.url, secrets, taken)


def settle(connection: Connection, claimed: Claimed, results: Iterable[Result], *, now: int) -> None:
    """Store what became of the attempts and give the endpoint back, if it is still this worker's."""
    for one in results:
        row = {**vars(one), "changed": now}
        own = (DELIVERY.c.id == row.pop("id")) & (DELIVERY.c.state == "pending")
        connection.execute(update(DELIVERY).where(own).values(row))
    mine = (ENDPOINT.c.id == claimed.endpoint) & (ENDPOINT.c.lease == claimed.lease)
    connection.execute(update(ENDPOINT).where(mine).values(lease="", leased_until=0))


def stop_endpoint(connection: Connection, endpoint: str, *, reason: str, now: int) -> None:
    """Send nothing more to an endpoint: what was on its way there is dead."""
    connection.execute(update(ENDPOINT).where(ENDPOINT.c.id == endpoint).values(stopped=reason))
    waiting = (DELIVERY.c.endpoint == endpoint) & (DELIVERY.c.state == "pending")
    connection.execute(update(DELIVERY).where(waiting).values(state="dead", reason=reason, changed=now))


def count_deliveries(connection: Connection, state: str) -> int:
    """Return how many deliveries of all clients are in a state."""
    return int(connection.execute(select(func.count()).where(DELIVERY.c.state == state)).scalar_one())


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(row.id, row.client, row.url, row.made, row.stopped)


def _delivery(row: Row[Any]) -> Delivery:
    names = Delivery.__dataclass_fields__
    return Delivery(**{name: value for name, value in row._mapping.items() if name in names})
