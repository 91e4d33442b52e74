"""The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07), and answers that are kept in memory.

A write that is sent again under the same key has its effect once and is answered as it was the first time. What a
registered client or a body wishes is noted in its database. What anybody may do without a name is noted here: in this
process's memory, for a short time and under a digest, because nothing of it may stand anywhere. After a restart such a
request is a new one.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header
from starlette.responses import Response

from verifier.encoding import canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "Idempotency-Key"
PATTERN = r"^[\x21-\x7e]{8,128}$"
HELD = 60.0
"""Seconds for which an answer without a name is kept: long enough to send again what a broken line swallowed."""
MOST_HELD = 1000
_ABOUT = "New for each request, the same when it is repeated"

IdempotencyKey = Annotated[str, Header(alias=NAME, pattern=PATTERN, description=f"{_ABOUT}; kept for 24 hours.")]
OptionalKey = Annotated[
    str | None,
    Header(
        alias=NAME,
        pattern=PATTERN,
        description=f"{_ABOUT}: then the effect is one and the answer the first. See the operation for how long.",
    ),
]


@dataclass
class _Kept:
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Response | None = None


class AnsweredBefore:
    """What was answered to whoever has no name, in this process."""

    def __init__(self, *, held: float = HELD, clock: Callable[[], float] = time.monotonic) -> None:
        self._held = held
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def do(self, key: str | None, wished: Any, act: Callable[[], Response]) -> Response:
        """Answer with what ``act`` returns, or returned before under this key to this very wish. Raises as it does.

        What was refused leaves no trace. A wish is the route and the body, as JSON; who knows both may ask again.
        """
        if key is None:
            return act()
        kept = self._of(digest(canonical([key, wished])))
        with kept.lock:
            if kept.answer is None:
                kept.answer = act()
            first = kept.answer
        again = Response(first.body, first.status_code)
        again.raw_headers = list(first.raw_headers)
        return again

    def _of(self, name: str) -> _Kept:
        now = self._clock()
        with self._lock:
            while self._kept and (len(self._kept) >= MOST_HELD or next(iter(self._kept.values())).until <= now):
                self._kept.popitem(last=False)
            return self._kept.setdefault(name, _Kept(now + self._held))
