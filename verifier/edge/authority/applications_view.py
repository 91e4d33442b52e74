"""Bodies' applications: the windows, the checklist, and the decision of two operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.bodies_view import reason_field
from verifier.edge.authority.cards import Card, Field, FormView, Happening, choices
from verifier.edge.authority.words import REFUSALS, reason_words
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Tag, grid
from verifier.edge.page.wording import standing_appearance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.edge.console.form import Form
    from verifier.edge.i18n import Translator

    Typed = Callable[[str, str], str]

_LOOKS = {"open": "not_yet", "proposed": "not_yet", "granted": "active", "accredited": "active"}


def applications_cards(answer: Mapping[str, Any], typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the list of applications, the windows, and the form that opens one."""
    columns = (
        "table.state",
        "operator.application",
        "fact.role",
        "operator.application.missing",
        "operator.application.closes",
    )
    cells = [
        (
            Cell(tags=(state_tag(one["state"], t),)),
            Cell(links=(Link(plain(one["name"]), f"/applications/{one['id']}"),), texts=(plain(one["identifier"]),)),
            Cell(texts=(t.gettext(f"body.role.{one['role']}"),)),
            Cell(texts=(str(one["missing"]),)),
            Cell(moments=(t.last_day(one["closes"], zone),) if one["closes"] else ()),
        )
        for one in answer["applications"]
    ]
    title = t.gettext("operator.applications.title")
    table = grid("list", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.applications.none"))
    return (Card("list", title, grids=(table,)), _windows(answer["windows"], zone, t), *_opening(answer, typed, t))


def application_cards(found: Mapping[str, Any], lang: str, typed: Typed, zone: str, t: Translator) -> tuple[Card, ...]:
    """Return one application: its checklist, its steps, and what can be done."""
    about = Card(
        "about",
        plain(found["name"]),
        facts=(
            Fact(t.gettext("table.state"), texts=(state_tag(found["state"], t).word,)),
            Fact(t.gettext("operator.application.id"), texts=(found["id"],)),
            Fact(t.gettext("fact.role"), texts=(t.gettext(f"body.role.{found['role']}"),)),
            Fact(t.gettext("operator.body.identifier"), texts=(plain(found["identifier"]),)),
            Fact(t.gettext("operator.application.window"), texts=(found["window"],)),
        ),
    )
    steps = tuple(
        Happening(
            t.gettext(f"operator.application.step.{one['step']}"),
            t.moment(one["at"], zone),
            tuple(
                text
                for text in (
                    plain(found["names"].get(one["by"], one["by"])),
                    one["item"] or "",
                    _entry(one["entry"], t),
                )
                if text
            ),
        )
        for one in found["steps"]
    )
    cards = [about, _checklist(found, lang, t), Card("steps", t.gettext("operator.history"), happenings=steps)]
    if found["is_running"]:
        cards[2:2] = [*_deciding(found, typed, t), _withdrawing(found, t)]
    return tuple(cards)


def grant_cards(
    found: Mapping[str, Any],
    choosable: Sequence[Mapping[str, Any]],
    window: Mapping[str, str],
    form: Form,
    t: Translator,
) -> tuple[Card, ...]:
    """Return the form of a grant's terms: number, levels of one scheme's version, window."""
    options = ((one["value"], f"{one['scheme']} {one['version']} ★{one['level']}") for one in choosable)
    typed, chosen = form.get, form.many("scope")
    fields = (
        Field("no", t.gettext("fact.body_number"), "number", typed("no", window["no"]), attributes="min=1 required"),
        Field("scope", t.gettext("body.scope.title"), "checks", options=choices(options, chosen, marked="checked")),
        Field(
            "begins", t.gettext("operator.first_day"), "date", typed("begins", window["begins"]), attributes="required"
        ),
        Field("ends", t.gettext("operator.last_day"), "date", typed("ends", window["ends"]), attributes="required"),
    )
    view = FormView(f"/applications/{found['id']}/grant", t.gettext("operator.propose"), fields)
    title = t.gettext("operator.application.grant.title", name=plain(found["name"]))
    return (Card("grant", title, texts=(t.gettext("operator.two_people"),), forms=(view,)),)


def state_tag(state: str, t: Translator) -> Tag:
    """Return the sign and word of an application's state."""
    return Tag(standing_appearance(_LOOKS.get(state, "withdrawn")), t.gettext(f"operator.application.state.{state}"))


def refusal_cards(found: Mapping[str, Any], decision: Mapping[str, Any], t: Translator) -> tuple[Card, ...]:
    """Return what the second operator reads of a refusal: whose application, and why."""
    facts = (
        Fact(t.gettext("operator.application"), texts=(plain(found["name"]), found["id"], plain(found["identifier"]))),
        Fact(t.gettext("fact.role"), texts=(t.gettext(f"body.role.{found['role']}"),)),
        Fact(t.gettext("operator.reason"), texts=(reason_words(decision["reason"], t),)),
        Fact(t.gettext("operator.application.missing"), texts=(str(found["missing"]),)),
    )
    way = Link(t.gettext("operator.proposal.look"), f"/applications/{found['id']}")
    return (Card("refusal", t.gettext("operator.application.refuse"), facts=facts, links=(way,)),)


def _windows(rows: Sequence[Mapping[str, Any]], zone: str, t: Translator) -> Card:
    columns = ("table.state", "operator.application.window", "fact.role", "bodies.term")
    cells = [
        (
            Cell(
                tags=(
                    Tag(
                        standing_appearance("active" if one["is_open"] else "expired"),
                        t.gettext("operator.application.open" if one["is_open"] else "operator.application.closed"),
                    ),
                )
            ),
            Cell(codes=(one["id"],), texts=(t.gettext("operator.illustrative"),) if one["illustrative"] else ()),
            Cell(texts=(t.gettext(f"body.role.{one['role']}"),)),
            Cell(moments=(t.first_day(one["opens"], zone), t.last_day(one["closes"], zone))),
        )
        for one in rows
    ]
    title = t.gettext("operator.application.windows")
    return Card("windows", title, grids=(grid("windows", title, tuple(map(t.gettext, columns)), cells, empty=""),))


def _opening(answer: Mapping[str, Any], typed: Typed, t: Translator) -> tuple[Card, ...]:
    windows = [(one["id"], one["id"]) for one in answer["windows"] if one["is_open"]]
    if not windows:
        return ()
    fields = (
        Field(
            "window",
            t.gettext("operator.application.window"),
            "select",
            options=choices(windows, (typed("window", ""),)),
        ),
        Field(
            "identifier", t.gettext("operator.body.identifier"), "text", typed("identifier", ""), attributes="required"
        ),
        Field("name", t.gettext("operator.body.name"), "text", typed("name", ""), attributes="required"),
    )
    form = FormView("/applications", t.gettext("operator.application.begin"), fields)
    return (Card("open", t.gettext("operator.application.begin"), forms=(form,)),)


def _checklist(found: Mapping[str, Any], lang: str, t: Translator) -> Card:
    columns = ("table.state", "operator.application.item", "operator.application.paper")
    cells = [
        (
            Cell(
                tags=(
                    Tag(
                        standing_appearance("active" if one["sha256"] else "not_yet"),
                        t.gettext("operator.application.there" if one["sha256"] else "operator.application.absent"),
                    ),
                )
            ),
            Cell(texts=(one["ja" if lang == "ja" else "en"],), codes=(one["id"],)),
            Cell(codes=(one["sha256"],) if one["sha256"] else ()),
        )
        for one in found["items"]
    ]
    title = t.gettext("operator.application.checklist")
    table = grid("checklist", title, tuple(map(t.gettext, columns)), cells, empty="")
    if not found["is_running"]:
        return Card("checklist", title, grids=(table,))
    items = choices((one["id"], one["ja" if lang == "ja" else "en"]) for one in found["items"])
    fields = (
        Field("item", t.gettext("operator.application.item"), "select", options=items),
        Field(
            "paper",
            t.gettext("operator.application.paper"),
            "file",
            hints=(t.gettext("operator.application.paper.hint"),),
            attributes="required",
        ),
    )
    action = f"/applications/{found['id']}/supply"
    form = FormView(action, t.gettext("operator.application.supply"), fields, enctype="multipart/form-data")
    return Card("checklist", title, grids=(table,), forms=(form,))


def _deciding(found: Mapping[str, Any], typed: Typed, t: Translator) -> tuple[Card, ...]:
    refuse = FormView(
        f"/applications/{found['id']}/refuse", t.gettext("operator.propose"), (reason_field(REFUSALS, typed, t),)
    )
    title = t.gettext("operator.application.decide")
    grant = Link(t.gettext("operator.application.grant"), f"/applications/{found['id']}/grant")
    lead = t.gettext("operator.application.missing.text" if found["missing"] else "operator.application.ready")
    return (
        Card("decide", title, texts=(lead,), links=() if found["missing"] else (grant,)),
        Card("refuse", t.gettext("operator.application.refuse"), forms=(refuse,)),
    )


def _withdrawing(found: Mapping[str, Any], t: Translator) -> Card:
    form = FormView(f"/applications/{found['id']}/withdraw", t.gettext("operator.application.withdraw"), looks="quiet")
    return Card("withdraw", t.gettext("operator.application.withdraw.title"), forms=(form,))


def _entry(entry: int | None, t: Translator) -> str:
    return "" if entry is None else t.gettext("operator.entry", entry=str(entry))
