"""The words of pages about agreements and recognised certificates: which state has which sign, and every message id."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.edge.page.wording import Appearance

_GOOD = Appearance("good", "check", "✓")
_PAUSED = Appearance("ended", "pause", "‖")
_ENDED = Appearance("bad", "cross", "✗")
_DATES = Appearance("ended", "clock", "◷")
_OPEN = Appearance("open", "question", "?")

RECOGNITION_STATES = {
    "recognised": _GOOD,
    "under_review": _OPEN,
    "stopped": _ENDED,
    "expired": _DATES,
    "ended": _ENDED,
}
AGREEMENT_STATES = {
    "proposed": _OPEN,
    "announced": _OPEN,
    "declined": _ENDED,
    "in_force": _GOOD,
    "suspended": _PAUSED,
    "terminated": _ENDED,
}
KINDS = ("unilateral", "bilateral", "multilateral")
EVENTS = ("in_force", "suspended", "terminated")
EXISTING = ("keep_until", "show_under_review", "stop_now")


def treaty_message_ids() -> Iterator[str]:
    """Yield every message id that is put together out of codes."""
    parts = ("title", "explanation")
    yield from (f"recognition.state.{one}.{part}" for one in RECOGNITION_STATES for part in parts)
    yield from (f"agreement.state.{one}.{part}" for one in AGREEMENT_STATES for part in parts)
    yield from (f"agreement.kind.{one}" for one in KINDS)
    yield from (f"agreement.event.{one}" for one in EVENTS)
    yield from (f"agreement.existing.{one}" for one in EXISTING)
