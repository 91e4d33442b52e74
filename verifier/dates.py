"""Calendar rules of a scheme.

Instants are UTC seconds and intervals half-open; the calendar runs in the scheme's zone.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from verifier.envelope import MAX_TIME
from verifier.errors import WrongUseError

LAST_INSTANT = MAX_TIME
"""No date in any format reaches this second."""


def term_end(start: int, months: int, zone: str) -> int:
    """Return the first second after a term: 00:00 of the same day of the month, that many months on.

    Where that month lacks the day (29 February), its last day is taken.
    """
    first = local_date(start, zone)
    index = first.month - 1 + months
    year, month = first.year + index // 12, index % 12 + 1
    day = min(first.day, calendar.monthrange(year, month)[1])
    return day_start(date(year, month, day), zone)


def day_start(day: date, zone: str) -> int:
    """Return the first second of that day in that zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def last_valid_day(exp: int, zone: str) -> date:
    """Return the last day that people may read as valid when validity ends before ``exp``."""
    return local_date(exp - 1, zone)


def local_date(instant: int, zone: str) -> date:
    """Return the calendar day of an instant in that zone."""
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


def is_zone(name: str) -> bool:
    """Say whether the time zone database knows the zone."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def utc_text(instant: int) -> str:
    """Return the instant as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str, *, zone: str) -> int:
    """Return the instant of ISO 8601 text; a bare date means its first second in the zone. Raises WrongUseError."""
    try:
        moment = datetime.fromisoformat(text)
        instant = int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())
        if not 0 < instant < LAST_INSTANT:
            raise ValueError
        return instant
    except (ValueError, OverflowError) as error:
        hint = "Write 2027-04-01 or 2027-04-01T09:00:00+09:00, of a year from 1971 to 6324."
        raise WrongUseError(f"not a time: {text!r}", hint=hint) from error
