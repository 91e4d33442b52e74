"""How far an agreement has come: who has signed what, and for whom it waits. Read from signatures, never asserted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from recognition.agreement_answer import Answer
    from recognition.console.agreement_desk import OurSignature
    from recognition.treaty import Treaty

State = Literal["drawn", "signed", "proposed", "announced", "in_force", "suspended", "terminated", "declined"]
Waits = Literal["us", "sending", "them", "start", "nobody"]


@dataclass(frozen=True)
class Corridor:
    """The state of the terms at work, and for whom they wait.

    ``ours`` is this side's signature of these very terms; ``theirs`` are the two operators who announced them.
    """

    state: State
    waits_for: Waits
    ours: OurSignature | None
    theirs: tuple[str, str] | None


def corridor_of(treaty: Treaty, signatures: list[OurSignature], answer: Answer | None) -> Corridor:
    """Return how far these terms have come, as far as the newest answer of the authority tells."""
    ours = next((one for one in reversed(signatures) if one.sha256 == treaty.sha256), None)
    announced = answer.announced(treaty.sha256) if answer else None
    theirs = announced.holders if announced else None
    begun = answer.in_force(treaty.sha256) if answer else None
    if answer is not None and begun is not None:
        return Corridor(_lived(answer.listed.state), "nobody", ours, theirs)
    if announced is not None:
        return Corridor("announced", "start", ours, theirs)
    if ours is None:
        return Corridor("drawn", "us", ours, theirs)
    if answer is not None and answer.listed.state == "declined":
        return Corridor("declined", "us", ours, theirs)
    listed = answer is not None and any(one.sha256 == treaty.sha256 for one in answer.listed.versions)
    if ours.entry is None and not listed:
        return Corridor("signed", "sending", ours, theirs)
    return Corridor("proposed", "them", ours, theirs)


def _lived(state: str) -> State:
    match state:
        case "suspended":
            return "suspended"
        case "terminated":
            return "terminated"
        case _:
            return "in_force"
