"""The page of statistics: what the log counts to, for how many entries it holds, and how to count again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import Link, banners
from verifier.edge.page.chart import Amount, Chart, bar_chart
from verifier.edge.page.wording import standing_appearance, state_words
from verifier.edge.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.edge.i18n import Translator

COLUMNS: dict[str, tuple[str, ...]] = {
    "marks": ("scheme", "level", "state"),
    "holders": ("scheme", "level"),
    "declarations": ("scheme", "level", "state"),
    "bodies": ("role", "state"),
    "experts": ("state",),
    "agreements": ("state",),
    "recognitions": ("state",),
    "entries": ("type", "month"),
}
"""The columns of each table; the last one, the number, is not named here."""

OTHER_STATES = (
    "declared",
    "stopped",
    "delisted",
    "lapsed",
    "not_yet",
    "proposed",
    "announced",
    "declined",
    "in_force",
    "terminated",
    "recorded",
    "ended",
)
"""States that no mark has."""


MOST_MONTHS = 24
"""Months that the chart of entries goes back; the table has all of them."""


@dataclass(frozen=True)
class Cell:
    """A cell and the title of its column, which stands beside it on a narrow screen."""

    column: str
    text: str


@dataclass(frozen=True)
class TableView:
    """A table in words."""

    name: str
    title: str
    chart: Chart
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def statistics_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page out of the JSON answer."""
    t = translator(lang)
    return render(
        "statistics.html",
        lang=lang,
        path="/statistics",
        title=t.gettext("statistics.title"),
        banners=banners(environment, t),
        moments=[t.moment(answer["at"], zone)],
        tables=[_table(name, answer[name], t) for name in COLUMNS if answer[name]],
        size=str(answer["size"]),
        checkpoints=[Link(answer["checkpoint"], answer["checkpoint"])],
        command=f"shirushi log statistics https://{answer['host']} \\\n  --root trust-root.json"
        f" \\\n  --size {answer['size']} --at {t.moment(answer['at'], zone).utc}",
        alternates=["/statistics.json"],
    )


def statistics_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    columns = sorted({one for names in COLUMNS.values() for one in (*names, "number")})
    return [
        *(f"statistics.{name}.title" for name in COLUMNS),
        *(f"statistics.column.{one}" for one in columns),
        *(f"statistics.state.{one}" for one in OTHER_STATES),
    ]


def _table(name: str, rows: Sequence[Sequence[Any]], t: Translator) -> TableView:
    columns = (*COLUMNS[name], "number")
    titles = tuple(t.gettext(f"statistics.column.{one}") for one in columns)
    cells = tuple(
        tuple(Cell(title, _words(name, str(value), t)) for name, title, value in zip(columns, titles, row, strict=True))
        for row in rows
    )
    title = t.gettext(f"statistics.{name}.title")
    return TableView(name, title, _chart(name, title, rows, t), titles, cells)


def _chart(name: str, title: str, rows: Sequence[Sequence[Any]], t: Translator) -> Chart:
    if name == "entries":
        months: Counter[str] = Counter()
        for row in rows:
            months[row[1]] += row[2]
        amounts = [Amount(month, months[month], "plain") for month in sorted(months)[-MOST_MONTHS:]]
        return bar_chart(name, title, t.gettext("statistics.chart.months"), amounts)
    amounts = [Amount(_label(name, row, t), row[-1], _tone(name, row)) for row in rows]
    return bar_chart(name, title, t.gettext("statistics.chart.text"), amounts)


def _label(name: str, row: Sequence[Any], t: Translator) -> str:
    return " ".join(_words(column, str(value), t) for column, value in zip(COLUMNS[name], row, strict=False))


def _tone(name: str, row: Sequence[Any]) -> str:
    states = [value for column, value in zip(COLUMNS[name], row, strict=False) if column == "state"]
    return standing_appearance(states[0]).tone if states else "plain"


def _words(column: str, value: str, t: Translator) -> str:
    match column:
        case "state" if value in OTHER_STATES:
            return t.gettext(f"statistics.state.{value}")
        case "state":
            return state_words(value, t)
        case "role":
            return t.gettext(f"body.role.{value}")
        case "level":
            return f"★{value}"
        case _:
            return value
