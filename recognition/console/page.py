"""One page of the console: headings, facts, tables and forms, drawn by one template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.wording import Appearance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from recognition.console.forms import Field, FormView
    from verifier.edge.console.visit import Visit

GOOD = Appearance("good", "check", "✓")
OPEN = Appearance("open", "question", "?")
BAD = Appearance("bad", "cross", "✗")
PAUSED = Appearance("ended", "warning", "!")


@dataclass(frozen=True)
class Look:
    """What a page is looked at beside: lists to choose from, sent in the address."""

    action: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Page:
    """What stands on a page, in order."""

    title: str
    intro: tuple[str, ...] = ()
    ways: tuple[Link, ...] = ()
    summary: tuple[Fact, ...] = ()
    looks: tuple[Look, ...] = ()
    grids: tuple[Grid, ...] = ()
    forms: tuple[FormView, ...] = ()
    acts: tuple[FormView, ...] = ()
    """Forms that stand before the tables: what the page is opened for."""


def show(visit: Visit, page: Page, template: str = "foreign/page.html", **more: Any) -> Response:
    """Return the page."""
    return visit.show(
        template,
        title=page.title,
        intro=page.intro,
        ways=page.ways,
        summaries=(page.summary,) if page.summary else (),
        looks=page.looks,
        grids=page.grids,
        forms=page.forms,
        acts=page.acts,
        **more,
    )


def table(visit: Visit, name: str, heads: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Grid:
    """Return a table; its title is the text ``foreign.NAME.title``, its heads are texts ``foreign.head.HEAD``."""
    t = visit.t
    columns = tuple(t.gettext(f"foreign.head.{one}") for one in heads)
    return grid(name, t.gettext(f"foreign.{name}.title"), columns, rows, empty=t.gettext("foreign.none"))


def text(*texts: str) -> Cell:
    """Return a cell of plain texts."""
    return Cell(texts=texts)


def code(*codes: str) -> Cell:
    """Return a cell of ids and digests."""
    return Cell(codes=codes)


def way(words: str, href: str) -> Cell:
    """Return a cell that leads somewhere."""
    return Cell(links=(Link(words, href),))


def tag(appearance: Appearance, word: str, *texts: str) -> Cell:
    """Return a cell with a state, and perhaps texts under it."""
    return Cell(tags=(Tag(appearance, word),), texts=texts)


def typed(visit: Visit, form: str, name: str, default: str = "") -> str:
    """Return what was typed into that form, where it is shown again; else the default."""
    return visit.form.get(name) if is_again(visit, form) else default


def is_again(visit: Visit, form: str) -> bool:
    """Say whether this very form was refused and is shown again."""
    return visit.mistake is not None and visit.form.get("form") == form
