"""The pauses between tries: exponential with full jitter, few, short, and longer where the other side asks for it.

Jitter keeps many askers from coming back together; the bounds keep one question from lasting longer than it is worth.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.injected import Entropy

TRIES = 3
FIRST_MS, LONGEST_MS = 200, 2_000
LONGEST_RETRY_AFTER = 5


def pauses(entropy: Entropy) -> Iterator[int]:
    """Yield the pauses before the second and every later try, in milliseconds."""
    for number in range(TRIES - 1):
        bound = min(FIRST_MS << number, LONGEST_MS)
        yield 1 + int.from_bytes(entropy(4)) % bound


def heeded(pause: int, retry_after: str | None) -> int | None:
    """Return the pause in milliseconds where a Retry-After (RFC 9110) is heeded; None where it asks for too long."""
    if retry_after is None or not retry_after.isascii() or not retry_after.isdigit() or len(retry_after) > 9:
        return pause
    seconds = int(retry_after)
    return None if seconds > LONGEST_RETRY_AFTER else max(pause, seconds * 1000)
