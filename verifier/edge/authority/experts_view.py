"""Security experts: the list, one of them with windows and history, and the forms of what may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.bodies_view import reason_field, window_fields
from verifier.edge.authority.cards import Card, Field, FormView
from verifier.edge.authority.words import EXPERT_REASONS, act_words, history, standing_tag, term, term_facts
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator

    Typed = Callable[[str, str], str]

REGISTER = "riss"
"""The register that is proposed: that of the Japanese information security specialists."""


def experts_cards(
    rows: Sequence[Mapping[str, Any]], windows: Mapping[str, str], typed: Typed, zone: str, t: Translator
) -> tuple[Card, ...]:
    """Return the list of experts and the form that lists one."""
    columns = ("table.state", "operator.expert.number", "operator.field.register", "operator.expert.term")
    cells = [
        (
            Cell(tags=(standing_tag(one["standing"], t),)),
            Cell(links=(Link(plain(one["number"]), f"/experts/{one['number']}"),)),
            Cell(codes=(plain(one["register"]),)),
            term(one["from"], one["until"], zone, t),
        )
        for one in rows
    ]
    title = t.gettext("operator.experts.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.experts.none"))
    lead = Card("list", title, texts=(t.gettext("operator.experts.text"),), grids=(table,))
    return (lead, _listing(typed("number", ""), typed("register", REGISTER), windows, typed, t))


def expert_cards(
    expert: Mapping[str, Any], windows: Mapping[str, str], typed: Typed, zone: str, t: Translator
) -> tuple[Card, ...]:
    """Return one expert: the standing, every window, what may be said, the history."""
    about = Card(
        "about",
        plain(expert["number"]),
        facts=(
            Fact(t.gettext("table.state"), texts=(standing_tag(expert["standing"], t).word,)),
            Fact(t.gettext("operator.field.register"), texts=(plain(expert["register"]),)),
            *term_facts(expert["from"], expert["until"], zone, t),
        ),
    )
    cells = [
        (Cell(texts=(t.gettext("operator.entry", entry=str(one["index"])),)), term(one["from"], one["until"], zone, t))
        for one in expert["windows"]
    ]
    columns = tuple(map(t.gettext, ("operator.expert.since", "operator.expert.term")))
    title = t.gettext("operator.expert.windows")
    table = Card("windows", title, grids=(grid("windows", title, columns, cells, empty=""),))
    forms = [_listing(expert["number"], expert["register"], windows, typed, t)]
    if expert["state"] == "active":
        form = FormView(
            f"/experts/{expert['number']}/delist",
            t.gettext("operator.propose"),
            (reason_field(EXPERT_REASONS, typed, t),),
        )
        text = t.gettext("operator.expert.delist.text")
        forms.append(Card("delist", act_words("expert_delisted", t), texts=(text,), forms=(form,)))
    entries = Card("history", t.gettext("operator.history"), happenings=history(expert["history"], zone, t))
    return (about, table, *forms, entries)


def _listing(number: str, register: str, windows: Mapping[str, str], typed: Typed, t: Translator) -> Card:
    fields = (
        Field("number", t.gettext("operator.expert.number"), "text", number, attributes="required"),
        Field(
            "register",
            t.gettext("operator.field.register"),
            "text",
            register,
            hints=(t.gettext("operator.expert.register.hint"),),
            attributes="required",
        ),
        *window_fields(windows, typed, t),
    )
    form = FormView("/experts", t.gettext("operator.propose"), fields)
    texts = (t.gettext("operator.expert.list.text"), t.gettext("operator.two_people"))
    return Card("enlist", act_words("expert_listed", t), texts=texts, forms=(form,))
