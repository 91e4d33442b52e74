"""Dates as a calendar file (RFC 5545): whole days, with a reminder, for whatever calendar people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from verifier.dates import utc_text
from verifier.encoding import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_LINE = 75
"""Octets of a line; what is longer is folded (§ 3.1)."""


@dataclass(frozen=True)
class Day:
    """Something that is due on a day, and so many days before it is brought to mind."""

    on: date
    summary: str
    description: str
    remind_days: int


def calendar_file(days: Iterable[Day], *, host: str, now: int) -> bytes:
    """Return the calendar. The same day under the same words keeps its identity, so that an import twice is one."""
    stamp = utc_text(now).replace("-", "").replace(":", "")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Shirushi//level requests//EN", "CALSCALE:GREGORIAN"]
    for day in days:
        uid = digest(f"{day.on} {day.summary}".encode())
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@{host}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(day.summary)}",
            f"DESCRIPTION:{_escaped(day.description)}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(day.summary)}",
            f"TRIGGER:-P{day.remind_days}D",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    parts, part, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            parts.append(part)
            part, size = "", 1
        part, size = part + sign, size + width
    return "\r\n ".join([*parts, part])
