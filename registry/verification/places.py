"""Places inside the service, and how they are shared: whoever is alone has all, several have a share each.

Only places that are held at a time are counted, never how often somebody asks: reading stays free. A sender that holds
its share is refused while another one asks; one that holds nothing finds a few places more than there are, so that
nobody can take all of them. What is known of a sender is gone seconds after it asked last.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

ASKS = 2.0
"""Seconds after its last question for which a sender counts as one that asks."""


class Sender(NamedTuple):
    """Who asks, as far as places need it, and how many shares it has."""

    name: str
    shares: int = 1


class Entry(Enum):
    """What becomes of a question."""

    IN = "in"
    OVER = "over"
    FULL = "full"


class Places:
    """``most`` places, and a quarter more for senders that hold none."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.beyond = max(1, most // 4)
        self._clock = clock
        self._held = Counter[str]()
        self._inside = 0
        self._asking: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._shares = 0

    def share(self, sender: Sender) -> int:
        """Return how many places the sender may hold now."""
        others = self._shares - self._asking.get(sender.name, (0.0, 0))[1]
        return max(1, self.most * sender.shares // (others + sender.shares))

    def left(self, sender: Sender) -> int:
        """Return how many of them it does not hold."""
        return max(0, self.share(sender) - self._held[sender.name])

    def enter(self, sender: Sender) -> Entry:
        """Give the sender a place, or say why not. Whoever got one calls ``leave``."""
        self._note(sender)
        held, share = self._held[sender.name], self.share(sender)
        if held >= share and share < self.most:
            return Entry.OVER
        # Places beyond the last are for whoever has none: others leave theirs one by one, never all at a time.
        if self._inside >= self.most + (self.beyond if held == 0 and share < self.most else 0):
            return Entry.FULL
        self._held[sender.name] += 1
        self._inside += 1
        return Entry.IN

    def leave(self, sender: Sender) -> None:
        """Give a place back."""
        self._inside -= 1
        self._held[sender.name] -= 1
        if not self._held[sender.name]:
            del self._held[sender.name]

    def _note(self, sender: Sender) -> None:
        now = self._clock()
        self._shares += sender.shares - self._asking.pop(sender.name, (now, 0))[1]
        self._asking[sender.name] = (now, sender.shares)
        while (oldest := next(iter(self._asking.items())))[1][0] < now - ASKS:
            name, (_, shares) = oldest
            del self._asking[name]
            if self._held[name]:
                # It waits for an answer.
                self._asking[name] = (now, shares)
            else:
                self._shares -= shares
                del self._held[name]
