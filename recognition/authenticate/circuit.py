"""The circuit breaker of a foreign registry, as a value: whoever asks says what time it is and keeps what comes back.

closed -> open after some failures in a row; open -> half-open after a pause, for one question at a time; that question
closes it again or doubles the pause, up to a limit. A question whose end is never told blocks for one pause only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

FAILURES = 3
FIRST_PAUSE = 30
LONGEST_PAUSE = 3600


@dataclass(frozen=True)
class Circuit:
    """State of the breaker. Times are in seconds of whatever clock the caller uses."""

    failures: int = 0
    state: Literal["closed", "open", "half_open"] = "closed"
    since: int = 0
    pause: int = FIRST_PAUSE

    def asked(self, now: int) -> tuple[Self, bool]:
        """Return the state after a wish to ask, and whether asking is allowed."""
        if self.state == "closed":
            return self, True
        # A clock that was set back must not keep the circuit open for ever.
        if now - self.since >= self.pause or now < self.since:
            return replace(self, state="half_open", since=now), True
        return self, False

    def succeeded(self) -> Self:
        """Return the state after an answer, of whatever content."""
        return type(self)()

    def failed(self, now: int) -> Self:
        """Return the state after no answer."""
        if self.state == "half_open":
            return replace(self, state="open", since=now, pause=min(2 * self.pause, LONGEST_PAUSE))
        failures = self.failures + 1
        if self.state == "open" or failures < FAILURES:
            return replace(self, failures=min(failures, FAILURES))
        return replace(self, failures=failures, state="open", since=now)
