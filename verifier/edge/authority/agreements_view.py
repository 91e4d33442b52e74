"""Agreements on the authority's side: all of them, and one with who signed it and what may be said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, Happening, choices
from verifier.edge.authority.words import act_words
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Tag, grid
from verifier.edge.page.treaty_words import AGREEMENT_STATES
from verifier.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator

    Typed = Callable[[str, str], str]

POSSIBLE = {
    "proposed": ("announce", "decline"),
    "announced": ("begin", "decline"),
    "in_force": ("suspend", "terminate"),
    "suspended": ("begin", "terminate"),
}
STOPS = ("administrative", "integrity")
DECLINED_FOR = ("gaps_too_wide", "assurance", "incomplete")
_TYPES = {
    "announce": "agreement.announced",
    "decline": "agreement.declined",
    "begin": "agreement.in_force",
    "suspend": "agreement.suspended",
    "terminate": "agreement.terminated",
}


def agreements_cards(rows: Sequence[Mapping[str, Any]], t: Translator) -> tuple[Card, ...]:
    """Return every agreement, and the form that takes a proposal in."""
    columns = tuple(t.gettext(f"operator.agreement.{one}") for one in ("id", "state", "scheme", "signed_by"))
    cells = [
        (
            Cell(links=(Link(label := parse_name(one["uri"]).value, f"/agreements/{label}"),)),
            Cell(tags=(_state(one["state"], t),)),
            Cell(codes=(one["versions"][-1]["scheme"],)),
            Cell(codes=(one["versions"][-1]["signed_by"] or "-",)),
        )
        for one in rows
    ]
    title = t.gettext("operator.menu.agreements")
    found = grid("agreements", title, columns, cells, empty=t.gettext("operator.agreement.none"))
    field = Field("proposal", t.gettext("operator.agreement.proposal"), "file", attributes="required")
    form = FormView("/agreements", t.gettext("operator.agreement.receive"), (field,), enctype="multipart/form-data")
    return (
        Card("agreements", title, texts=(t.gettext("operator.agreement.text"),), grids=(found,)),
        Card("receive", t.gettext("operator.agreement.receive"), forms=(form,)),
    )


def agreement_cards(shown: Mapping[str, Any], typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return one agreement: ``resting`` recognitions stand on it, ``study`` is what it covers, ``stated`` a fact."""
    label, newest = parse_name(shown["uri"]).value, shown["versions"][-1]
    facts = (
        Fact(t.gettext("operator.agreement.state"), texts=(_state(shown["state"], t).word,)),
        Fact(t.gettext("operator.agreement.scheme"), texts=(plain(newest["scheme"]), newest["kind"])),
        Fact(t.gettext("operator.agreement.version"), texts=(str(newest["version"]), newest["sha256"])),
        Fact(t.gettext("operator.agreement.signed_by"), texts=(newest["signed_by"] or "-",)),
        Fact(t.gettext("operator.agreement.announced"), texts=(_entry(newest["announced"], t),)),
        Fact(t.gettext("operator.agreement.resting"), texts=(str(shown["resting"]),)),
    )
    ways = (Link(t.gettext("operator.agreement.answer"), f"/agreements/{label}/answer"),)
    possible = list(POSSIBLE.get(shown["state"], ()))
    if newest["announced"] is None and "announce" not in possible:
        possible.insert(0, "announce")
    acts = tuple(_act(label, one, typed, t) for one in possible)
    lines = tuple(
        Happening(
            act_words(f"agreement.{one['status']}", t), t.moment(one["recorded"], zone), (_entry(one["index"], t),)
        )
        for one in shown["events"]
    )
    return (
        Card("about", label, facts=facts, links=ways),
        *_stated(shown["stated"], zone, t),
        _study(shown["study"], t),
        *acts,
        _fact_form(label, t),
        Card("history", t.gettext("operator.history"), happenings=lines),
    )


