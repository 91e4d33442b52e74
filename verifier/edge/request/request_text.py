"""What a supplier reads: the letter that goes with a level request, in Japanese or English.

It says what is asked, why, by when, and that the cost is open to be talked about. It never says that anything must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.i18n import plain
from verifier.level_request import QUESTIONS

if TYPE_CHECKING:
    from verifier.edge.i18n import Translator
    from verifier.level_request import Asked, LevelRequest


def request_message_ids() -> set[str]:
    """Return the ids of the texts whose names are put together here."""
    answers = ("accepts", "asks_about_cost", "proposes_date")
    return {*(f"request.reason.{one}" for one in QUESTIONS), *(f"request.said.{one}" for one in answers)}


def request_letter(request: LevelRequest, t: Translator) -> str:
    """Return the letter."""
    reasons = [t.gettext(f"request.reason.{one}") for one in request.reasons]
    lines = [
        t.gettext("request.to", name=plain(request.supplier.name), identifier=request.supplier.identifier),
        t.gettext("request.from", name=plain(request.client.name), identifier=request.client.identifier),
        t.gettext("request.made", date=request.made.isoformat()),
        "",
        t.gettext("request.asks", level=request.wanted.level, scheme=request.wanted.scheme, by=request.by.isoformat()),
        "",
        t.gettext("request.why"),
        *(f"  - {one}" for one in reasons),
        f"  {plain(request.need)}",
        "",
        t.gettext("request.cost", contact=plain(request.cost_contact)),
        t.gettext("request.choice"),
        t.gettext("request.private"),
        "",
        t.gettext("request.answer"),
    ]
    return "\n".join(lines) + "\n"


def answer_text(asked: Asked, t: Translator) -> str:
    """Return what the supplier said so far."""
    if asked.answer is None:
        return t.gettext("request.said.nothing")
    words = t.gettext(f"request.said.{asked.answer.answer}", by=asked.by.isoformat())
    return f"{words} {plain(asked.answer.words)}".strip()
