"""What a holder reads before and after its mark ends: subject and text, in Japanese or English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from verifier.dates import last_valid_day
from verifier.edge.i18n import plain

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator


@dataclass(frozen=True)
class EndingMark:
    """A mark that ends before ``exp`` in that zone: whose it is, and what its tier is called by whoever reads."""

    host: str
    id: str
    number: str
    name: str
    label: str
    exp: int
    zone: str


def reminder_text(mark: EndingMark, t: Translator, *, today: date) -> tuple[str, str]:
    """Return subject and text as they are true on that day: before the last valid day, on it, or after it."""
    last = last_valid_day(mark.exp, mark.zone)
    if today < last:
        subject, body = "reminder.before.subject", "reminder.before.body"
    elif today == last:
        subject, body = "reminder.today.subject", "reminder.today.body"
    else:
        subject, body = "reminder.after.subject", "reminder.after.body"
    values = {
        "number": mark.number,
        "name": plain(mark.name),
        "label": mark.label,
        "last": t.last_day(mark.exp, mark.zone).words,
        "url": f"https://{mark.host}/m/{mark.id}",
    }
    text = f"{t.gettext(body, **values)}\n\n{t.gettext('reminder.footer', **values)}\n"
    return t.gettext(subject, **values), text
