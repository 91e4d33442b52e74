"""The page of all agreements: home tiers beside foreign levels, on any day that has passed.

A level that counts as at most a tier counts for every lower one too. The slider steps through the changes there were;
it is a plain form, and the same steps are a list of links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import banners, moments, scheme_words
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.treaty_view import agreement_view
from verifier.edge.rendering import render
from verifier.scheme.shipped import shipped_packs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Moment, Translator


@dataclass(frozen=True)
class Step:
    """A change of an agreement: when, what, and the address that shows the state after it."""

    href: str
    current: str
    moment: Moment
    text: str


def agreements_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page of all agreements as of an instant: foreign levels beside home tiers."""
    t = translator(lang)
    rows = answer["agreements"]
    step, steps = _steps(answer, zone, lang, t)
    return render(
        "agreements.html",
        lang=lang,
        path="/a",
        query={name: value for name, value in answer["asked"].items() if value},
        title=t.gettext("agreements.title"),
        banners=banners(environment, t),
        grids=[
            _corridor(home, [row for row in rows if row["home"]["scheme"] == home], zone, lang=lang, t=t)
            for home in dict.fromkeys(row["home"]["scheme"] for row in rows)
        ],
        moments=moments(answer["as_of"], None, zone, t)[:1],
        day=answer["asked"]["as_of"],
        chosen=lang,
        sliders=[{"most": str(len(steps) - 1), "step": str(step)}] if len(steps) > 1 else [],
        steps=steps if len(steps) > 1 else [],
        alternates=[],
        size=answer["list"]["size"],
    )


def _corridor(home: str, rows: list[Mapping[str, Any]], zone: str, *, lang: str, t: Translator) -> Grid:
    levels = _tiers(home, rows)
    columns = (
        t.gettext("table.state"),
        t.gettext("agreement.title"),
        t.gettext("agreement.level"),
        *(f"★{level}" for level in levels),
    )
    cells = [
        (
            Cell(tags=(Tag(view.appearance, view.state),)),
            Cell(links=(view.link,)),
            Cell(texts=(label.level,)),
            *(_counts(level, one["tier"], t) for level in levels),
        )
        for row in rows
        for view in (agreement_view(row, zone=zone, lang=lang, t=t),)
        for label, one in zip(view.levels, row["levels"], strict=True)
    ]
    return grid(f"home-{home}", scheme_words(home, t), columns, cells, empty=t.gettext("agreements.none"))


def _tiers(home: str, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the home tiers: those that the scheme issues, and any that an agreement names."""
    issued = {tier.level for pack in shipped_packs() if pack.scheme == home for tier in pack.tiers}
    named = {one["tier"] for row in rows for one in row["levels"] if one["tier"] is not None}
    return sorted(issued | named)


def _counts(level: int, cap: int | None, t: Translator) -> Cell:
    if cap is None or level > cap:
        return Cell(texts=(t.gettext("corridor.no"),))
    return Cell(texts=(t.gettext("corridor.most" if level == cap else "corridor.covered"),))


def _steps(answer: Mapping[str, Any], zone: str, lang: str, t: Translator) -> tuple[int, list[Step]]:
    """Return how many changes there were before, and every step, the one before the first change included."""
    changes = answer["changes"]
    step = sum(1 for one in changes if one["at"] <= answer["as_of"])
    names = {row["id"]: row["label"].get(lang) or row["label"]["en"] for row in answer["agreements"]}
    if not changes:
        return 0, []
    begun = t.moment(changes[0]["at"] - 1, zone)
    first = Step(f"/a?step=0&lang={lang}", _current(0, step), begun, t.gettext("corridor.before"))
    told = [
        Step(
            href=f"/a?step={no}&lang={lang}",
            current=_current(no, step),
            moment=t.moment(one["at"], zone),
            text=f"{names.get(one['id'], one['id'])}: {t.gettext('agreement.event.' + one['status'])}",
        )
        for no, one in enumerate(changes, 1)
    ]
    return step, [first, *told]


def _current(no: int, step: int) -> str:
    return "true" if no == step else "false"
