"""What an operator sees of a process that serves: metrics for Prometheus, an id for every request, lines about trouble.

Nothing here says who asked or what about: a request is named by the template of its route. ``/metrics`` is for the
machine itself; a proxy in front does not pass it on (docs/examples/nginx.conf).
"""

from __future__ import annotations

import math
import re
import secrets
import time
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import Response

from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Figures = Mapping[str, tuple[str, Callable[[], float]]]

METRICS = "/metrics"
HEADER = "x-request-id"
SLOW = 2.0
"""Seconds from which on an answer is worth a line."""

MOST_REFUSALS = 50
"""Lines about refusals within a second: they come in floods. What is not told is counted in the next line."""
_NOT_TOLD = (404, 405)
"""What strangers try all day long; metrics count it."""
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_log = structlog.get_logger()


class Observing:
    """ASGI middleware around everything that a process serves."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        process: str,
        gauges: Figures,
        counters: Figures = MappingProxyType({}),
        tells_all: bool = False,
    ) -> None:
        """``gauges`` and ``counters`` are further metrics by name, each with what it means and how it is read.

        ``tells_all`` writes a line about every request.
        """
        self._app = app
        self._process = process
        self._tells_all = tells_all
        self._refusals = _Budget()
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
            Gauge(f"shirushi_{name}", meaning, registry=self._metrics).set_function(partial(_figure, read))
        self._metrics.register(_Counted(counters))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == METRICS:
            # Some figures are counted in a database, which may be slow to say that it is not there.
            data = await run_in_threadpool(generate_latest, self._metrics)
            await Response(data, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})(scope, receive, send)
            return
        own_id, began, status = request_id(scope), time.perf_counter(), 0
        seconds = 0.0

        async def noting(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - began
                MutableHeaders(scope=message)[HEADER] = own_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request=own_id), self._inside.track_inprogress():
            try:
                await self._app(scope, receive, noting)
            finally:
                self._note(scope, status or 500, seconds)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", "(no route)"))
        self._answers.labels(route, _method(scope), status).inc()
        self._seconds.labels(route).observe(seconds)
        is_refusal = (400 <= status < 500 and status not in _NOT_TOLD) or status == 503
        told = {"process": self._process, "method": _method(scope), "route": route, "status": status}
        told["ms"] = round(1000 * seconds)
        if (status >= 500 and not is_refusal) or seconds > SLOW:
            _log.warning("answered", **told)
        elif self._tells_all:
            _log.info("answered", **told)
        elif is_refusal and (untold := self._refusals.take()) is not None:
            _log.info("refused", **told, **({"untold": untold} if untold else {}))


def _figure(read: Callable[[], float]) -> float:
    """Return a figure, NaN while it cannot be known: all others are told nevertheless."""
    try:
        return read()
    except MarkError:
        return math.nan


class _Budget:
    """How many lines may still be written within this second."""

    def __init__(self) -> None:
        self._second, self._written, self._untold = 0, 0, 0

    def take(self) -> int | None:
        """Return how many were left out since the last line, None where this one is left out too."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._written = second, 0
        if self._written >= MOST_REFUSALS:
            self._untold += 1
            return None
        self._written += 1
        untold, self._untold = self._untold, 0
        return untold


class _Counted(Collector):
    """Counts that somebody else keeps."""

    def __init__(self, counters: Figures) -> None:
        self._counters = counters

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield each as it stands."""
        for name, (meaning, read) in self._counters.items():
            yield CounterMetricFamily(f"shirushi_{name}", meaning, value=read())


def _method(scope: Scope) -> str:
    # Whoever asks chooses the method's name: each one that is counted is a row in memory.
    method: str = scope["method"]
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"


def request_id(scope: Scope) -> str:
    """Return the id that a proxy in front gave, where it is one, or a new one."""
    for name, value in scope["headers"]:
        if name == HEADER.encode():
            given = value.decode("latin-1")
            if _OWN_ID.fullmatch(given):
                return str(given)
    return secrets.token_hex(8)
