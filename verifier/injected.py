"""What the core is given instead of taking it: the clock and the source of randomness."""

from __future__ import annotations

from collections.abc import Callable

from verifier.encoding import sha256

Clock = Callable[[], int]
"""Returns the present time in whole seconds since 1970-01-01T00:00:00Z."""

Entropy = Callable[[int], bytes]
"""Returns that many unpredictable bytes; `secrets.token_bytes` in production."""


def seeded_entropy(seed: str) -> Entropy:
    """Return a repeatable source for scenarios and tests. Never use it for a real key."""
    counter = 0

    def draw(count: int) -> bytes:
        nonlocal counter
        drawn = b""
        while len(drawn) < count:
            drawn += sha256(f"shirushi-seed\n{seed}\n{counter}".encode())
            counter += 1
        return drawn[:count]

    return draw
