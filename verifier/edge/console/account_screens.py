"""One's own account: passkeys, recovery codes, sessions, unlocked keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.console import queries
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.console.visit import Visit


def screens() -> Sequence[Screen]:
    """Return the screens of every console's accounts."""
    return (Screen("/account", show_account),)


def deeds() -> Sequence[Deed]:
    """Return the deeds of every console's accounts."""
    return (
        Deed("/account/passkeys", add_passkey, again=show_account),
        Deed("/account/passkeys/remove", remove_passkey, again=show_account),
        Deed("/account/codes", renew_codes),
        Deed("/account/sessions/end", end_session),
        Deed("/account/lock", lock),
        Deed("/sign-out", sign_out),
    )


def show_account(visit: Visit) -> Response:
    """Show one's own account."""
    accounts, plan = visit.house.accounts, visit.house.plan
    with accounts.database.transaction() as db:
        passkeys = queries.passkeys_of(db, visit.person.id)
        sessions = queries.sessions_of(db, visit.person.id)
        codes = queries.count_recovery_codes(db, visit.person.id)
    unlocked = visit.house.unlocking.unlocked(visit.session.id)
    return visit.show(
        "console/account.html",
        options=accounts.ask_to_add(visit.person),
        passkeys=[
            {
                "id": one.id,
                "label": one.label,
                "made": visit.moment(one.created_at),
                "used": _moments(visit, one.used_at),
            }
            for one in passkeys
        ],
        sessions=[
            {"id": one.id, "began": visit.moment(one.began_at), "seen": visit.moment(one.seen_at)}
            for one in sessions
            if one.id != visit.session.id
        ],
        codes=str(codes),
        limited=[visit.session.way] if visit.session.way == "recovery" else [],
        unlocked=[[visit.t.gettext(f"{plan.name}.key.{one}") for one in sorted(unlocked)]] if unlocked else [],
    )


def add_passkey(visit: Visit) -> Response:
    """Keep another passkey; who came in by a recovery code signs in with it."""
    label = visit.form.get("label") or "passkey"
    visit.house.accounts.add_passkey(visit.person, visit.form.need("answer"), label=label)
    if visit.session.way == "recovery":
        visit.house.accounts.sign_out(visit.session.id)
        return visit.go("/sign-in")
    return visit.go("/account", "console.account.passkey.added")


def remove_passkey(visit: Visit) -> Response:
    """Forget one of one's passkeys, and end one's other sessions. Raises RefusedError for the last one."""
    ended: list[str] = []
    with visit.house.accounts.database.transaction() as db:
        own = queries.passkeys_of(db, visit.person.id)
        if [one.id for one in own] == [visit.form.need("passkey")]:
            raise RefusedError("the last passkey stays", hint="Make another one first.")
        if visit.form.get("passkey") in {one.id for one in own}:
            queries.remove_passkey(db, visit.form.get("passkey"))
            ended = [one.id for one in queries.sessions_of(db, visit.person.id) if one.id != visit.session.id]
    # A passkey that was lost or stolen may have opened any of them.
    for one in ended:
        visit.house.end_session(one)
    return visit.go("/account", "console.account.passkey.removed")


def renew_codes(visit: Visit) -> Response:
    """Show new recovery codes, this once; the old ones are void."""
    codes = visit.house.accounts.renew_codes(visit.person)
    return visit.show("console/codes.html", codes=codes, name=visit.person.name)


def end_session(visit: Visit) -> Response:
    """End another session of one's own."""
    with visit.house.accounts.database.transaction() as db:
        own = {one.id for one in queries.sessions_of(db, visit.person.id)}
    if visit.form.get("session") in own:
        visit.house.end_session(visit.form.get("session"))
    return visit.go("/account", "console.account.session.ended")


def lock(visit: Visit) -> Response:
    """Forget the passphrases that were given."""
    visit.house.unlocking.lock(visit.session.id)
    return visit.go("/account", "console.account.locked")


def sign_out(visit: Visit) -> Response:
    """End this session."""
    visit.house.end_session(visit.session.id)
    return visit.go("/sign-in")


def _moments(visit: Visit, instant: int | None) -> list[object]:
    return [] if instant is None else [visit.moment(instant)]
