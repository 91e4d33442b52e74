"""Grids: tables of cells that hold texts, links, stars, moments and states, drawn by one macro of parts.html."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.i18n import Moment
    from verifier.edge.page.account import Link, Stars
    from verifier.edge.page.wording import Appearance


@dataclass(frozen=True)
class Tag:
    """A state: its sign and tone, and its word."""

    appearance: Appearance
    word: str


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, most cells holding one thing. ``codes`` are ids and digests."""

    tags: tuple[Tag, ...] = ()
    links: tuple[Link, ...] = ()
    stars: tuple[Stars, ...] = ()
    texts: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelledCell:
    """A cell with the title of its column, which stands beside it on a narrow screen."""

    column: str
    cell: Cell


@dataclass(frozen=True)
class Grid:
    """A table under a heading whose element id is ``name``; ``empty`` is said where there are no rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[LabelledCell, ...], ...]
    empty: str
    width: str


def grid(name: str, title: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], *, empty: str) -> Grid:
    """Return the table; every row has a cell for each column."""
    labelled = tuple(
        tuple(LabelledCell(column, cell) for column, cell in zip(columns, row, strict=True)) for row in rows
    )
    return Grid(name, title, columns, labelled, empty, str(len(columns)))
