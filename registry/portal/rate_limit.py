"""How often a client may ask: a quota for each minute, told in every answer.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-10, ``RateLimit-Policy`` and ``RateLimit``. Counts
are kept in memory: after a restart everybody begins anew.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from verifier.injected import Clock

WINDOW = 60
RATE = "shirushi.rate"
"""The member of the scope in which a request's rate stands, once it is known who asks."""


@dataclass(frozen=True)
class Rate:
    """What is left to a client: requests until ``reset`` seconds from now, out of ``quota``."""

    quota: int
    left: int
    reset: int
    is_over: bool

    def headers(self) -> dict[str, str]:
        """Return the header fields."""
        found = {
            "RateLimit-Policy": f'"client";q={self.quota};w={WINDOW}',
            "RateLimit": f'"client";r={self.left};t={self.reset}',
        }
        return found | ({"Retry-After": str(self.reset)} if self.is_over else {})


class RateLimit:
    """Counts requests of clients by full minutes."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._minute = -1
        self._asked = Counter[str]()
        self._lock = threading.Lock()

    def take(self, client: str, quota: int) -> Rate:
        """Count a request and return how it stands."""
        minute, second = divmod(self._now(), WINDOW)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._asked.clear()
            self._asked[client] += 1
            asked = self._asked[client]
        return Rate(quota, max(0, quota - asked), WINDOW - second, is_over=asked > quota)


class RateHeaders:
    """ASGI middleware: tells the rate in every answer to a client that is known, and lets nobody keep the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def telling(message: Message) -> None:
            rate = scope.get(RATE)
            if message["type"] == "http.response.start" and isinstance(rate, Rate):
                headers = MutableHeaders(scope=message)
                headers.update(rate.headers())
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, telling)
