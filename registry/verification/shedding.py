"""Shedding load: what is more than the service can judge at a time is told at once to come again, and costs nothing.

A queue that grows answers everybody late and the last ones never. So a question waits only behind a bounded number of
others. (Goodput under overload: docs/explanation/overload.md.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.problems import problem
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

RETRY_AFTER = 1


class Shedding:
    """ASGI middleware: with ``most`` requests in it, the next one gets 503 and Retry-After."""

    def __init__(self, app: ASGIApp, *, most: int, host: str) -> None:
        self._app = app
        self._most = most
        self._host = host
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or tell it to come again."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            error = UnavailableError("more is asked than can be answered now", hint="Ask again in a moment.")
            answer = problem(self._host, error)
            answer.headers["Retry-After"] = str(RETRY_AFTER)
            await answer(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
