"""How the console's pages are shown, and who may do what on them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from verifier.dates import day_start, local_date, parse_instant
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from starlette.responses import Response

    from verifier.edge.authority.cards import Card
    from verifier.edge.console.visit import Visit

OPERATORS = frozenset({"operator"})
"""Who signs what the authority says."""
HANDLERS = frozenset({"operator", "registrar"})
"""Who handles complaints and applications; a registrar signs nothing."""


def show_cards(visit: Visit, cards: tuple[Card, ...]) -> Response:
    """Return a page of cards; the first one's title is the page's."""
    return visit.show("operator/screen.html", title=cards[0].title, first=cards[:1], rest=cards[1:])


def first_instant(visit: Visit, name: str) -> int:
    """Return the first second of the day in a field. Raises MalformedError or WrongUseError."""
    return parse_instant(visit.form.need(name), zone=visit.house.plan.zone)


def last_instant(visit: Visit, name: str) -> int:
    """Return the first second after the day in a field. Raises MalformedError or WrongUseError."""
    # A day may have 23 or 25 hours.
    return day_after(first_instant(visit, name), visit.house.plan.zone)


def day_after(instant: int, zone: str) -> int:
    """Return the first second of the day after that of an instant. Raises WrongUseError for a day beyond every date."""
    try:
        return day_start(local_date(instant, zone) + timedelta(days=1), zone)
    except OverflowError as error:
        raise WrongUseError("the day lies beyond every date") from error


def pseudonym(visit: Visit) -> str:
    """Return the lasting pseudonym under which the private registers know somebody."""
    return f"p-{visit.person.id}"
