"""How a recognition stands that was recorded before: by its own end, and by what became of its agreement since.

Nothing is rewritten when an agreement stops: whoever asks computes what that means for what was recognised before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recognition.timeline import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recognition.agreement import Agreement
    from recognition.public_receipt import PublicReceipt
    from recognition.timeline import Standing

Word = Literal["recognised", "under_review", "stopped", "expired"]


@dataclass(frozen=True)
class Recognised:
    """How it stands at an instant, until when that holds by what is known, and which part of the agreement says so."""

    word: Word
    until: int
    because: Literal["", "term", "agreement", "issuer", "mapping"] = ""


def recognised_standing(
    receipt: PublicReceipt, agreement: Agreement, *, recorded_at: int, as_of: int, known_at: int
) -> Recognised:
    """Return how the recognition stands at ``as_of``, as known at ``known_at``, unless a statement ended it."""
    if as_of >= receipt.until:
        return Recognised("expired", receipt.until, "term")
    until, review = receipt.until, ""
    for part, found in _parts(receipt, agreement, recorded_at=recorded_at, as_of=as_of, known_at=known_at):
        if found.word == "not_in_force":
            return Recognised("stopped", receipt.until, part)
        if found.word == "under_review":
            review = part
        until = min(until, until if found.until is None else found.until)
    if review:
        return Recognised("under_review", until, _part(review))
    return Recognised("recognised", until)


def _parts(
    receipt: PublicReceipt, agreement: Agreement, *, recorded_at: int, as_of: int, known_at: int
) -> Iterator[tuple[Literal["agreement", "issuer", "mapping"], Standing]]:
    times = {"as_of": as_of, "known_at": known_at, "recognised_at": recorded_at}
    yield "agreement", standing(agreement.timeline, unless_told=None, **times)
    for one in agreement.issuers:
        if one.id == receipt.issuer:
            yield "issuer", standing(one.timeline, unless_told="in_force", **times)
    for pin in agreement.mappings:
        if pin.sha256 in receipt.mappings:
            yield "mapping", standing(pin.timeline, unless_told="in_force", **times)


def _part(name: str) -> Literal["agreement", "issuer", "mapping"]:
    match name:
        case "issuer" | "mapping":
            return name
        case _:
            return "agreement"
