"""Answers of a foreign registry, kept for some time: fresh ones count, stale ones are shown and do not count.

An answer that could not be confirmed is never kept: the next question is asked anew, as often as the breaker allows.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MOST = 10_000


@dataclass(frozen=True)
class Answer:
    """What a registry answered: the bytes, the media type without parameters, and when."""

    body: bytes
    media_type: str
    fetched_at: int


class KeptAnswers:
    """Answers by address, the least recently used dropped first."""

    def __init__(self, *, fresh_seconds: int, keep_seconds: int, most: int = MOST) -> None:
        self._fresh, self._keep, self._most = fresh_seconds, keep_seconds, most
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def fresh(self, address: str, now: int) -> Answer | None:
        """Return the answer that still counts."""
        found = self.stale(address, now)
        return found if found is not None and now < self.fresh_until(found) else None

    def stale(self, address: str, now: int) -> Answer | None:
        """Return the answer that is still kept, whether it counts or not."""
        found = self._answers.get(address)
        # One from the future was fetched under a clock that was wrong.
        if found is None or not found.fetched_at <= now < found.fetched_at + max(self._fresh, self._keep):
            return None
        self._answers.move_to_end(address)
        return found

    def keep(self, address: str, answer: Answer) -> None:
        """Keep an answer that was confirmed."""
        self._answers[address] = answer
        self._answers.move_to_end(address)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def fresh_until(self, answer: Answer) -> int:
        """Return when the answer stops counting."""
        return answer.fetched_at + self._fresh
