"""Limits: what no signature and no log can show, and what to do instead, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.page.wording import LIMITS

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator


@dataclass(frozen=True)
class Limit:
    """One thing that cannot be proven: its stable name, what it is, why, and what to do instead."""

    name: str
    title: str
    explanation: str
    instead: str


def limits_of(t: Translator) -> list[Limit]:
    """Return every limit in the words of a language."""
    return [
        Limit(
            one,
            t.gettext(f"limits.{one}.title"),
            t.gettext(f"limits.{one}.explanation"),
            t.gettext(f"limits.{one}.instead"),
        )
        for one in LIMITS
    ]
