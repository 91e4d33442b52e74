"""What is told about a file that somebody dropped: what was judged in it, how its signature stands, or what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.dropped_file import WHY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

KINDS = ("document", "picture", "drawing", "token", "bundle", "text")
_TONES = {"ours": "good", "other": "bad", "changed": "bad", "unreadable": "bad", "none": "open", "unknown_key": "open"}


@dataclass(frozen=True)
class ToldNote:
    """A note with its tone."""

    text: str
    tone: str


def dropped_notes(dropped: Mapping[str, Any], t: Translator) -> list[ToldNote]:
    """Return what is told above a verdict on a file's mark; nothing where there was no file."""
    notes = [ToldNote(t.gettext(f"drop.kind.{dropped['kind']}"), "plain")] if dropped else []
    if "signature" in dropped:
        state = dropped["signature"]
        notes.append(ToldNote(t.gettext(f"drop.signature.{state}"), _TONES[state]))
    return notes


def why_words(why: str, t: Translator) -> str:
    """Return why nothing could be checked in a file, and what to do."""
    return t.gettext(f"drop.why.{why}")


def drop_words(t: Translator) -> dict[str, Any]:
    """Return the same words for the page whose browser reads the file."""
    return {
        "why": {why: why_words(why, t) for why in WHY},
        "kinds": {kind: t.gettext(f"drop.kind.{kind}") for kind in KINDS},
        "signatures": {
            state: {"text": t.gettext(f"drop.signature.{state}"), "tone": tone} for state, tone in _TONES.items()
        },
    }


def drop_message_ids() -> list[str]:
    """Return the ids that are put together here."""
    return [
        *(f"drop.why.{why}" for why in WHY),
        *(f"drop.kind.{kind}" for kind in KINDS),
        *(f"drop.signature.{state}" for state in _TONES),
    ]
