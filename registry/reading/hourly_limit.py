"""How often something is taken within an hour: from one sender, and from all together. Nothing of it is kept."""

from __future__ import annotations

import threading
from collections import Counter

HOUR = 3600


class HourlyLimit:
    """Counts by full hours, or another ``span``; with it everything that is known about senders is forgotten."""

    def __init__(self, *, each: int, together: int, span: int = HOUR) -> None:
        """Take ``each`` from one sender and ``together`` from all."""
        self._each = each
        self._together = together
        self._span = span
        self._hour = 0
        self._taken = Counter[str]()
        self._lock = threading.Lock()

    def take(self, sender: str | None, *, now: int) -> bool:
        """Count one and say whether it is within the limits. A sender who is not known counts for all only."""
        with self._lock:
            if now // self._span != self._hour:
                self._hour = now // self._span
                self._taken.clear()
            if self._taken.total() >= self._together or (sender and self._taken[sender] >= self._each):
                return False
            self._taken[sender or ""] += 1
            return True
