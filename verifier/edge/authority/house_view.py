"""The first page: how the house stands, what waits for somebody, and with which key the reader signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, Field, FormView, choices
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Tag, grid
from verifier.edge.page.wording import standing_appearance, witness_appearance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Moment, Translator


def house_cards(answer: Mapping[str, Any], zone: str, t: Translator) -> tuple[Card, ...]:
    """Return the page's cards: the answer is ``house``, ``waiting``, ``own_key`` and ``held``."""
    house = answer["house"]
    return (
        _state(house, zone, t),
        _waiting(answer["waiting"], house["held"], t),
        _witnesses(house["witnesses"], zone, t),
        _processes(house["processes"], t),
        _own_key(answer["own_key"], t),
        *_held(answer["held"], t),
    )


def _state(house: Mapping[str, Any], zone: str, t: Translator) -> Card:
    warnings = [] if house["status"] == "ok" else [t.gettext(f"operator.house.status.{house['status']}")]
    if house["held"]:
        warnings.append(t.ngettext("operator.house.held", house["held"]))
    if house["committed"] > house["published"]:
        behind = house["committed"] - house["published"]
        warnings.append(t.ngettext("operator.house.behind", behind))
    facts = (
        Fact(t.gettext("operator.house.size"), texts=(str(house["committed"]),)),
        Fact(t.gettext("operator.house.published"), texts=(str(house["published"]),)),
        Fact(t.gettext("operator.house.signed"), texts=(_count(house["signed"], t),)),
        _when("operator.house.checkpoint", house["checkpoint_at"], zone, t),
        _when("operator.house.receipt", house["admitted_at"], zone, t),
        Fact(
            t.gettext("operator.house.directory"),
            texts=(_count(house["directory_size"], t),),
            moments=_moments(house["directory_at"], zone, t),
        ),
        Fact(
            t.gettext("operator.house.lists"),
            texts=(str(house["lists"]),),
            moments=_moments(house["oldest_list_at"], zone, t),
        ),
        Fact(
            t.gettext("operator.house.root"),
            moments=(t.moment(house["root_expires"], zone),),
            links=(Link(t.gettext("operator.root.version", version=str(house["root_version"])), "/ceremonies"),),
        ),
    )
    good = () if warnings else (t.gettext("operator.house.status.ok"),)
    return Card("state", t.gettext("operator.house.title"), texts=good, warnings=tuple(warnings), facts=facts)


def _waiting(waiting: Mapping[str, int], held: int, t: Translator) -> Card:
    facts = (
        Fact(
            t.gettext("operator.house.proposals"),
            texts=(str(waiting["proposals"]),),
            links=(Link(t.gettext("operator.house.open"), "/proposals"),),
        ),
        Fact(
            t.gettext("operator.house.applications"),
            texts=(str(waiting["applications"]),),
            links=(Link(t.gettext("operator.applications.title"), "/applications"),),
        ),
        Fact(
            t.gettext("operator.house.matters"),
            texts=(t.gettext("operator.house.matters.late", open=str(waiting["matters"]), late=str(waiting["late"])),),
            links=(Link(t.gettext("operator.matters.title"), "/matters"),),
        ),
        Fact(
            t.gettext("operator.house.agreements"),
            texts=(
                t.gettext(
                    "operator.house.agreements.text",
                    **{name: str(waiting[name]) for name in ("proposed", "announced", "in_force")},
                ),
            ),
            links=(Link(t.gettext("operator.menu.agreements"), "/agreements"),),
        ),
        Fact(
            t.gettext("operator.house.timers"),
            texts=(str(held),),
            links=(Link(t.gettext("operator.timers.title"), "/timers"),),
        ),
    )
    return Card("waiting", t.gettext("operator.house.waiting"), facts=facts)


def _witnesses(rows: list[Mapping[str, Any]], zone: str, t: Translator) -> Card:
    columns = ("table.state", "explore.witness", "explore.operator", "operator.house.cosigned")
    cells = [
        (
            Cell(tags=(_seen(one, t),)),
            Cell(codes=(plain(one["name"]),)),
            Cell(texts=(f"{plain(one['operator'])} ({one['country']})",)),
            Cell(moments=_moments(one["at"], zone, t), texts=() if one["at"] else (t.gettext("operator.never"),)),
        )
        for one in rows
    ]
    title = t.gettext("operator.house.witnesses")
    table = grid(
        "witnesses", title, tuple(map(t.gettext, columns)), cells, empty=t.gettext("operator.house.no_witness")
    )
    return Card("witnesses", title, grids=(table,))


def _seen(one: Mapping[str, Any], t: Translator) -> Tag:
    is_newest = one["is_newest"]
    word = t.gettext("operator.house.cosigns" if is_newest else "operator.house.absent")
    return Tag(witness_appearance(one["at"] if is_newest else None), word)


def _processes(rows: list[tuple[str, bool]], t: Translator) -> Card:
    title = t.gettext("operator.house.processes")
    cells = [
        (
            Cell(
                tags=(
                    Tag(
                        standing_appearance("active" if lives else "withdrawn"),
                        t.gettext("operator.house.runs" if lives else "operator.house.stands"),
                    ),
                )
            ),
            Cell(codes=(name,)),
        )
        for name, lives in rows
    ]
    columns = (t.gettext("table.state"), t.gettext("operator.house.process"))
    return Card(
        "processes",
        title,
        grids=(grid("processes", title, columns, cells, empty=t.gettext("operator.house.no_process")),),
    )


def _own_key(own: Mapping[str, Any], t: Translator) -> Card:
    title = t.gettext("operator.own_key.title")
    if own["key"]:
        text = t.gettext("operator.own_key.has", key=own["key"])
        return Card(
            "own-key", title, texts=(text,), facts=(Fact(t.gettext("operator.own_key.kid"), texts=(own["kid"],)),)
        )
    if not own["free"]:
        return Card("own-key", title, texts=(t.gettext("operator.own_key.none"),))
    field = Field(
        "key", t.gettext("operator.own_key.choose"), "select", options=choices((one, one) for one in own["free"])
    )
    form = FormView("/own-key", t.gettext("operator.own_key.take"), (field,))
    return Card("own-key", title, texts=(t.gettext("operator.own_key.text"),), forms=(form,))


def _held(rows: list[Mapping[str, str]], t: Translator) -> tuple[Card, ...]:
    if not rows:
        return ()
    forms = tuple(
        FormView(
            "/own-key/give-up",
            t.gettext("operator.own_key.give_up", key=one["key"], name=plain(one["person"])),
            (Field("kid", "", "hidden", one["kid"]),),
            looks="quiet",
        )
        for one in rows
    )
    title = t.gettext("operator.own_key.held")
    return (Card("held", title, texts=(t.gettext("operator.own_key.held.text"),), forms=forms),)


def _when(label: str, at: int | None, zone: str, t: Translator) -> Fact:
    return Fact(t.gettext(label), texts=() if at else (t.gettext("operator.never"),), moments=_moments(at, zone, t))


def _moments(at: int | None, zone: str, t: Translator) -> tuple[Moment, ...]:
    return () if at is None else (t.moment(at, zone),)


def _count(number: int | None, t: Translator) -> str:
    return t.gettext("operator.never") if number is None else str(number)
