"""Answers that are given again in this process: a wish that comes twice is carried out once.

The second one waits for the first and gets its answer. What was refused, and what ``keeps`` does not want, leaves no
trace: it is a new wish. Nothing of a wish stands here but its digest.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_HELD = 1000


@dataclass
class _Kept:
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Response | None = None


class AnsweredOnce:
    """What was answered within the last ``held`` seconds."""

    def __init__(
        self, *, held: float, clock: Callable[[], float], keeps: Callable[[Response], bool] = lambda answer: True
    ) -> None:
        self._held = held
        self._clock = clock
        self._keeps = keeps
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def do(self, wish: str, act: Callable[[], Response]) -> Response:
        """Answer with what ``act`` returns, or returned before to the wish of this digest. Raises as it does."""
        kept = self._of(wish)
        with kept.lock:
            if kept.answer is None:
                answer = act()
                if self._keeps(answer):
                    kept.answer = _copy(answer)
                return answer
            return _copy(kept.answer)

    def _of(self, wish: str) -> _Kept:
        now = self._clock()
        with self._lock:
            while self._kept and (len(self._kept) >= MOST_HELD or next(iter(self._kept.values())).until <= now):
                self._kept.popitem(last=False)
            return self._kept.setdefault(wish, _Kept(now + self._held))


def _copy(answer: Response) -> Response:
    copied = Response(answer.body, answer.status_code)
    copied.raw_headers = list(answer.raw_headers)
    return copied
