"""A cap on request bodies, applied before anything reads them."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import TYPE_CHECKING

from registry.errors import ShareTakenError
from registry.web.problems import http_problem, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


BODY_WITHIN = 10.0
"""Seconds that a client has to send its body."""
LARGE_BODY_WITHIN = 120.0
"""Seconds for a body of more than LARGE bytes: a list goes up a slow line."""
LARGE = 16_777_216
SHARES = 4
"""One sender holds a quarter of what all may hold: bodies that never end must not keep those of others out."""
ORDINARY_TOGETHER = 1000
"""Ordinary bodies that are held at a time beside larger ones, which have a room of their own."""


class _Room:
    """Bytes of bodies that are held at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._together = 0
        self._held = Counter[str]()

    def take(self, sender: str, size: int) -> None:
        self._together += size
        self._held[sender] += size

    def give(self, sender: str, size: int) -> None:
        self._together -= size
        self._held[sender] -= size
        if not self._held[sender]:
            del self._held[sender]

    def is_full(self) -> bool:
        return self._together > self._most

    def is_over(self, sender: str) -> bool:
        return bool(sender) and self._held[sender] > self._most // SHARES


class BodyLimit:
    """ASGI middleware: a body too large (413) or too slow (408) never reaches the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        most_bytes: int,
        host: str,
        larger: Mapping[str, int] | None = None,
        most_together: int = sys.maxsize,
        sender_of: Callable[[Scope], str] = lambda scope: "",
    ) -> None:
        """Let through ``most_bytes``; ``larger`` names the paths that take more.

        Where all bodies that are held have ``most_together`` bytes, the next one is told to come again (503); bodies of
        the larger paths have a room of their own. ``sender_of`` names who sends: nobody holds more than a quarter of a
        room (429). Without a name there is no such share.
        """
        self._app = app
        self._sender_of = sender_of
        self._room = _Room(most_bytes * ORDINARY_TOGETHER if larger else most_together)
        self._larger_room = _Room(most_together)
        self._most_bytes = most_bytes
        self._larger = larger or {}
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body whole, then hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        room = self._larger_room if scope["path"] in self._larger else self._room
        sender, body = self._sender_of(scope), bytearray()
        try:
            if await self._read(scope, receive, send, body, lambda size: self._refusal(room, sender, size)):
                await self._hand_on(scope, receive, send, bytes(body))
        finally:
            room.give(sender, len(body))

    def _refusal(self, room: _Room, sender: str, size: int) -> Response | None:
        """Take bytes into a room; return the answer where they do not fit."""
        room.take(sender, size)
        if room.is_over(sender):
            error = ShareTakenError("you are sending your share of what is taken at a time", hint="Finish it first.")
            refusal = problem(self._host, error)
            refusal.headers["Retry-After"] = "5"
            return refusal
        return http_problem(self._host, 503, headers={"Retry-After": "5"}) if room.is_full() else None

    async def _read(
        self, scope: Scope, receive: Receive, send: Send, body: bytearray, take: Callable[[int], Response | None]
    ) -> bool:
        """Read the whole body; False when an answer was sent in its place, or nobody is there any more."""
        is_more = True
        most_bytes = self._larger.get(scope["path"], self._most_bytes)
        within = LARGE_BODY_WITHIN if most_bytes > LARGE else BODY_WITHIN
        deadline = asyncio.get_running_loop().time() + within
        while is_more:
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                await http_problem(self._host, 408)(scope, receive, send)
                return False
            if message["type"] != "http.request":
                return False
            part = message.get("body", b"")
            body += part
            is_more = message.get("more_body", False)
            refusal = take(len(part))
            if len(body) > most_bytes:
                refusal = http_problem(self._host, 413)
            if refusal is not None:
                await refusal(scope, receive, send)
                return False
        return True

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
