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

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from registry.portal.client import Client
    from registry.rows.database import Database
    from verifier.injected import Clock

KEPT = 86_400


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

    def do(self, wished: Wish, status: int, act: Callable[[Connection], dict[str, Any]]) -> Response:
        """Answer with what ``act`` returns, or with what it returned before. Raises KeyReusedError, and as it does.

        What is refused leaves no trace: the key can be sent again.
        """
        client, key = wished.client.id, wished.key
        with self.database.write() as connection:
            queries.forget_answer(connection, client, key, self.now() - KEPT)
            if queries.begin_answer(connection, client, key, wished.fingerprint, self.now()):
                answer = canonical(act(connection))
                queries.keep_answer(connection, client, key, status, answer)
            else:
                fingerprint, status, answer = queries.answer_before(connection, client, key)
                if fingerprint != wished.fingerprint:
                    raise KeyReusedError("this key came with another request", hint="Take a new Idempotency-Key.")
        return Response(answer, status, media_type="application/json", headers=ANSWER_HEADERS)
