"""The SQL about followings: who is told by mail what is listed under a number. Rows never leave; who calls commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import delete, func, select, update

from registry.portal.queries_clients import insert_new
from registry.portal.tables import DIGEST, EVENT, FOLLOWING, WATCH

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

Asking = Literal["confirm", "renew", ""]


@dataclass(frozen=True)
class Following:
    """A following. ``sealed`` and ``pair`` are address and number as only the key's holder reads them.

    ``made`` is when the newest code was made, ``code_until`` until when it holds (0: none is out). ``letter`` is the
    question that is to be sent at ``due``. ``confirmed`` is when the address said yes, 0 before; ``until`` is when all
    of it is forgotten.
    """

    id: str
    pair: str
    sealed: bytes
    lang: str
    made: int
    code_until: int
    letter: Asking
    due: int
    confirmed: int
    until: int


def count_followings(connection: Connection) -> int:
    """Return how many there are, with those that are not confirmed."""
    return int(connection.execute(select(func.count()).select_from(FOLLOWING)).scalar_one())


def add_following(connection: Connection, new: Following) -> bool:
    """Store a following; say whether there was none of that pair."""
    return insert_new(connection, FOLLOWING, vars(new))


def following_of(connection: Connection, id: str) -> Following | None:
    """Return the following of an id."""
    row = connection.execute(select(FOLLOWING).where(FOLLOWING.c.id == id)).first()
    return _following(row) if row else None


def following_of_pair(connection: Connection, pair: str) -> Following | None:
    """Return the following of a pair of address and number."""
    row = connection.execute(select(FOLLOWING).where(FOLLOWING.c.pair == pair)).first()
    return _following(row) if row else None


def change_following(connection: Connection, old: Following, **changed: Any) -> bool:
    """Change a following; say whether it still was as the caller read it."""
    same = (FOLLOWING.c.made == old.made) & (FOLLOWING.c.letter == old.letter) & (FOLLOWING.c.due == old.due)
    same &= (FOLLOWING.c.code_until == old.code_until) & (FOLLOWING.c.confirmed == old.confirmed)
    done = connection.execute(update(FOLLOWING).where(FOLLOWING.c.id == old.id, same).values(**changed))
    return bool(done.rowcount)


def due_letters(connection: Connection, *, now: int, most: int) -> list[Following]:
    """Return followings whose address is to be asked something now."""
    ready = (FOLLOWING.c.letter != "") & (FOLLOWING.c.due <= now) & (FOLLOWING.c.code_until > now)
    query = select(FOLLOWING).where(ready).order_by(FOLLOWING.c.due).limit(most)
    return [_following(row) for row in connection.execute(query)]


def ask_renewal(connection: Connection, *, now: int, ending_before: int) -> None:
    """Let addresses be asked whose consent ends before that time and who were not asked yet."""
    ending = (FOLLOWING.c.confirmed > 0) & (FOLLOWING.c.until <= ending_before) & (FOLLOWING.c.code_until <= now)
    asked = {"made": now, "code_until": FOLLOWING.c.until, "letter": "renew", "due": now}
    connection.execute(update(FOLLOWING).where(ending, FOLLOWING.c.until > now).values(**asked))


def forget_following(connection: Connection, id: str) -> bool:
    """Delete a following with its watch and all that was to be told; say whether there was one."""
    for table in (WATCH, EVENT, DIGEST):
        connection.execute(delete(table).where(table.c.client == id))
    return bool(connection.execute(delete(FOLLOWING).where(FOLLOWING.c.id == id)).rowcount)


def ended_followings(connection: Connection, *, now: int, most: int) -> list[str]:
    """Return the ids of followings whose time is over."""
    query = select(FOLLOWING.c.id).where(FOLLOWING.c.until <= now).limit(most)
    return [str(one) for one in connection.execute(query).scalars()]


def _following(row: Row[Any]) -> Following:
    told = dict(row._mapping)
    return Following(**{**told, "sealed": bytes(told["sealed"]), "letter": cast("Asking", told["letter"])})
