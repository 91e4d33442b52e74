"""Complaints, appeals, reports of misuse and hearings: what waits, by when, and the steps that are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, Happening, choices
from verifier.edge.authority.words import MATTER_KINDS, late_tag
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Tag, grid
from verifier.edge.page.wording import standing_appearance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.i18n import Translator

    Typed = Callable[[str, str], str]

_WITH_PANEL, _WITH_UNTIL = ("convene",), ("notify",)


def matters_cards(rows: Sequence[Mapping[str, Any]], typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return every matter, what is due on it, and the form that records one."""
    columns = (
        "table.state",
        "operator.matter",
        "operator.matter.object",
        "operator.matter.received",
        "operator.matter.due",
    )
    cells = [
        (
            Cell(tags=(matter_tag(one["state"], t), *late_tag(t, is_late=one["is_late"]))),
            Cell(links=(Link(f"{_kind(one, t)} {one['id']}", f"/matters/{one['id']}"),)),
            Cell(texts=(plain(one["object"]),)),
            Cell(moments=(t.moment(one["received"], zone),)),
            Cell(moments=(t.moment(one["due"], zone),) if one["due"] else ()),
        )
        for one in rows
    ]
    title = t.gettext("operator.matters.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.matters.none"))
    return (Card("list", title, texts=(t.gettext("operator.matters.text"),), grids=(table,)), _opening(typed, t))


def matter_cards(
    matter: Mapping[str, Any], people: Sequence[tuple[str, str]], typed: Typed, zone: str, t: Translator
) -> tuple[Card, ...]:
    """Return one matter with its steps; ``people`` are those who may sit on a panel, by pseudonym and name."""
    names = dict(people)
    due = (
        ()
        if matter["due"] is None
        else (Fact(t.gettext("operator.matter.due"), moments=(t.moment(matter["due"], zone),)),)
    )
    about = Card(
        "about",
        f"{_kind(matter, t)} {matter['id']}",
        warnings=(t.gettext("operator.late"),) if matter["is_late"] else (),
        facts=(
            Fact(t.gettext("table.state"), texts=(matter_tag(matter["state"], t).word,)),
            Fact(t.gettext("operator.matter.object"), texts=(plain(matter["object"]),)),
            Fact(t.gettext("operator.matter.received"), moments=(t.moment(matter["received"], zone),)),
            *due,
        ),
    )
    events = tuple(_event(one, names, zone, t) for one in matter["events"])
    steps = tuple(_step(matter["id"], one, people, typed, t) for one in matter["steps"])
    return (about, Card("events", t.gettext("operator.history"), happenings=events), *steps, *_reporter(matter, t))


def matter_tag(state: str, t: Translator) -> Tag:
    """Return the sign and word of a matter's state."""
    looks = {"closed": "superseded", "received": "not_yet", "filed": "not_yet", "reported": "not_yet"}
    return Tag(standing_appearance(looks.get(state, "unknown")), t.gettext(f"operator.matter.state.{state}"))


def _opening(typed: Typed, t: Translator) -> Card:
    kinds = choices(((one, t.gettext(f"operator.matter.kind.{one}")) for one in MATTER_KINDS), (typed("kind", ""),))
    fields = (
        Field("kind", t.gettext("operator.matter.kind"), "select", options=kinds),
        Field(
            "object",
            t.gettext("operator.matter.object"),
            "text",
            typed("object", ""),
            hints=(t.gettext("operator.matter.object.hint"),),
            attributes="required",
        ),
        Field(
            "entry",
            t.gettext("operator.matter.entry"),
            "text",
            typed("entry", ""),
            hints=(t.gettext("operator.matter.entry.hint"),),
            attributes="inputmode=numeric",
        ),
        Field("contact", t.gettext("operator.matter.contact"), "text", typed("contact", "")),
        Field("note", t.gettext("operator.matter.note"), "area", typed("note", "")),
    )
    form = FormView("/matters", t.gettext("operator.matter.record"), fields)
    return Card("open", t.gettext("operator.matter.record"), forms=(form,))


def _event(one: Mapping[str, Any], names: Mapping[str, str], zone: str, t: Translator) -> Happening:
    notes = [names.get(one["by"], one["by"])]
    if one.get("entry") is not None:
        notes.append(t.gettext("operator.entry", entry=str(one["entry"])))
    if one.get("reason"):
        notes.append(one["reason"])
    notes += [names.get(member, member) for member in one.get("panel", ())]
    if one.get("until"):
        notes.append(str(t.moment(one["until"], zone)))
    if one.get("note"):
        notes.append(one["note"])
    step = t.gettext(f"operator.matter.step.{one['step']}")
    return Happening(step, t.moment(one["at"], zone), tuple(plain(text) for text in notes))


def _step(id: str, one: Mapping[str, Any], people: Sequence[tuple[str, str]], typed: Typed, t: Translator) -> Card:
    step = one["step"]
    fields: list[Field] = [Field("step", "", "hidden", step)]
    if one["leads_to"]:
        hint = t.gettext("operator.matter.leads_to", types=", ".join(one["leads_to"]))
        fields.append(
            Field(
                "entry",
                t.gettext("operator.matter.entry"),
                "number",
                typed("entry", ""),
                hints=(hint,),
                attributes="min=0 required",
            )
        )
    if step in _WITH_PANEL:
        hints = (t.gettext("operator.matter.panel.hint"),)
        fields.append(
            Field("panel", t.gettext("operator.matter.panel"), "checks", options=choices(people), hints=hints)
        )
    if step in _WITH_UNTIL:
        fields.append(
            Field(
                "reason",
                t.gettext("operator.reason"),
                "text",
                typed("reason", ""),
                hints=(t.gettext("operator.matter.reason.hint"),),
            )
        )
        fields.append(Field("until", t.gettext("operator.matter.until"), "date", typed("until", "")))
    fields.append(Field("note", t.gettext("operator.matter.note"), "area", typed("note", "")))
    words = t.gettext(f"operator.matter.step.{step}")
    own = tuple(Field(**{**vars(field), "prefix": step}) for field in fields)
    return Card(step, words, forms=(FormView(f"/matters/{id}", words, own),))


def _reporter(matter: Mapping[str, Any], t: Translator) -> tuple[Card, ...]:
    if not matter["contact"]:
        return ()
    form = FormView(f"/matters/{matter['id']}/forget", t.gettext("operator.matter.forget"), looks="quiet")
    return (Card("reporter", t.gettext("operator.matter.contact"), texts=(plain(matter["contact"]),), forms=(form,)),)


def _kind(one: Mapping[str, Any], t: Translator) -> str:
    return t.gettext(f"operator.matter.kind.{one['kind']}")
