"""Timed acts that wait for two operators: what would be logged, why it waits, and who has confirmed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView
from verifier.edge.authority.words import act_words
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact
from verifier.edge.page.grid import Cell, grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator

REASONS = ("too_many", "too_large_a_share", "clock")


def timers_cards(answer: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the page: ``held`` is what waits, None where nothing does, ``approved`` are keys that signed already."""
    title, held = t.gettext("operator.timers.title"), answer["held"]
    if held is None:
        return (Card("held", title, texts=(t.gettext("operator.timers.text"), t.gettext("operator.timers.none"))),)
    columns = ("operator.proposal.act", "operator.proposal.object", "operator.timers.due")
    cells = [
        (
            Cell(texts=(act_words(one["type"], t),)),
            Cell(texts=(plain(one["object"]),)),
            Cell(moments=(t.moment(one["due"], zone),)),
        )
        for one in held["acts"]
    ]
    table = grid("held", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.timers.no_act"))
    approved = answer["approved"]
    about = Card(
        "held",
        title,
        texts=(t.gettext("operator.timers.text"),),
        warnings=tuple(t.gettext(f"operator.timers.{one}") for one in held["reasons"]),
        facts=(
            Fact(t.gettext("operator.timers.since"), moments=(t.moment(held["since"], zone),)),
            Fact(t.gettext("operator.timers.approved"), texts=tuple(approved) or (t.gettext("operator.never"),)),
            Fact(t.gettext("operator.root.digest"), texts=(answer["digest"],)),
        ),
        grids=(table,),
    )
    form = FormView("/timers", t.gettext("operator.timers.confirm"), (Field("digest", "", "hidden", answer["digest"]),))
    text = t.gettext("operator.timers.confirm.text")
    return (about, Card("confirm", t.gettext("operator.timers.confirm"), texts=(text,), forms=(form,)))


def timer_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"operator.timers.{one}" for one in REASONS)
