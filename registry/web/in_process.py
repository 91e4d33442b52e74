"""HTTP without a network: requests of a synchronous client served by applications in the same process.

The scenario with a fixed clock runs this way; so do tests. Requests are served one after the other.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp


class InProcessTransport(httpx.BaseTransport):
    """Serves each host name by its own application, such as ``http://api/...`` by the one named ``api``."""

    def __init__(self, applications: Mapping[str, ASGIApp]) -> None:
        self._applications = {
            host: httpx.ASGITransport(app, raise_app_exceptions=False) for host, app in applications.items()
        }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="in-process http", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request. Raises httpx.ConnectError for a host that is not there."""
        application = self._applications.get(request.url.host)
        if application is None:
            raise httpx.ConnectError(f"there is no {request.url.host} in this process", request=request)
        return asyncio.run_coroutine_threadsafe(_serve(application, request, request.read()), self._loop).result()

    def close(self) -> None:
        """End the thread that serves."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _serve(application: httpx.ASGITransport, request: httpx.Request, body: bytes) -> httpx.Response:
    whole = httpx.Request(request.method, request.url, headers=request.headers, content=body)
    answer = await application.handle_async_request(whole)
    return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
