"""The page of all accredited bodies: who may evaluate what, until when, and how each one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Link, banners, scheme_words
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.wording import standing_appearance, state_words
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator

ROLES = ("evaluation", "technical_verification", "registrar", "training", "foreign_operator")
_OF_TERMS = ("lapsed", "not_yet")


def bodies_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page out of the JSON answer."""
    t = translator(lang)
    bodies = answer["bodies"]
    return render(
        "bodies.html",
        lang=lang,
        path="/bodies",
        title=t.gettext("bodies.title"),
        banners=banners(environment, t),
        moments=[t.moment(answer["as_of"], zone)],
        stale=[t.gettext("bodies.stale")] if answer["list"]["stale"] else [],
        grids=[_grid(role, [one for one in bodies if one["role"] == role], zone, t) for role in _roles(bodies)],
        size=str(answer["size"]),
    )


def standing_tag(standing: str, t: Translator) -> Tag:
    """Return the sign and word of a body's standing."""
    word = t.gettext(f"statistics.state.{standing}") if standing in _OF_TERMS else state_words(standing, t)
    return Tag(standing_appearance(standing), word)


def body_link(body: Mapping[str, Any], t: Translator) -> Link:
    """Return the link to a body's page, by its name where that is disclosed."""
    no = str(body["no"])
    return Link(plain(body["name"]) if body.get("name") else t.gettext("issuer.number", no=no), f"/e/{no}")


def _roles(bodies: Iterable[Mapping[str, Any]]) -> list[str]:
    there = {one["role"] for one in bodies}
    return [role for role in ROLES if role in there]


def _grid(role: str, bodies: list[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    columns = tuple(t.gettext(one) for one in ("table.state", "bodies.body", "bodies.scope", "bodies.term"))
    ordered = sorted(bodies, key=lambda one: (one["standing"] != "active", one["no"]))
    rows = [_row(one, zone, t) for one in ordered]
    return grid(role, t.gettext(f"body.role.{role}"), columns, rows, empty="")


def _row(body: Mapping[str, Any], zone: str, t: Translator) -> tuple[Cell, ...]:
    return (
        Cell(tags=(standing_tag(body["standing"], t),)),
        Cell(links=(body_link(body, t),), texts=(t.gettext("issuer.number", no=str(body["no"])),)),
        Cell(texts=tuple(_scope(body["scope"], t)) or (t.gettext("bodies.scope.none"),)),
        Cell(moments=(t.first_day(body["from"], zone), t.last_day(body["until"], zone))),
    )


def _scope(rows: list[Mapping[str, Any]], t: Translator) -> Iterable[str]:
    for scheme in dict.fromkeys(row["scheme"] for row in rows):
        levels = sorted({row["level"] for row in rows if row["scheme"] == scheme})
        yield " ".join((scheme_words(scheme, t), *(f"★{level}" for level in levels)))
