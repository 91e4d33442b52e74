"""Who has an account, who is invited, and the journal of what was done. For administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.console import queries
from verifier.edge.console.entrance import role_words
from verifier.edge.console.people import ADMIN
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.console.people import Person
    from verifier.edge.console.visit import Visit

ADMINS = frozenset({ADMIN})
LINES = 200


def screens() -> Sequence[Screen]:
    """Return the screens of every console's people."""
    return (Screen("/people", show_people, ADMINS), Screen("/journal", show_journal, ADMINS))


def deeds() -> Sequence[Deed]:
    """Return the deeds of every console's people."""
    return (
        Deed("/people/invite", invite, ADMINS, again=show_people),
        Deed("/people/{person}/invite", invite_again, ADMINS, again=show_people),
        Deed("/people/{person}/block", block, ADMINS, again=show_people),
        Deed("/people/{person}/let-in", let_in, ADMINS, again=show_people),
    )


def show_people(visit: Visit, link: str = "") -> Response:
    """Show everybody of one's unit, and who is invited; ``link`` is an invitation that was just made."""
    name = visit.house.plan.name
    with visit.house.accounts.database.transaction() as db:
        people = [one for one in queries.list_people(db) if one.unit == visit.person.unit]
        invited = [one for one in queries.list_invitations(db) if one.unit == visit.person.unit]
    return visit.show(
        "console/people.html",
        links=[link] if link else [],
        everybody=[
            {
                "id": one.id,
                "name": one.name,
                "roles": role_words(visit.t, name, one.roles),
                "since": visit.moment(one.created_at),
                "blocked": [visit.moment(one.blocked_at)] if one.blocked_at is not None else [],
                "others": [one.id] if one.id != visit.person.id else [],
                "blocked_ids": [one.id] if one.blocked_at is not None else [],
                "free_ids": [one.id] if one.blocked_at is None else [],
            }
            for one in people
        ],
        invited=[
            {"name": one.name, "roles": role_words(visit.t, name, one.roles), "until": visit.moment(one.until)}
            for one in invited
        ],
        choices=[
            {"role": one, "words": role_words(visit.t, name, frozenset({one}))[0], "id": f"role-{one}"}
            for one in visit.house.plan.every_role
        ],
    )


def invite(visit: Visit) -> Response:
    """Invite somebody and show the link, this once. Raises RefusedError."""
    roles = frozenset(visit.form.many("role")) & frozenset(visit.house.plan.every_role)
    with visit.house.accounts.database.transaction() as db:
        colleagues = [one for one in queries.list_people(db) if one.unit == visit.person.unit]
    visit.house.plan.check_roles(roles, colleagues)
    _, token = visit.house.accounts.invite(
        visit.form.get("name"), roles=roles, by=visit.person.name, unit=visit.person.unit
    )
    return show_people(visit, link=_link(visit, token))


def invite_again(visit: Visit) -> Response:
    """Let somebody who lost every passkey make a new one. Raises NotFoundError."""
    person = _person(visit)
    _, token = visit.house.accounts.invite(
        person.name, roles=person.roles, by=visit.person.name, unit=person.unit, person=person.id
    )
    return show_people(visit, link=_link(visit, token))


def block(visit: Visit) -> Response:
    """Let somebody in no more, at once. Raises RefusedError for oneself, NotFoundError."""
    person = _person(visit)
    if person.id == visit.person.id:
        raise RefusedError("nobody blocks their own account", hint="Ask another administrator.")
    with visit.house.accounts.database.transaction() as db:
        sessions = queries.sessions_of(db, person.id)
        queries.block_person(db, person.id, at=visit.now)
        # Nor does anybody come back in by a link that this person was given, or made.
        queries.remove_invitations_of(db, person)
    for one in sessions:
        visit.house.end_session(one.id)
    return visit.go("/people", "console.people.blocked", name=person.name)


def let_in(visit: Visit) -> Response:
    """Let somebody in again who was blocked. Raises NotFoundError, RefusedError where another has the role by now."""
    person = _person(visit)
    with visit.house.accounts.database.transaction() as db:
        others = [one for one in queries.list_people(db) if one.unit == person.unit and one.id != person.id]
        visit.house.plan.check_roles(person.roles, others)
        queries.block_person(db, person.id, at=None)
    return visit.go("/people", "console.people.let_in", name=person.name)


def show_journal(visit: Visit) -> Response:
    """Show the latest lines of the journal."""
    with visit.house.accounts.database.transaction() as db:
        names = {one.id: one.name for one in queries.list_people(db) if one.unit == visit.person.unit}
        lines = [one for one in queries.latest_lines(db, most=LINES) if one.person in names]
    return visit.show(
        "console/journal.html",
        lines=[
            {"at": visit.moment(one.at), "name": names[one.person], "about": one.about, "outcome": one.outcome}
            for one in lines
        ],
    )


def _person(visit: Visit) -> Person:
    with visit.house.accounts.database.transaction() as db:
        found = queries.load_person(db, visit.params["person"])
    if found is None or found.unit != visit.person.unit:
        raise NotFoundError("nobody of that id has an account here")
    return found


def _link(visit: Visit, token: str) -> str:
    return f"{visit.house.accounts.party.origin}/enrol/{token}"
