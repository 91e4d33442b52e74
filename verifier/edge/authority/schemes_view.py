"""Versions of schemes: what is installed here, what the log pins, and the form that publishes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, choices
from verifier.edge.authority.words import act_words
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Cell, Tag, grid
from verifier.edge.page.wording import standing_appearance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator

STATES = {
    "published": "active",
    "installed": "not_yet",
    "closed": "expired",
    "differs": "withdrawn",
    "elsewhere": "expired",
}
"""How a version stands here, and as what its sign looks."""


def schemes_cards(rows: Sequence[Mapping[str, Any]], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return every version, and the form that proposes to publish one that is not in the log."""
    columns = ("table.state", "operator.scheme.version", "operator.scheme.levels", "operator.field.sha256")
    cells = [
        (
            Cell(tags=(Tag(standing_appearance(STATES[one["state"]]), t.gettext(f"operator.scheme.{one['state']}")),)),
            Cell(texts=tuple(filter(None, (one["name"], plain(one["label"][t.lang]), *_ended(one, zone, t))))),
            Cell(texts=(" ".join(f"★{level}" for level in one["levels"]),)),
            Cell(codes=(one["sha256"],)),
        )
        for one in rows
    ]
    title = t.gettext("operator.schemes.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.schemes.none"))
    lead = Card("list", title, texts=(t.gettext("operator.schemes.text"),), grids=(table,))
    return (lead, _form([one["name"] for one in rows if one["state"] == "installed"], t))


def scheme_state_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"operator.scheme.{one}" for one in STATES)


def _ended(one: Mapping[str, Any], zone: str, t: Translator) -> tuple[str, ...]:
    until = one["issuable_until"]
    return () if until is None else (t.gettext("operator.scheme.ended", day=t.last_day(until, zone).words),)


def _form(names: Sequence[str], t: Translator) -> Card:
    title = act_words("scheme_published", t)
    if not names:
        return Card("publish", title, texts=(t.gettext("operator.schemes.all"),))
    field = Field(
        "pack",
        t.gettext("operator.scheme.version"),
        "select",
        options=choices([(one, one) for one in names]),
    )
    form = FormView("/schemes", t.gettext("operator.propose"), (field,))
    texts = (t.gettext("operator.scheme.publish.text"), t.gettext("operator.two_people"))
    return Card("publish", title, texts=texts, forms=(form,))
