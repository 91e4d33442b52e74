"""What pages show of the answers about a list: how many of each verdict, and the rows of one of them, page by page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from verifier.check.outcome import SATISFIED, UNDECIDED, RowVerdict
from verifier.dates import last_valid_day
from verifier.edge.check.check_words import row_words, state_text, unless_lifted, verdict_words
from verifier.edge.i18n import plain
from verifier.edge.page.grid import Cell, Grid, Tag, grid
from verifier.edge.page.wording import Appearance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verifier.check.receipt import Receipt
    from verifier.edge.i18n import Translator

ROWS_A_PAGE = 100
_LOOKS = {
    RowVerdict.UNIT_ONLY: Appearance("ended", "warning", "!"),
    RowVerdict.SELF_DECLARED: Appearance("ended", "warning", "!"),
    RowVerdict.DOES_NOT_MEET: Appearance("bad", "cross", "✗"),
    RowVerdict.NOT_FOUND: Appearance("bad", "absent", "∅"),
}


@dataclass(frozen=True)
class Filter:
    """A way to the rows of one verdict, or of all."""

    href: str
    text: str
    number: str
    current: Literal["true", "false"]


@dataclass(frozen=True)
class PageLink:
    """A way to another page of the rows."""

    href: str
    text: str


def verdict_appearance(verdict: RowVerdict) -> Appearance:
    """Return the sign and tone of a row's verdict."""
    if verdict in SATISFIED:
        return Appearance("good", "check", "✓")
    return Appearance("open", "question", "?") if verdict in UNDECIDED else _LOOKS[verdict]


def verdict_of(row: Mapping[str, Any]) -> RowVerdict:
    """Return the verdict of a receipt's row."""
    return RowVerdict(row["verdict"])


def filters(receipt: Receipt, path: str, chosen: str, t: Translator) -> list[Filter]:
    """Return the ways to the rows of each verdict that there is."""
    counts = Counter(row["verdict"] for row in receipt.rows)
    every = Filter(path, t.gettext("buyer.filter.all"), f"{len(receipt.rows):,}", _current(chosen, ""))
    of_each = [
        Filter(
            f"{path}?{urlencode({'verdict': one.value})}",
            verdict_words(one, t),
            f"{counts[one.value]:,}",
            _current(chosen, one.value),
        )
        for one in RowVerdict
        if counts[one.value]
    ]
    return [every, *of_each]


def page_of_rows(receipt: Receipt, query: Mapping[str, str]) -> tuple[list[dict[str, Any]], str, int, int]:
    """Return the rows of a page, the verdict that was chosen (or ""), the page's number and how many there are."""
    chosen = query.get("verdict", "")
    rows = [row for row in receipt.rows if not chosen or row["verdict"] == chosen]
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    asked = query.get("page", "1")
    page = min(max(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1, 1), pages)
    return rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], chosen, page, pages


@dataclass(frozen=True)
class Turn:
    """Which of the pages this is, and the ways to the ones beside it."""

    place: str
    links: tuple[PageLink, ...]


def turning(path: str, chosen: str, place: tuple[int, int], t: Translator) -> list[Turn]:
    """Return the ways from a page (its number, and how many there are) to others; nothing where it is the only one."""
    page, pages = place
    if pages == 1:
        return []
    ways = [(page - 1, "buyer.page.before"), (page + 1, "buyer.page.after")]
    kept = {"verdict": chosen} if chosen else {}
    links = tuple(
        PageLink(f"{path}?{urlencode({**kept, 'page': str(number)})}", t.gettext(word))
        for number, word in ways
        if 1 <= number <= pages
    )
    return [Turn(t.gettext("buyer.page.of", page=page, pages=pages), links)]


def rows_grid(rows: Sequence[Mapping[str, Any]], zone: str, t: Translator) -> Grid:
    """Return the rows as a table."""
    names = ("buyer.column.row", "buyer.column.supplier", "buyer.column.verdict", "buyer.column.reason")
    columns = tuple(t.gettext(one) for one in (*names, "buyer.column.next", "buyer.column.held"))
    cells = [_cells(row, zone, t) for row in rows]
    return grid("answers", t.gettext("buyer.answers"), columns, cells, empty=t.gettext("buyer.answers.none"))


def _cells(row: Mapping[str, Any], zone: str, t: Translator) -> tuple[Cell, ...]:
    words, verdict = row_words(row["reason"], t), verdict_of(row)
    who = [plain(row["name"])] if row.get("name") else []
    where = t.gettext("bulk.in_column", column=row["column"] + 1) if "column" in row else ""
    candidates = [f"{one} {plain(name)}" for one, name in row.get("candidates", ())]
    twin = [t.gettext("bulk.same_as", row=row["same_as"])] if "same_as" in row else []
    held = [row["tier"]] if row.get("tier") else []
    state = [state_text(row["state"], t)] if row.get("state") else []
    last = [_last_day(row, zone, t)] if row.get("until") else []
    return (
        Cell(texts=(str(row["row"]),)),
        Cell(texts=(*who, *twin), codes=(*row.get("identifiers", ()), *_marks(row))),
        Cell(tags=(Tag(verdict_appearance(verdict), words.verdict),)),
        Cell(texts=(f"{words.reason}{where}", *candidates)),
        Cell(texts=(words.next_step,)),
        Cell(texts=(*held, *state, *last), codes=(row["mark"],) if row.get("mark") else ()),
    )


def _last_day(row: Mapping[str, Any], zone: str, t: Translator) -> str:
    if row.get("state") == "suspended":
        return unless_lifted(row["until"], zone, t)
    return t.gettext("buyer.last_day", day=last_valid_day(row["until"], zone))


def _marks(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (plain(row["asked_mark"]),) if row.get("asked_mark") else ()


def _current(chosen: str, one: str) -> Literal["true", "false"]:
    return "true" if chosen == one else "false"
