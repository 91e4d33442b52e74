"""Charts as pictures on the server: horizontal bars, each under its label, as wide as the page allows.

The same numbers stand in a table beside each chart; a bar's colour says nothing that its label does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW, _LABEL, _BAR, _NUMBER = 48, 16, 24, 37
_WIDEST = 82
"""Percent of the width that the longest bar takes: its number has to fit behind it."""


@dataclass(frozen=True)
class Amount:
    """What is drawn: a label, a number, and the tone of a state or ``plain``."""

    label: str
    number: int
    tone: str


@dataclass(frozen=True)
class Bar:
    """A bar; positions are in CSS pixels down the picture and in percent across it."""

    label: str
    label_y: str
    bar_y: str
    width: str
    number: str
    number_y: str
    tone: str


@dataclass(frozen=True)
class Chart:
    """A chart: ``name`` begins its elements' ids, ``title`` and ``text`` are read aloud."""

    name: str
    title: str
    text: str
    height: str
    bars: tuple[Bar, ...]


def bar_chart(name: str, title: str, text: str, amounts: Sequence[Amount]) -> Chart:
    """Return the chart of some amounts, in their order."""
    most = max((one.number for one in amounts), default=0) or 1
    bars = tuple(_bar(no, one, most) for no, one in enumerate(amounts))
    return Chart(name, title, text, str(len(bars) * _ROW), bars)


def _bar(no: int, one: Amount, most: int) -> Bar:
    top = no * _ROW
    return Bar(
        label=one.label,
        label_y=str(top + _LABEL),
        bar_y=str(top + _BAR),
        width=f"{_WIDEST * one.number / most:.2f}%",
        number=f"{one.number:,}",
        number_y=str(top + _NUMBER),
        tone=one.tone,
    )
