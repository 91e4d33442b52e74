"""Whose key a caller of the verification service shows, told by the portal's database, which is read and not written.

Nobody has to show one: it only gives a larger share. What was told of a key is kept for a minute under its digest, so a
client that is revoked has its share for that long still.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio.to_thread

from registry.errors import NotAdmittedError
from registry.portal.clients import KEY, TOKEN, Clients
from verifier.encoding import digest
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.rows.database import Database
    from verifier.injected import Clock

HELD = 60.0
MOST_HELD = 10_000


class KnownClients:
    """The clients of one portal; ``open_database`` opens its database, which the portal itself makes."""

    def __init__(self, open_database: Callable[[], Database], *, now: Clock) -> None:
        self._open = open_database
        self._now = now
        self._clients: Clients | None = None
        self._told: dict[str, tuple[float, str | None]] = {}

    async def of(self, secret: str) -> str | None:
        """Return the client's id, None for what is nobody's key or token."""
        if not KEY.fullmatch(secret) and not TOKEN.fullmatch(secret):
            return None
        name, now = digest(secret.encode()), time.monotonic()
        until, client = self._told.get(name, (0.0, None))
        if until > now:
            return client
        client = await anyio.to_thread.run_sync(self._looked_up, secret)
        if len(self._told) >= MOST_HELD:
            self._told.clear()
        self._told[name] = (now + HELD, client)
        return client

    def _looked_up(self, secret: str) -> str | None:
        try:
            if self._clients is None:
                self._clients = Clients(self._open(), self._now, _no_entropy)
            return self._clients.by_secret(secret).id
        except NotAdmittedError:
            return None
        except MarkError:
            # Without the portal's database everybody has one share.
            return None


def _no_entropy(length: int) -> bytes:
    raise AssertionError(f"{length} random bytes were asked for where nothing is made")
