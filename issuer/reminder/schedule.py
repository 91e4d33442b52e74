"""On which day which reminder is due: counted in calendar days of the scheme's zone from the last valid day. Pure."""

from __future__ import annotations

from verifier.dates import last_valid_day, local_date

STEPS = (-90, -60, -30, -7, 0, 7)
"""Days from the last valid day on which a holder is reminded; 0 is that day itself."""

LATEST = 30
"""Days after the last step in which it may still be sent late; after that nobody is helped by it."""


def due_step(exp: int, *, now: int, zone: str) -> int | None:
    """Return the step that is due for a mark that ends at ``exp``, None where there is none.

    Only the newest one is: whoever did not run this for months does not send six letters at once.
    """
    distance = (local_date(now, zone) - last_valid_day(exp, zone)).days
    if distance > STEPS[-1] + LATEST:
        return None
    return max((step for step in STEPS if step <= distance), default=None)
