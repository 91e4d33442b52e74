"""When a webhook is sent again: the schedule of Standard Webhooks, ten attempts.

They take 76 hours as planned and up to 81 with chance: a wait is up to a tenth longer, a day at most. They take
longer where the receiver asks for longer waits (Retry-After), of a day each at most.
"""

from __future__ import annotations

SCHEDULE = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt, counted from the one before."""
LONGEST_WAIT = 86_400


def next_wait(attempts: int, *, schedule: tuple[int, ...], asked: int, chance: int) -> int | None:
    """Return the seconds until the next attempt after so many; None where there is none.

    ``asked`` is what the receiver asked for, ``chance`` a random byte: receivers that failed together are not all
    asked again in the same second.
    """
    if attempts >= len(schedule):
        return None
    planned = schedule[attempts]
    return min(max(planned + planned * chance // 2550, asked), max(planned, LONGEST_WAIT))


def asked_wait(header: str) -> int:
    """Return the seconds of a Retry-After in seconds; 0 for any other."""
    return int(header) if header.isascii() and header.isdecimal() and len(header) < 8 else 0
