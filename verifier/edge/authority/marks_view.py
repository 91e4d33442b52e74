"""Marks and notices: finding a mark, what the authority may say about it, and what it tells the public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.bodies_view import reason_field
from verifier.edge.authority.cards import Card, Field, FormView, choices
from verifier.edge.authority.words import (
    MARK_REASONS,
    NOTICES,
    act_words,
    body_way,
    history,
    standing_tag,
    term_facts,
    tier,
)
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator

    Typed = Callable[[str, str], str]

_POSSIBLE = {
    "active": ("suspend", "withdraw", "annul"),
    "suspended": ("reinstate", "withdraw", "annul"),
}
MARK_ACTS = {
    "suspend": "mark_suspended",
    "reinstate": "mark_reinstated",
    "withdraw": "mark_withdrawn",
    "annul": "mark_annulled",
}


def find_mark_cards(typed: Typed, t: Translator) -> tuple[Card, ...]:
    """Return the form that finds a mark by its id."""
    field = Field("mark", t.gettext("table.mark"), "text", typed("mark", ""), attributes="required")
    form = FormView("/marks", t.gettext("operator.marks.look"), (field,))
    return (Card("find", t.gettext("operator.marks.title"), texts=(t.gettext("operator.marks.text"),), forms=(form,)),)


def mark_cards(mark: Mapping[str, Any], days: str, typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return one mark, what may be said about it, and its history; ``days`` is by when a suspension is lifted."""
    stars = tier(mark["tier"], t)
    facts = [
        Fact(t.gettext("table.state"), texts=(standing_tag(mark["standing"], t).word,)),
        Fact(t.gettext("table.tier"), texts=(f"{stars.drawn} {stars.words}", plain(mark["scheme"]))),
        Fact(t.gettext("operator.holder"), texts=(plain(mark["sub"].rpartition("/")[2]),)),
        Fact(t.gettext("bodies.body"), links=(body_way(mark["issuer"], mark["issuer_name"], t),)),
        *term_facts(mark["from"], mark["until"], zone, t),
    ]
    if mark["lift_by"] is not None:
        facts.append(Fact(t.gettext("operator.marks.lift_by"), moments=(t.moment(mark["lift_by"], zone),)))
    if mark["successor"]:
        successor = mark["successor"]
        facts.append(Fact(t.gettext("operator.marks.successor"), links=(Link(successor, f"/marks/{successor}"),)))
    acts = tuple(_act(mark["mark"], act, days, typed, t) for act in _POSSIBLE.get(mark["state"], ()))
    entries = Card("history", t.gettext("operator.history"), happenings=history(mark["history"], zone, t))
    return (Card("about", mark["mark"], facts=tuple(facts)), *acts, entries)


def _act(mark: str, act: str, days: str, typed: Typed, t: Translator) -> Card:
    fields: tuple[Field, ...] = ()
    if act != "reinstate":
        field = reason_field(MARK_REASONS, typed, t)
        fields = (Field(**{**vars(field), "prefix": act}),)
    if act == "suspend":
        hint = (t.gettext("operator.marks.lift_by.hint"),)
        label = t.gettext("operator.marks.lift_by")
        fields += (Field("lift_by", label, "date", typed("lift_by", days), hints=hint, attributes="required"),)
    form = FormView(f"/marks/{mark}/{act}", t.gettext("operator.propose"), fields)
    return Card(act, act_words(MARK_ACTS[act], t), texts=(t.gettext(f"operator.marks.{act}"),), forms=(form,))


def notices_cards(rows: Sequence[Mapping[str, Any]], typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the notices that stand and the form of another one."""
    columns = ("operator.notices.kind", "operator.notices.id", "operator.notices.at")
    cells = [
        (
            Cell(texts=(_kind(one["kind"], t),)),
            Cell(codes=(one["label"],)),
            Cell(moments=(t.moment(one["at"], zone),), texts=(t.gettext("operator.entry", entry=str(one["index"])),)),
        )
        for one in rows
    ]
    title = t.gettext("operator.notices.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.notices.none"))
    return (Card("list", title, grids=(table,)), _notice_form(rows, typed, t))


def _notice_form(rows: Sequence[Mapping[str, Any]], typed: Typed, t: Translator) -> Card:
    kinds = choices(((one, _kind(one, t)) for one in NOTICES), (typed("kind", NOTICES[0]),))
    labels = [("", t.gettext("operator.notices.new")), *((one["label"], one["label"]) for one in rows)]
    hint = (t.gettext("operator.notices.hint"),)
    fields = (
        Field("kind", t.gettext("operator.notices.kind"), "select", options=kinds),
        Field("label", t.gettext("operator.notices.of"), "select", options=choices(labels, (typed("label", ""),))),
        Field("ja", t.gettext("operator.notices.ja"), "area", typed("ja", ""), hints=hint, attributes="required"),
        Field("en", t.gettext("operator.notices.en"), "area", typed("en", ""), hints=hint, attributes="required"),
    )
    form = FormView("/notices", t.gettext("operator.alone.say"), fields, (t.gettext("operator.notices.text"),))
    return Card("publish", act_words("notice_published", t), forms=(form,))


def _kind(code: str, t: Translator) -> str:
    """Return a kind of notice with its code where the words do not already say it."""
    words = t.gettext(f"operator.notice.{code}") if code in NOTICES else code
    return words if words.replace(" ", "_") == code else f"{words} ({code})"