def agreement_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    names = ("id", "state", "scheme", "signed_by")
    return (
        *(f"operator.agreement.{one}" for one in names),
        *(f"operator.agreement.{one}.text" for one in _TYPES),
        *(f"operator.agreement.why.{one}" for one in (*STOPS, *DECLINED_FOR)),
        *(f"operator.agreement.study.{one}" for one in ("level", "tier", "open", "missing")),
    )


def _state(state: str, t: Translator) -> Tag:
    return Tag(AGREEMENT_STATES[state], t.gettext(f"agreement.state.{state}.title"))


def _entry(index: int | None, t: Translator) -> str:
    return "-" if index is None else t.gettext("operator.entry", entry=str(index))


def _stated(stated: Mapping[str, Any] | None, zone: str, t: Translator) -> tuple[Card, ...]:
    if stated is None:
        return ()
    asked = act_words(_TYPES[stated["asks"]], t)
    facts = [
        Fact(t.gettext("operator.agreement.signed_by"), texts=(stated["operator"],)),
        Fact(
            t.gettext("operator.agreement.asks"), texts=(asked, t.gettext(f"operator.agreement.why.{stated['reason']}"))
        ),
        Fact(t.gettext("operator.agreement.effective"), moments=(t.moment(stated["effective"], zone),)),
    ]
    facts += [Fact(name, texts=(stated[name],)) for name in ("issuer", "mapping") if name in stated]
    return (Card("stated", t.gettext("operator.agreement.stated"), facts=tuple(facts)),)


def _study(rows: Sequence[Mapping[str, Any]], t: Translator) -> Card:
    columns = tuple(t.gettext(f"operator.agreement.study.{one}") for one in ("level", "tier", "open", "missing"))
    cells = [
        (
            Cell(texts=(one["level"],)),
            Cell(texts=(f"★{one['tier']}",)),
            Cell(texts=(str(len(one["gaps"])),)),
            Cell(texts=(", ".join(one["missing_assurance"]) or "-",)),
        )
        for one in rows
    ]
    title = t.gettext("operator.agreement.study")
    return Card(
        "study", title, grids=(grid("study", title, columns, cells, empty=t.gettext("operator.agreement.none")),)
    )


def _act(label: str, act: str, typed: Typed, t: Translator) -> Card:
    fields: list[Field] = []
    if act in ("suspend", "terminate", "decline"):
        codes = DECLINED_FOR if act == "decline" else STOPS
        found = choices([(one, t.gettext(f"operator.agreement.why.{one}")) for one in codes], [typed("reason", "")])
        fields.append(Field("reason", t.gettext("operator.agreement.why"), "select", options=found, prefix=act))
    if act in ("begin", "suspend", "terminate"):
        hint = (t.gettext("operator.agreement.effective.hint"),) if act != "begin" else ()
        needed = "required" if act == "begin" else ""
        name = t.gettext("operator.agreement.effective")
        fields.append(
            Field("effective", name, "date", typed("effective", ""), hints=hint, attributes=needed, prefix=act)
        )
    if act in ("suspend", "terminate"):
        hint = (t.gettext("operator.agreement.kept.hint"),)
        fields.append(
            Field("until", t.gettext("operator.agreement.kept"), "date", typed("until", ""), hints=hint, prefix=act)
        )
    form = FormView(f"/agreements/{label}/{act}", t.gettext("operator.propose"), tuple(fields))
    return Card(act, act_words(_TYPES[act], t), texts=(t.gettext(f"operator.agreement.{act}.text"),), forms=(form,))


def _fact_form(label: str, t: Translator) -> Card:
    field = Field("fact", t.gettext("operator.agreement.fact"), "file", attributes="required")
    button = t.gettext("operator.agreement.check")
    form = FormView(f"/agreements/{label}/fact", button, (field,), enctype="multipart/form-data")
    return Card(
        "fact", t.gettext("operator.agreement.fact"), texts=(t.gettext("operator.agreement.fact.text"),), forms=(form,)
    )
