"""Shedding load: a question waits behind a bounded number of others; beyond that it is told to come again.

A queue that grows answers everybody late and the last ones never. The refusal is made of bytes that stand ready, and
is held back for a moment: whoever asks again at once would otherwise take the time from those who are being answered.
Measured: bench/results/api.json, docs/explanation/overload.md.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from registry.web.problems import problem
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

RETRY_AFTER = 1
HELD_BACK = 0.5
"""Seconds until a refusal is told."""
MOST_HELD_BACK = 1000
"""Refusals that are held back at a time; further ones are told at once."""


class Shedding:
    """ASGI middleware: with ``most`` requests in it, the next one gets 503 and Retry-After."""

    def __init__(self, app: ASGIApp, *, most: int, host: str) -> None:
        self._app = app
        self._most = most
        self._inside = 0
        self._refused = 0
        self._held_back = 0
        refusal = problem(host, UnavailableError("more is asked than can be answered", hint="Ask again in a moment."))
        refusal.headers["Retry-After"] = str(RETRY_AFTER)
        self._headers, self._body = refusal.raw_headers, bytes(refusal.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or tell it to come again."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._inside >= self._most:
            await self.refuse(send)
        else:
            self._inside += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._inside -= 1

    def gauges(self) -> dict[str, tuple[str, Callable[[], float]]]:
        """Return the metrics for ``Observing``."""
        return {"inside": ("Requests that are being answered or wait for it.", lambda: float(self._inside))}

    def counters(self) -> dict[str, tuple[str, Callable[[], float]]]:
        """Return the counts for ``Observing``."""
        return {"shed": ("Requests that were told to come again.", lambda: float(self._refused))}

    async def refuse(self, send: Send) -> None:
        """Tell a request to come again, after a moment."""
        self._refused += 1
        if self._held_back < MOST_HELD_BACK:
            self._held_back += 1
            try:
                await asyncio.sleep(HELD_BACK)
            finally:
                self._held_back -= 1
        await send({"type": "http.response.start", "status": 503, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})
