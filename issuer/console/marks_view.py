"""What the pages tell of this body's marks: those that the registry admitted, with the state that it tells of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from issuer import queries_reminder
from issuer.console.case_view import ZONE, listing_facts, zone_of
from issuer.console.words import mark_tag
from verifier.dates import last_valid_day, local_date
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact, Link, identifier_fact, scheme_words
from verifier.edge.page.grid import Cell, Grid, grid
from verifier.errors import MarkError, NotFoundError
from verifier.mark import Mark, parse_mark
from verifier.markid import normalise_mark_id
from verifier.names import mark_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from issuer.desk import Desk
    from verifier.edge.i18n import Translator

WINDOWS = (7, 30, 90)
"""Days before its last one in which a mark is shown as ending, the nearest window that it falls into."""

A_PAGE = 25


@dataclass(frozen=True)
class Held:
    """A mark of this body and the case that it came from."""

    case_id: str
    mark: Mark

    def days_left(self, now: int, zone: str) -> int:
        """Return the days until the last valid one; less than zero once it is over."""
        return (last_valid_day(self.mark.exp, zone) - local_date(now, zone)).days


def held_marks(desk: Desk) -> list[Held]:
    """Return every mark that the registry admitted from this desk, the latest first."""
    with desk.database.transaction() as session:
        issued = queries_reminder.issued_marks(session)
    return [Held(case_id, parse_mark(token)) for case_id, token in reversed(issued)]


def find_held(desk: Desk, mark_id: str) -> Held:
    """Return a mark of this body by its id, however it is written. Raises NotFoundError, MalformedError."""
    wanted = normalise_mark_id(mark_id)
    found = next((one for one in held_marks(desk) if one.mark.id == wanted), None)
    if found is None:
        raise NotFoundError("this desk issued no such mark", hint="The list shows all marks of this body.")
    return found


def mark_state(desk: Desk, mark: Mark) -> str | None:
    """Return the state that the registry tells and the clock makes of it, None where it could not be asked."""
    try:
        state = desk.registry.state_of(mark_uri(mark.host, mark.id))
    except MarkError:
        return None
    now = desk.clock()
    if state == "active":
        return "expired" if now >= mark.exp else "not_yet_valid" if now < mark.nbf else state
    return state


def ending(marks: Iterable[Held], now: int) -> dict[int, list[Held]]:
    """Return the marks that end soon by the window that they fall into."""
    found: dict[int, list[Held]] = {days: [] for days in WINDOWS}
    for one in marks:
        left = one.days_left(now, ZONE)
        window = next((days for days in WINDOWS if 0 <= left <= days), None)
        if window is not None:
            found[window].append(one)
    return found


def marks_grid(desk: Desk, marks: Iterable[Held], t: Translator) -> Grid:
    """Return a table of marks with their present states."""
    rows = []
    for one in marks:
        org = one.mark.content.org
        rows.append(
            (
                Cell(links=(Link(one.mark.content.number, f"/marks/{one.mark.id}"),)),
                Cell(tags=(mark_tag(mark_state(desk, one.mark), t),)),
                Cell(texts=(f"★{one.mark.content.tier}",)),
                Cell(texts=(plain(org.name),)),
                Cell(moments=(t.last_day(one.mark.exp, ZONE),)),
            )
        )
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("number", "state", "tier", "holder", "until"))
    return grid("marks", t.gettext("evaluator.marks.title"), titles, rows, empty=t.gettext("evaluator.marks.none"))


def ending_grid(found: dict[int, list[Held]], t: Translator) -> Grid:
    """Return the marks that end within 7, 30 and 90 days."""
    rows = [
        (
            Cell(texts=(t.gettext("evaluator.ending.days", days=str(days)),)),
            Cell(links=(Link(one.mark.content.number, f"/marks/{one.mark.id}"),)),
            Cell(texts=(plain(one.mark.content.org.name),)),
            Cell(moments=(t.last_day(one.mark.exp, ZONE),)),
        )
        for days, marks in found.items()
        for one in marks
    ]
    titles = tuple(t.gettext(f"evaluator.column.{name}") for name in ("within", "number", "holder", "until"))
    return grid("ending", t.gettext("evaluator.ending.title"), titles, rows, empty=t.gettext("evaluator.ending.none"))


def mark_facts(desk: Desk, held: Held, t: Translator) -> tuple[Fact, ...]:
    """Return what a mark says, and where its case is."""
    return tuple(_facts(desk, held, t))


def _facts(desk: Desk, held: Held, t: Translator) -> Iterator[Fact]:
    content, case = held.mark.content, desk.case(held.case_id)
    zone = zone_of(case)
    yield _text("holder", t, *filter(None, (content.org.name, content.org.name_latin)))
    yield from (identifier_fact(one, t) for one in content.org.identifiers)
    yield from listing_facts(content.org, t)
    yield _text("tier", t, f"{scheme_words(content.scheme, t)} ★{content.tier}", content.criteria)
    yield _text("scope", t, content.scope_summary, t.gettext(f"scope_kind.{content.scope_kind}"))
    yield Fact(t.gettext("evaluator.fact.begins"), moments=(t.first_day(held.mark.nbf, zone),))
    yield Fact(t.gettext("evaluator.fact.ends"), moments=(t.last_day(held.mark.exp, zone),))
    yield _text("number", t, content.number)
    yield _text("mark", t, held.mark.id)
    yield Fact(t.gettext("evaluator.fact.case"), links=(Link(case.id, f"/cases/{case.id}"),))


def _text(name: str, t: Translator, *texts: str) -> Fact:
    return Fact(t.gettext(f"evaluator.fact.{name}"), texts=tuple(map(plain, texts)))
