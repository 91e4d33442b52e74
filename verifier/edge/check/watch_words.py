"""The words of a watch's feed: its title, the title of one event, and a line for each thing that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.check.check_words import state_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator


def feed_title(what: str, t: Translator) -> str:
    """Return the title of the feed about something."""
    return t.gettext("portal.feed", what=what)


def mail_text(address: str, t: Translator) -> str:
    """Return the line that says where the same is told by mail."""
    return t.gettext("portal.by_mail", address=address)


def event_title(what: str, lines: Sequence[str], t: Translator) -> str:
    """Return one line about an event."""
    return t.gettext("portal.changed", what=what, how="; ".join(lines))


def changed_lines(data: Mapping[str, Any], t: Translator) -> list[str]:
    """Return a line for each mark that changed; else one about the object's own state, or that it has a new entry."""
    marks = [f"{one['mark']}: {_step(one['old_state'], one['new_state'], t)}" for one in data.get("marks", ())]
    if marks:
        return marks
    old, new = (data[side].get("state") for side in ("old", "new"))
    return [_step(old, new, t) if old != new else t.gettext("portal.entry")]


def _step(old: str | None, new: str | None, t: Translator) -> str:
    return " → ".join(t.gettext("portal.none") if one is None else state_text(one, t) for one in (old, new))
