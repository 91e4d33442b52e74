"""Doing something once: the Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header-07).

What is done and what was answered are stored in one transaction, so a client that heard nothing sends the same again
and gets the answer that it missed. A key belongs to its client: another client's same key is another key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from registry.errors import KeyReusedError
from registry.portal import queries_clients as queries
from registry.web.web_api import ANSWER_HEADERS
from verifier.encoding import canonical, digest
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from registry.portal.client import Client
    from registry.rows.database import Database
    from verifier.injected import Clock

KEPT = 86_400


@dataclass(frozen=True)
class Otherwise:
    """An answer of another status than that of what was wished."""

    status: int
    members: dict[str, Any]


Answer = dict[str, Any] | Otherwise | None
"""What is told; None is an answer without a body."""


@dataclass(frozen=True)
class Wish:
    """A request that is to have its effect once: whose, under which key, and what is wished."""

    client: Client
    key: str
    fingerprint: str


def wish(client: Client, key: str, *wished: Any) -> Wish:
    """Return a wish; what is wished is the route, the object and the body."""
    return Wish(client, key, digest(canonical(list(wished))))


@dataclass(frozen=True)
class Once:
    """Does wishes in one database."""

    database: Database
    now: Clock

    def do(self, wished: Wish, status: int, act: Callable[[Connection], Answer]) -> Response:
        """Answer with what ``act`` returns, or with what it returned before. Raises KeyReusedError, and as it does.

        What is refused leaves no trace: the key can be sent again. ``act`` holds the client: what it counts stays so.
        """
        with self.database.write() as connection:
            queries.hold_clients(connection, [wished.client.id])
            found = self._begun(connection, wished)
            if found is None:
                found = _written(status, act(connection))
                queries.keep_answer(connection, wished.client.id, wished.key, *found)
        return _answered(*found)

    def do_outside(self, wished: Wish, status: int, act: Callable[[], Answer]) -> Response:
        """Do the same where ``act`` does something outside of the database, such as sending a letter.

        It is noted afterwards: if that fails, a repeated request is a new one. Raises KeyReusedError, and as it does.
        """
        client, key = wished.client.id, wished.key
        with self.database.write() as connection:
            queries.forget_answer(connection, client, key, self.now() - KEPT)
            before = queries.answer_before(connection, client, key)
        if before is not None:
            return _answered(*_same(before, wished))
        found = _written(status, act())
        with self.database.write() as connection:
            if self._begun(connection, wished) is None:
                queries.keep_answer(connection, client, key, *found)
        return _answered(*found)

    def delete(self, client: Client, key: str | None, object: str, act: Callable[[Connection], None]) -> Response:
        """Delete, under a key or without one: only under a key the second time is answered as the first was.

        What is there is deleted, also if it came after the first answer. Raises KeyReusedError, and as ``act`` does.
        """
        with self.database.write() as connection:
            queries.hold_clients(connection, [client.id])
            before = self._begun(connection, wish(client, key, "DELETE", object)) if key is not None else None
            try:
                act(connection)
            except NotFoundError:
                if before is None:
                    raise
            if key is not None and before is None:
                queries.keep_answer(connection, client.id, key, 204, b"")
        return _answered(204, b"")

    def _begun(self, connection: Connection, wished: Wish) -> tuple[int, bytes] | None:
        """Return what was answered under the key, None where it is new from now on. Raises KeyReusedError."""
        client, key = wished.client.id, wished.key
        queries.forget_answer(connection, client, key, self.now() - KEPT)
        if queries.begin_answer(connection, client, key, wished.fingerprint, self.now()):
            return None
        before = queries.answer_before(connection, client, key)
        return None if before is None else _same(before, wished)


def _same(before: tuple[str, int, bytes], wished: Wish) -> tuple[int, bytes]:
    fingerprint, status, answer = before
    if fingerprint != wished.fingerprint:
        raise KeyReusedError("this key came with another request", hint="Take a new Idempotency-Key.")
    return status, answer


def answered(status: int, told: Answer) -> Response:
    """Return what is told as an answer."""
    return _answered(*_written(status, told))


def _written(status: int, told: Answer) -> tuple[int, bytes]:
    if isinstance(told, Otherwise):
        return told.status, canonical(told.members)
    return status, b"" if told is None else canonical(told)


def _answered(status: int, answer: bytes) -> Response:
    media_type = "application/json" if answer else None
    return Response(answer or None, status, media_type=media_type, headers=ANSWER_HEADERS)
