"""When timed acts wait for two operators: too many at once, too large a share, or a clock that cannot be believed.

A clock that is wrong by two years would end thousands of marks in one run, and none of these acts can be taken back.
The newest witnessed checkpoint dates the log by other clocks than this machine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from registry.timers.acts import Due

Reason = Literal["too_many", "too_large_a_share", "clock"]
HOUR = 3600


@dataclass(frozen=True)
class Limits:
    """What one run may do by itself."""

    most_acts: int = 100
    most_percent: int = 5
    """Of the objects that stand; it counts from more than ``few`` acts on."""

    few: int = 10
    most_hours: int = 48
    """Between this machine's clock and the newest witnessed checkpoint, either way."""

    def is_far(self, now: int, witnessed: int) -> bool:
        """Say whether the clock is too far from the newest witnessed checkpoint to be believed."""
        return abs(now - witnessed) > self.most_hours * HOUR


def held_because(due: Due, *, now: int, witnessed: int, limits: Limits) -> tuple[Reason, ...]:
    """Return why the acts wait, nothing when they do not; ``witnessed`` is when the newest checkpoint met its quorum.

    Instants are UTC seconds. What is exactly at a limit is within it.
    """
    number, reasons = len(due.acts), list[Reason]()
    if number > limits.most_acts:
        reasons.append("too_many")
    if number > limits.few and number * 100 > limits.most_percent * due.standing:
        reasons.append("too_large_a_share")
    if limits.is_far(now, witnessed):
        reasons.append("clock")
    return tuple(reasons)
