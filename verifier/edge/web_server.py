"""Serving an application from inside the process that made it: granian without a worker process.

Killing granian's main process alone would leave its worker serving; here there is none.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp


HEADERS_WITHIN_MS = 8000
"""A client that has not sent its request's head by then is cut off; a proxy in front limits how many there are.

That ends connections that are idle, too. It is well above the five seconds for which httpx keeps one: at the same
instant a request would go out on a connection that is just being closed, and nobody would know its outcome.
"""


def serve_application(app: ASGIApp, *, address: str, port: int, hold: Callable[[Callable[[], None]], None]) -> None:
    """Serve until told to stop; ``hold`` is called once with the function that stops, which any thread may call."""

    async def run() -> None:
        server = Server(
            app,
            address=address,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=4096,
            backpressure=2048,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(server.stop)

        hold(stop)
        await server.serve()

    asyncio.run(run())
