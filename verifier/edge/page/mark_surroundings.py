"""What is told around a mark: its history as a timeline, its place in the log, and its equivalents abroad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain
from verifier.edge.page.account import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Moment, Translator

EVENTS = (
    "issued",
    "corrected",
    "suspended",
    "reinstated",
    "scope_changed",
    "superseded",
    "withdrawn",
    "cancelled",
    "annulled",
    "extended",
    "reported",
)
_OF_OTHERS = {"annual_report.filed": "reported", "duty.extended": "extended"}


@dataclass(frozen=True)
class EventView:
    """One thing that was logged about a mark."""

    text: str
    moment: Moment
    entry: Link
    notes: tuple[str, ...]
    ends: tuple[Moment, ...]


@dataclass(frozen=True)
class EquivalentView:
    """A foreign level that an agreement in force counts as the mark's tier."""

    text: str
    agreement: Link


def timeline(rows: list[Mapping[str, Any]], zone: str, t: Translator) -> list[EventView]:
    """Return the history of a mark, oldest first."""
    return [_event(one, zone, t) for one in rows]


def equivalents(rows: list[Mapping[str, Any]], t: Translator) -> list[EquivalentView]:
    """Return the mark's equivalents abroad."""
    return [
        EquivalentView(
            text=" ".join(plain(one[name].get(t.lang) or one[name]["en"]) for name in ("scheme", "level")),
            agreement=Link(t.gettext("timeline.agreement", id=one["agreement"]), f"/a/{one['agreement']}"),
        )
        for one in rows
    ]


def timeline_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    return [f"timeline.{one}" for one in (*EVENTS, "other")]


def _event(one: Mapping[str, Any], zone: str, t: Translator) -> EventView:
    name = _OF_OTHERS.get(one["type"], one["type"].removeprefix("mark."))
    reason = (t.gettext("timeline.reason", code=one["reason"]),) if "reason" in one else ()
    return EventView(
        text=t.gettext(f"timeline.{name if name in EVENTS else 'other'}"),
        moment=t.moment(one["at"], zone),
        entry=Link(t.gettext("schemes.entry", entry=str(one["index"])), f"/explore/{one['index']}"),
        notes=reason,
        ends=(t.moment(one["lift_by"], zone),) if "lift_by" in one else (),
    )
