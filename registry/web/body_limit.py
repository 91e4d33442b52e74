"""A cap on request bodies, applied before anything reads them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from registry.web.problems import http_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


BODY_WITHIN = 10.0
"""Seconds that a client has to send its body."""
LARGE_BODY_WITHIN = 120.0
"""Seconds for a body of more than LARGE bytes: a list goes up a slow line."""
LARGE = 16_777_216


class BodyLimit:
    """ASGI middleware: a body too large (413) or too slow (408) never reaches the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        most_bytes: int,
        host: str,
        larger: Mapping[str, int] | None = None,
        most_together: int | None = None,
    ) -> None:
        """Let through ``most_bytes``; ``larger`` names the paths that take more.

        Where all bodies that are held have ``most_together`` bytes, the next one is told to come again (503).
        """
        self._app = app
        self._most_together = most_together
        self._together = 0
        self._most_bytes = most_bytes
        self._larger = larger or {}
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body whole, then hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held = [0]
        try:
            body = await self._read(scope, receive, send, held)
            if body is not None:
                await self._hand_on(scope, receive, send, body)
        finally:
            self._together -= held[0]

    async def _read(self, scope: Scope, receive: Receive, send: Send, held: list[int]) -> bytes | None:
        """Return the whole body; None when an answer was sent in its place, or nobody is there any more."""
        body, is_more = bytearray(), True
        most_bytes = self._larger.get(scope["path"], self._most_bytes)
        within = LARGE_BODY_WITHIN if most_bytes > LARGE else BODY_WITHIN
        deadline = asyncio.get_running_loop().time() + within
        while is_more:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                await http_problem(self._host, 408)(scope, receive, send)
                return None
            if message["type"] != "http.request":
                return None
            part = message.get("body", b"")
            body += part
            held[0] += len(part)
            self._together += len(part)
            is_more = message.get("more_body", False)
            if len(body) > most_bytes:
                await http_problem(self._host, 413)(scope, receive, send)
                return None
            if self._most_together is not None and self._together > self._most_together:
                await http_problem(self._host, 503, headers={"Retry-After": "5"})(scope, receive, send)
                return None
        return bytes(body)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
