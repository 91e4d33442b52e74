"""Cards: what every page of the operators' console is made of. One template draws them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.edge.i18n import Moment
    from verifier.edge.page.account import Fact, Link
    from verifier.edge.page.grid import Grid

Kind = Literal["text", "number", "date", "area", "select", "checks", "file", "hidden"]


@dataclass(frozen=True)
class Option:
    """A choice; ``attributes`` is what HTML calls it when it is chosen already."""

    value: str
    text: str
    attributes: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a form with what was typed or is proposed; ``hints`` stand under its label."""

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    hints: tuple[str, ...] = ()
    attributes: str = ""
    prefix: str = "field"

    @property
    def id(self) -> str:
        """The id of its element; a page with two forms gives them two prefixes."""
        return f"{self.prefix}-{self.name}"


@dataclass(frozen=True)
class FormView:
    """A form that is sent to ``action``; ``enctype`` matters where it has a file."""

    action: str
    button: str
    fields: tuple[Field, ...] = ()
    notes: tuple[str, ...] = ()
    enctype: str = "application/x-www-form-urlencoded"
    looks: str = ""


@dataclass(frozen=True)
class Happening:
    """A line of a history: what, when, and what there is beside it."""

    text: str
    moment: Moment
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A part of a page under a heading whose element id is ``name``."""

    name: str
    title: str
    texts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    grids: tuple[Grid, ...] = ()
    points: tuple[str, ...] = ()
    happenings: tuple[Happening, ...] = ()
    forms: tuple[FormView, ...] = ()
    codes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def fact_lists(self) -> tuple[tuple[Fact, ...], ...]:
        """The facts as one list, none where there are none: a template has no ifs."""
        return (self.facts,) if self.facts else ()

    @property
    def point_lists(self) -> tuple[tuple[str, ...], ...]:
        """The points as one list."""
        return (self.points,) if self.points else ()

    @property
    def timelines(self) -> tuple[tuple[Happening, ...], ...]:
        """The history as one list."""
        return (self.happenings,) if self.happenings else ()

    @property
    def link_lists(self) -> tuple[tuple[Link, ...], ...]:
        """The links as one list."""
        return (self.links,) if self.links else ()


def choices(
    found: Iterable[tuple[str, str]], chosen: Sequence[str] = (), *, marked: str = "selected"
) -> tuple[Option, ...]:
    """Return options out of values and texts; ``marked`` is the attribute of those that are chosen."""
    return tuple(Option(value, text, marked if value in chosen else "") for value, text in found)
