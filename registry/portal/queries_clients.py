"""The SQL about clients: who they are, their access tokens and assertions, what they were answered before.

Rows never leave this module; connections are the callers', who commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.portal.client import Client
from registry.portal.tables import (
    ACCESS_TOKEN,
    ANSWERED,
    CLIENT,
    DELIVERY,
    DIGEST,
    ENDPOINT,
    EVENT,
    SIGNING_SECRET,
    USED_ASSERTION,
    WATCH,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row, Table


def add_client(connection: Connection, client: Client) -> None:
    """Store a client."""
    connection.execute(insert(CLIENT), vars(client))


def all_clients(connection: Connection) -> list[Client]:
    """Return every client."""
    return [_client(row) for row in connection.execute(select(CLIENT).order_by(CLIENT.c.made, CLIENT.c.id))]


def client_of(connection: Connection, id: str) -> Client | None:
    """Return the client of an id."""
    row = connection.execute(select(CLIENT).where(CLIENT.c.id == id)).first()
    return _client(row) if row else None


def hold_clients(connection: Connection, ids: Collection[str]) -> None:
    """Let no other transaction that holds one of these clients go on before this one is done.

    What a client has is counted, and its events are numbered, in transactions that hold it: so the events of a client
    become visible in the order of their numbers, and whoever read up to one has missed none before it. It comes first
    in a transaction, before rows that another one locks while it waits for the client. SQLite has one writer anyway.
    """
    connection.execute(select(CLIENT.c.id).where(CLIENT.c.id.in_(ids)).order_by(CLIENT.c.id).with_for_update())


def client_of_token(connection: Connection, sha256: str, now: int) -> Client | None:
    """Return the client of an access token that has not ended."""
    held = ACCESS_TOKEN.c
    query = select(CLIENT).join(ACCESS_TOKEN, held.client == CLIENT.c.id)
    row = connection.execute(query.where(held.sha256 == sha256, held.until > now)).first()
    return _client(row) if row else None


def revoke_client(connection: Connection, id: str, now: int) -> bool:
    """Revoke a client that is not revoked yet and delete what it kept; say whether there was one."""
    revoked = update(CLIENT).where(CLIENT.c.id == id, CLIENT.c.revoked.is_(None)).values(revoked=now)
    if not connection.execute(revoked).rowcount:
        return False
    own = select(ENDPOINT.c.id).where(ENDPOINT.c.client == id)
    connection.execute(delete(SIGNING_SECRET).where(SIGNING_SECRET.c.endpoint.in_(own)))
    for table in (ACCESS_TOKEN, USED_ASSERTION, ANSWERED, WATCH, ENDPOINT, EVENT, DELIVERY, DIGEST):
        connection.execute(delete(table).where(table.c.client == id))
    return True


def keep_token(connection: Connection, sha256: str, client: str, until: int) -> None:
    """Store an access token."""
    connection.execute(insert(ACCESS_TOKEN), {"sha256": sha256, "client": client, "until": until})


def use_assertion(connection: Connection, client: str, jti: str, until: int) -> bool:
    """Note that an assertion was used; say whether it was not before."""
    return insert_new(connection, USED_ASSERTION, {"client": client, "jti": jti, "until": until})


def begin_answer(connection: Connection, client: str, key: str, fingerprint: str, now: int) -> bool:
    """Note that a request is being answered in this transaction; say whether it was not before."""
    row = {"client": client, "key": key, "fingerprint": fingerprint, "status": 0, "answer": b"", "at": now}
    return insert_new(connection, ANSWERED, row)


def keep_answer(connection: Connection, client: str, key: str, status: int, answer: bytes) -> None:
    """Store what a request was answered."""
    own = (ANSWERED.c.client == client) & (ANSWERED.c.key == key)
    connection.execute(update(ANSWERED).where(own).values(status=status, answer=answer))


def answer_before(connection: Connection, client: str, key: str) -> tuple[str, int, bytes] | None:
    """Return fingerprint, status and answer of the request that was sent under this key, None where none was."""
    own = (ANSWERED.c.client == client) & (ANSWERED.c.key == key)
    row = connection.execute(select(ANSWERED.c.fingerprint, ANSWERED.c.status, ANSWERED.c.answer).where(own)).first()
    return (str(row[0]), int(row[1]), bytes(row[2])) if row else None


def forget_answer(connection: Connection, client: str, key: str, before: int) -> None:
    """Delete what a request was answered before that time."""
    own = (ANSWERED.c.client == client) & (ANSWERED.c.key == key)
    connection.execute(delete(ANSWERED).where(own, ANSWERED.c.at < before))


def forget_answers_with(connection: Connection, client: str, text: str) -> None:
    """Delete what a client was answered in which a text stands."""
    kept = select(ANSWERED.c.key, ANSWERED.c.answer).where(ANSWERED.c.client == client)
    keys = [key for key, answer in connection.execute(kept) if text.encode() in bytes(answer)]
    connection.execute(delete(ANSWERED).where(ANSWERED.c.client == client, ANSWERED.c.key.in_(keys)))


def forget_ended(connection: Connection, *, now: int, answers_before: int) -> None:
    """Delete tokens and assertions that have ended, and answers from before that time."""
    connection.execute(delete(ACCESS_TOKEN).where(ACCESS_TOKEN.c.until <= now))
    connection.execute(delete(USED_ASSERTION).where(USED_ASSERTION.c.until <= now))
    connection.execute(delete(ANSWERED).where(ANSWERED.c.at < answers_before))


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless there is one of its key; waits for a transaction that is inserting the same."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(table).values(row).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
    return connection.execute(new).first() is not None


def _client(row: Row[Any]) -> Client:
    return Client(**row._mapping)
