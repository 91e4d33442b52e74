"""What whoever follows a number is written: the question before, what changed, the question after a year.

The question before anything is confirmed says nothing of what is listed: whoever reads it may not have asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from verifier.edge.check.check_words import state_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator

STATES = ("suspended", "withdrawn", "expired", "cancelled", "superseded", "annulled")
TOLD = ("issued", "gone", "soon", "again", "begun", "other", *STATES)


class Places(NamedTuple):
    """The registry's host, the link that says yes, and the one that ends; empty where a letter has none."""

    host: str
    confirm: str
    end: str


def asking_text(kind: str, number: str, places: Places, until: str, t: Translator) -> tuple[str, str]:
    """Return subject and text of the letter that asks; ``kind`` is confirm or renew."""
    host, values = places.host, {"number": number, "host": places.host, "link": places.confirm, "until": until}
    parts = [t.gettext(f"follow.mail.{kind}.text", **values)]
    parts += [t.gettext("follow.mail.end", link=places.end)] if places.end else []
    return t.gettext(f"follow.mail.{kind}.subject", host=host), "\n\n".join(parts) + "\n"


def change_text(
    changes: Sequence[Mapping[str, Any]], number: str, places: Places, until: str, t: Translator
) -> tuple[str, str]:
    """Return subject and text of the letter about changes; ``changes`` are the ``data`` of events."""
    host = places.host
    marks = [mark for one in changes for mark in one["marks"]]
    lines = [
        f"- {what_happened(mark, t)}\n  {mark['scheme']}, ★{mark['tier']}\n  https://{host}/m/{mark['mark']}"
        for mark in marks
    ]
    codes = {_code(mark) for mark in marks}
    subject = t.gettext("follow.mail.issued.subject" if "issued" in codes else "follow.mail.changed.subject", host=host)
    parts = [
        t.gettext("follow.mail.intro", number=number, host=host),
        *lines,
        t.gettext("follow.mail.object", report=f"https://{host}/report?lang={t.lang}"),
        t.gettext("follow.mail.hint", page=f"https://{host}/o/{number}?lang={t.lang}", until=until),
        t.gettext("follow.mail.end", link=f"{places.end}?lang={t.lang}"),
    ]
    return subject, "\n\n".join(parts) + "\n"


def what_happened(mark: Mapping[str, Any], t: Translator) -> str:
    """Return in words what happened to a mark."""
    return t.gettext(f"follow.told.{_code(mark)}", state=state_text(mark["new_state"] or "", t))


def following_message_ids() -> list[str]:
    """Return the ids that are put together here."""
    return [*(f"follow.told.{one}" for one in TOLD), *_asking("confirm"), *_asking("renew")]


def _asking(kind: str) -> tuple[str, str]:
    return f"follow.mail.{kind}.subject", f"follow.mail.{kind}.text"


def _code(mark: Mapping[str, Any]) -> str:
    old, new = mark["old_state"], mark["new_state"]
    if old is None:
        return "issued"
    if new is None:
        return "gone"
    if old == new:
        return "soon"
    if new == "active":
        return "again" if old == "suspended" else "begun"
    return new if new in STATES else "other"
