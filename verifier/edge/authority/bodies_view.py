"""Bodies: the list, one body with everything that hangs on it, and the forms of what may be said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, choices
from verifier.edge.authority.keys_view import body_keys_card
from verifier.edge.authority.words import (
    BODY_REASONS,
    ROLES,
    WITHDRAWALS,
    act_words,
    body_way,
    body_words,
    history,
    reason_words,
    scope_texts,
    standing_tag,
    term,
    term_facts,
    tier,
)
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator
    from verifier.edge.page.grid import Grid

    Typed = Callable[[str, str], str]

_POSSIBLE = {
    "active": ("amend", "suspend", "withdraw"),
    "suspended": ("reinstate", "withdraw"),
}
_ACTS = {
    "amend": "body_amended",
    "suspend": "body_suspended",
    "withdraw": "body_withdrawn",
    "reinstate": "body_reinstated",
}


def bodies_cards(rows: Sequence[Mapping[str, Any]], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the list of all bodies and the way to accredit one."""
    columns = ("table.state", "bodies.body", "fact.role", "bodies.scope", "bodies.term", "operator.marks")
    cells = [
        (
            Cell(tags=(standing_tag(one["standing"], t),)),
            Cell(links=(body_way(one["no"], one["name"], t),)),
            Cell(texts=(t.gettext(f"body.role.{one['role']}"),)),
            Cell(texts=scope_texts(one["scope"]) or (t.gettext("bodies.scope.none"),)),
            term(one["from"], one["until"], zone, t),
            Cell(texts=(str(one["marks"]),)),
        )
        for one in rows
    ]
    title = t.gettext("operator.bodies.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("bodies.none"))
    way = Link(t.gettext("operator.bodies.accredit"), "/bodies/new")
    return (Card("list", title, links=(way,), grids=(table,)),)


def body_cards(body: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return one body: what it is, its keys, its history, what may be said about it."""
    affected = body["affected"]
    state = Card(
        "about",
        body_words(body, t),
        facts=(
            Fact(t.gettext("table.state"), texts=(standing_tag(body["standing"], t).word,)),
            Fact(t.gettext("fact.role"), texts=(t.gettext(f"body.role.{body['role']}"),)),
            Fact(t.gettext("operator.body.identifier"), texts=(plain(body["identifier"]),)),
            Fact(t.gettext("body.scope.title"), texts=scope_texts(body["scope"]) or (t.gettext("bodies.scope.none"),)),
            *term_facts(body["from"], body["until"], zone, t),
            Fact(t.gettext("operator.body.hangs"), texts=(_affected(affected, t, "operator.body.hangs.text"),)),
        ),
    )
    ways = tuple(
        Link(act_words(_ACTS[one], t), f"/bodies/{body['no']}/{one}") for one in _POSSIBLE.get(body["state"], ())
    )
    acts = Card(
        "acts",
        t.gettext("operator.body.acts"),
        texts=() if ways else (t.gettext("operator.body.no_acts"),),
        links=(*ways, *_erasable(body, t)),
    )
    entries = Card("history", t.gettext("operator.history"), happenings=history(body["history"], zone, t))
    return (state, acts, *_review(body["review"], zone, t), body_keys_card(body, t), entries)


def accredit_cards(
    windows: Mapping[str, Any],
    choosable: Sequence[Mapping[str, Any]],
    typed: Typed,
    chosen: Sequence[str],
    t: Translator,
) -> tuple[Card, ...]:
    """Return the form of an accreditation; ``windows`` proposes number and days."""
    fields = (
        Field(
            "role",
            t.gettext("fact.role"),
            "select",
            options=choices(((one, t.gettext(f"body.role.{one}")) for one in ROLES), (typed("role", "evaluation"),)),
        ),
        Field(
            "no", t.gettext("fact.body_number"), "number", typed("no", str(windows["no"])), attributes="min=1 required"
        ),
        Field(
            "identifier",
            t.gettext("operator.body.identifier"),
            "text",
            typed("identifier", ""),
            hints=(t.gettext("operator.body.identifier.hint"),),
            attributes="required",
        ),
        Field(
            "name",
            t.gettext("operator.body.name"),
            "text",
            typed("name", ""),
            hints=(t.gettext("operator.body.name.hint"),),
            attributes="required",
        ),
        scope_field(choosable, chosen, t),
        *window_fields(windows, typed, t),
        Field(
            "operates",
            t.gettext("operator.body.operates"),
            "text",
            typed("operates", ""),
            hints=(t.gettext("operator.body.operates.hint"),),
        ),
    )
    form = FormView("/bodies/new", t.gettext("operator.propose"), fields)
    title = act_words("body_accredited", t)
    return (Card("form", title, texts=(t.gettext("operator.two_people"),), forms=(form,)),)


def amend_cards(
    body: Mapping[str, Any],
    windows: Mapping[str, Any],
    choosable: Sequence[Mapping[str, Any]],
    *,
    typed: Typed,
    chosen: Sequence[str],
    t: Translator,
) -> tuple[Card, ...]:
    """Return the form that replaces a body's rows and window."""
    fields = (scope_field(choosable, chosen, t), *window_fields(windows, typed, t))
    form = FormView(f"/bodies/{body['no']}/amend", t.gettext("operator.propose"), fields)
    lead = (t.gettext("operator.body.amend.text"), t.gettext("operator.two_people"))
    return (Card("form", f"{act_words('body_amended', t)}: {body_words(body, t)}", texts=lead, forms=(form,)),)


def end_cards(
    body: Mapping[str, Any], act: str, cascade: Mapping[str, Any], *, typed: Typed, zone: str, t: Translator
) -> tuple[Card, ...]:
    """Return what the act concerns, before anything is proposed, and its form."""
    action = f"/bodies/{body['no']}/{act}"
    title = f"{act_words(_ACTS[act], t)}: {body_words(body, t)}"
    propose = t.gettext("operator.propose")
    fields: tuple[Field, ...] = ()
    alone: tuple[Card, ...] = ()
    if act == "suspend":
        fields = (reason_field(BODY_REASONS, typed, t),)
        own = tuple(Field(**{**vars(one), "prefix": "alone"}) for one in fields)
        form = FormView(f"{action}-alone", t.gettext("operator.alone"), own, looks="quiet")
        text = t.gettext("operator.alone.text")
        alone = (Card("alone", t.gettext("operator.alone"), texts=(text,), forms=(form,)),)
    elif act == "withdraw":
        options = ((one, t.gettext(f"operator.withdrawal.{one}")) for one in WITHDRAWALS)
        chosen = (typed("reason", "lapse"),)
        fields = (Field("reason", t.gettext("operator.reason"), "select", options=choices(options, chosen)),)
    preview = () if act == "reinstate" else (cascade_card(cascade, zone, t),)
    lead = Card("act", title, texts=(t.gettext("operator.two_people"),))
    return (lead, *preview, Card("form", propose, forms=(FormView(action, propose, fields),)), *alone)


def cascade_card(cascade: Mapping[str, Any], zone: str, t: Translator) -> Card:
    """Return what hangs on an accreditation: how many marks, of how many organisations, until when."""
    affected = cascade["affected"]
    facts = []
    if cascade["last_end"] is not None:
        facts.append(Fact(t.gettext("operator.cascade.last"), moments=(t.moment(cascade["last_end"], zone),)))
    if cascade["review_by"] is not None:
        facts.append(Fact(t.gettext("operator.cascade.review"), moments=(t.moment(cascade["review_by"], zone),)))
    text = t.gettext("operator.cascade.stay" if cascade["review_by"] is None else "operator.cascade.reviewed")
    return Card(
        "cascade",
        t.gettext("operator.cascade.title"),
        texts=(text,),
        warnings=(_affected(affected, t),),
        facts=tuple(facts),
        grids=(marks_grid("cascade", cascade["marks"], zone, t),),
    )


def marks_grid(name: str, marks: Sequence[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    """Return a table of marks with the ways to them."""
    columns = ("table.mark", "operator.holder", "table.tier", "table.state", "table.until")
    cells = [
        (
            Cell(links=(Link(one["mark"], f"/marks/{one['mark']}"),)),
            Cell(texts=(plain(one["sub"].rpartition("/")[2]),)),
            Cell(stars=(tier(one["tier"], t),), texts=(plain(one["scheme"]),)),
            Cell(tags=(standing_tag(one["state"], t),)),
            Cell(moments=(t.last_day(one["until"], zone),)),
        )
        for one in marks
    ]
    title = t.gettext("operator.marks")
    return grid(name, title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.no_marks"))


def reason_field(codes: Sequence[str], typed: Typed, t: Translator) -> Field:
    """Return the choice of a reason, which the log holds as a code."""
    options = choices(((one, reason_words(one, t)) for one in codes), (typed("reason", codes[0]),))
    return Field("reason", t.gettext("operator.reason"), "select", options=options)


def scope_field(choosable: Sequence[Mapping[str, Any]], chosen: Sequence[str], t: Translator) -> Field:
    """Return the choice of rows: levels of the criteria that the log holds."""
    found = ((one["value"], f"{one['scheme']} {one['version']} ★{one['level']}") for one in choosable)
    hints = (t.gettext("operator.body.scope.hint"),)
    return Field(
        "scope", t.gettext("body.scope.title"), "checks", options=choices(found, chosen, marked="checked"), hints=hints
    )


def window_fields(windows: Mapping[str, Any], typed: Typed, t: Translator) -> tuple[Field, Field]:
    """Return the first and the last day."""
    return (
        Field(
            "begins", t.gettext("operator.first_day"), "date", typed("begins", windows["begins"]), attributes="required"
        ),
        Field("ends", t.gettext("operator.last_day"), "date", typed("ends", windows["ends"]), attributes="required"),
    )


def _erasable(body: Mapping[str, Any], t: Translator) -> tuple[Link, ...]:
    """Return the way to the erasure of the name, where one is disclosed still."""
    words = act_words("disclosure_erased", t)
    return (Link(words, f"/bodies/{body['no']}/erase-name"),) if body["name"] else ()


def _affected(affected: Mapping[str, int], t: Translator, text: str = "operator.cascade.affects") -> str:
    return t.gettext(text, **{name: str(affected[name]) for name in ("marks", "holders", "keys")})


def _review(review: Mapping[str, Any] | None, zone: str, t: Translator) -> tuple[Card, ...]:
    if review is None:
        return ()
    late = (t.gettext("operator.review.late"),) if review["is_late"] else ()
    return (
        Card(
            "review",
            t.gettext("operator.review.title"),
            warnings=late,
            facts=(Fact(t.gettext("operator.cascade.review"), moments=(t.moment(review["by"], zone),)),),
            grids=(marks_grid("review", review["marks"], zone, t),),
        ),
    )
