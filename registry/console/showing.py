"""How the console's pages are shown, and who may do what on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.routing import compile_path

from verifier.dates import day_start, local_date, parse_instant
from verifier.edge.console import queries
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.authority.cards import Card
    from verifier.edge.console.plan import Deed, Screen
    from verifier.edge.console.visit import Visit

OPERATORS = frozenset({"operator"})
"""Who signs what the authority says."""
HANDLERS = frozenset({"operator", "registrar"})
"""Who handles complaints and applications; a registrar signs nothing."""


def show_cards(visit: Visit, cards: tuple[Card, ...]) -> Response:
    """Return a page of cards; the first one's title is the page's. What the visitor may not do is not offered."""
    kept = [offered(visit, one) for one in cards]
    rest = [one for one in kept[1:] if one is not None]
    return visit.show("operator/screen.html", title=cards[0].title, first=[one for one in kept[:1] if one], rest=rest)


def offered(visit: Visit, card: Card) -> Card | None:
    """Return the card with the forms and ways that are the visitor's, None where nothing else was in it."""
    plan = visit.house.plan
    forms = tuple(one for one in card.forms if _may(visit, plan.deeds, one.action))
    links = tuple(one for one in card.links if _may(visit, plan.screens, one.href.partition("#")[0]))
    if (forms, links) == (card.forms, card.links):
        return card
    has_more = card.facts or card.grids or card.happenings or card.codes or forms or links
    return replace(card, forms=forms, links=links) if has_more else None


def names_of(visit: Visit) -> dict[str, str]:
    """Return the names of everybody with an account, by the pseudonym under which the private registers know them."""
    with visit.house.accounts.database.transaction() as db:
        return {f"p-{one.id}": one.name for one in queries.list_people(db)}


def _may(visit: Visit, ways: Sequence[Screen | Deed], path: str) -> bool:
    for one in ways:
        if compile_path(one.path)[0].match(path):
            return not one.roles or visit.person.may(one.roles)
    return True


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
