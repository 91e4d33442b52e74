"""The way of most questions: a mark by its id, from bytes that were made once in a minute and an epoch.

It is ASGI below every framework: a look in a dictionary and two messages. What is not at hand goes the slow way, and
is at hand afterwards. An answer says as of when it is; nothing is kept longer than a minute, nor past the next epoch.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from registry.verification.judging_threads import judged
from registry.verification.models import LookUp
from registry.verification.paths import MARKS
from registry.web.observing import HEADER, request_id
from verifier.encoding import canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from registry.verification.answering import Answering
    from verifier.injected import Clock

MOST_HELD = 20_000
LOOK_EVERY = 0.05
"""Seconds between two looks whether there is a newer epoch."""
MINUTE = 60
REQUEST_ID = HEADER.encode()
EXPOSED = ("ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
"""Headers that scripts of other origins may read."""
VARY = (b"vary", b"Origin")
_PREFIX = f"{MARKS}/"

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class _Held:
    status: int
    body: bytes
    etag: bytes
    headers: Headers


class HotMarks:
    """The answers of one epoch and minute, and the application that makes those which are missing."""

    def __init__(self, answering: Answering, public: Path, *, now: Clock) -> None:
        self._answering = answering
        self._pointer = public / "directory/latest"
        self._now = now
        self._held: dict[str, _Held] = {}
        self._of: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._served = 0

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with this before it."""

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            held = self._find(scope)
            if held is None:
                await app(scope, receive, send)
                return
            self._served += 1
            is_known = any(name == b"if-none-match" and held.etag in value for name, value in scope["headers"])
            status, body = (304, b"") if is_known else (held.status, held.body)
            headers = [(REQUEST_ID, request_id(scope).encode()), *(held.headers[:-2] if is_known else held.headers)]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

        return served

    def gauges(self) -> dict[str, tuple[str, Callable[[], float]]]:
        """Return the metrics for ``Observing``, which does not see what is served here."""
        return {"hot_held": ("Marks whose answer is at hand.", lambda: float(len(self._held)))}

    def counters(self) -> dict[str, tuple[str, Callable[[], float]]]:
        """Return the counts for ``Observing``."""
        return {"hot_answers": ("Answers that were at hand.", lambda: float(self._served))}

    async def answer(self, request: Request, mark_id: str) -> Response:
        """Return the answer about a mark, and hold it for whoever asks next."""
        of = self._present()
        status, body = await judged(_answer_of, self._answering, mark_id)
        held = _hold(status, body)
        if of is not None and of == self._present() and len(self._held) < MOST_HELD:
            self._held[_PREFIX + mark_id] = held
        answer = Response(body, status)
        # The application around this one adds what it says of origins.
        answer.raw_headers = [one for one in held.headers if one[0] != VARY[0]]
        return answer

    def _find(self, scope: Scope) -> _Held | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope.get("query_string"):
            return None
        # First the look at the epoch: it may forget what is held.
        return self._held.get(scope["path"]) if self._present() is not None else None

    def _present(self) -> tuple[int, int, int] | None:
        """Return what tells this epoch and minute from others; with a new one, what was held is forgotten."""
        looked = time.monotonic()
        if looked - self._looked < LOOK_EVERY:
            return self._of
        self._looked = looked
        try:
            found = os.stat(self._pointer)
        except OSError:
            self._held, self._of = {}, None
            return None
        of = (found.st_mtime_ns, found.st_ino, self._now() // MINUTE)
        if of != self._of:
            self._held, self._of = {}, of
        return of


def _hold(status: int, body: bytes) -> _Held:
    etag = _etag_of(body)
    headers = [
        (b"etag", etag),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
        VARY,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    return _Held(status, body, etag, headers)


def _answer_of(answering: Answering, mark_id: str) -> tuple[int, bytes]:
    """Return status and body of the answer about a mark."""
    document = answering.document(LookUp(mark=mark_id))
    is_none = document["answer"]["verdict"]["headline"] == "not_found"
    return 404 if is_none else 200, canonical(document)


def _etag_of(body: bytes) -> bytes:
    """Return the entity tag of a body."""
    return f'"{digest(body)}"'.encode()
