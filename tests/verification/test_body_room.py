"""Bodies that are sent slowly or never to their end: nobody keeps the bodies of others out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from registry.verification.fair_share import sender_of
from registry.web.body_limit import SHARES, BodyLimit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starlette.types import Message, Receive, Scope, Send

TOGETHER = 1_048_576
LARGE = TOGETHER // SHARES
LISTS = "/lists"


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Upload:
    """One request from an address, whose body comes in parts; the last one only when it is told to."""

    def __init__(self, app: BodyLimit, address: str, path: str, size: int, *, ends: bool) -> None:
        self.status = 0
        self._parts = self._body(size, ends=ends)
        scope = {"type": "http", "path": path, "method": "POST", "headers": [], "client": (address, 1)}
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _body(self, size: int, *, ends: bool) -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": bytes(size), "more_body": not ends}
        await asyncio.Event().wait()

    async def _receive(self) -> Message:
        return await anext(self._parts)

    async def _send(self, message: Message) -> None:
        self.status = message.get("status", self.status)

    async def status_soon(self) -> int:
        """Return the status of the answer, 0 while there is none."""
        await asyncio.wait([self.task], timeout=0.05)
        return self.status


def _played(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    # In a thread of its own: a browser's test may have left a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, act()).result()


def _limit() -> BodyLimit:
    larger = {LISTS: LARGE}
    return BodyLimit(
        _app, most_bytes=1024, host="r.example", larger=larger, most_together=TOGETHER, sender_of=sender_of
    )


def test_lists_that_are_never_sent_to_their_end_keep_nobody_else_out() -> None:
    async def act() -> None:
        app = _limit()
        held = [Upload(app, "192.0.2.1", LISTS, LARGE - 1000, ends=False)]
        assert await held[0].status_soon() == 0
        held.append(Upload(app, "192.0.2.1", LISTS, LARGE - 1000, ends=False))
        assert await held[1].status_soon() == 429
        assert await Upload(app, "192.0.2.2", LISTS, LARGE - 1000, ends=True).status_soon() == 200
        for other in range(3, 3 + SHARES):
            held.append(Upload(app, f"192.0.2.{other}", LISTS, LARGE, ends=False))
        assert await held[-1].status_soon() == 503
        # Lists have a room of their own: an ordinary question is answered whatever they hold.
        assert await Upload(app, "192.0.2.2", "/question", 100, ends=True).status_soon() == 200
        for one in held:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in held), return_exceptions=True)
        assert await Upload(app, "192.0.2.1", LISTS, LARGE, ends=True).status_soon() == 200

    _played(act)


def test_ordinary_bodies_have_a_share_too_and_a_body_too_large_is_refused() -> None:
    async def act() -> None:
        app = _limit()
        held = [Upload(app, "192.0.2.1", "/question", 1024, ends=False) for _ in range(1000 // SHARES)]
        await asyncio.sleep(0.05)
        assert await Upload(app, "192.0.2.1", "/question", 1, ends=True).status_soon() == 429
        assert await Upload(app, "192.0.2.2", "/question", 1, ends=True).status_soon() == 200
        assert await Upload(app, "192.0.2.2", "/question", 1025, ends=True).status_soon() == 413
        for one in held:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in held), return_exceptions=True)

    _played(act)
