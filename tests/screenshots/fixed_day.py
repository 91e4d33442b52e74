"""A fixed day and a seed for what runs in this process: the clock on the wall and the machine's randomness.

The clock goes on from the fixed instant, for there is work that waits for its next second.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator

START = 1_793_577_600
"""2 November 2026, 09:00 in Tokyo."""


@contextmanager
def fixed_day(seed: str, *, at: int = START) -> Iterator[None]:
    """Let this process live on that day, with what a seed gives in place of randomness."""
    wall, random = time.time, secrets.token_bytes
    begun, lock, drawn = time.monotonic(), threading.Lock(), seeded_entropy(seed)

    def entropy(count: int | None = None) -> bytes:
        with lock:
            return drawn(count or 32)

    # One look a while away from the beginning of a minute: pages tell minutes.
    time.time, secrets.token_bytes = (lambda: at + 1 + time.monotonic() - begun), entropy
    try:
        yield
    finally:
        time.time, secrets.token_bytes = wall, random
