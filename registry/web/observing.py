"""What an operator sees of a process that serves: metrics for Prometheus, an id for every request, lines about trouble.

Nothing here says who asked or what about: a request is named by the template of its route. ``/metrics`` is for the
machine itself; a proxy in front does not pass it on (docs/examples/nginx.conf).
"""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.datastructures import MutableHeaders
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

METRICS = "/metrics"
HEADER = "x-request-id"
SLOW = 2.0
"""Seconds from which on an answer is worth a line."""

_TROUBLE = range(500, 503)
"""503 is no mistake but an answer, and comes in floods: metrics count it."""
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_log = structlog.get_logger()


class Observing:
    """ASGI middleware around everything that a process serves."""

    def __init__(self, app: ASGIApp, *, process: str, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        """``gauges`` are further metrics by name, each with what it means and how it is read."""
        self._app = app
        self._process = process
        self._metrics = CollectorRegistry()
        self._answers = Counter(
            "shirushi_http_answers",
            "Answers by route template, method and status.",
            ("route", "method", "status"),
            registry=self._metrics,
        )
        self._seconds = Histogram(
            "shirushi_http_seconds",
            "Seconds until an answer began.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._metrics,
        )
        self._inside = Gauge("shirushi_http_inside", "Requests that are being answered.", registry=self._metrics)
        for name, (meaning, read) in gauges.items():
            Gauge(f"shirushi_{name}", meaning, registry=self._metrics).set_function(read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == METRICS:
            data = generate_latest(self._metrics)
            await Response(data, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})(scope, receive, send)
            return
        request_id, began, status = _request_id(scope), time.perf_counter(), 0
        seconds = 0.0

        async def noting(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - began
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id), self._inside.track_inprogress():
            try:
                await self._app(scope, receive, noting)
            finally:
                self._note(scope, status or 500, seconds)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", "(no route)"))
        self._answers.labels(route, _method(scope), status).inc()
        self._seconds.labels(route).observe(seconds)
        if status in _TROUBLE or seconds > SLOW:
            _log.warning("answered", process=self._process, route=route, status=status, ms=round(1000 * seconds))


def _method(scope: Scope) -> str:
    # Whoever asks chooses the method's name: each one that is counted is a row in memory.
    method: str = scope["method"]
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"


def _request_id(scope: Scope) -> str:
    """Return the id that a proxy in front gave, where it is one, or a new one."""
    for name, value in scope["headers"]:
        if name == HEADER.encode():
            given = value.decode("latin-1")
            if _OWN_ID.fullmatch(given):
                return str(given)
    return secrets.token_hex(8)
