"""The SQL about boxes of one-time links. Rows never leave this module; who calls commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from registry.portal.queries_clients import insert_new
from registry.portal.tables import BOX

if TYPE_CHECKING:
    from sqlalchemy import Connection


def count_boxes(connection: Connection) -> int:
    """Return how many boxes there are."""
    return int(connection.execute(select(func.count()).select_from(BOX)).scalar_one())


def put_box(connection: Connection, id: str, sealed: bytes, until: int) -> bool:
    """Store a box; say whether there was none of that id."""
    return insert_new(connection, BOX, {"id": id, "sealed": sealed, "until": until})


def is_box(connection: Connection, id: str, sealed: bytes, until: int) -> bool:
    """Say whether this very box is there."""
    here = select(BOX.c.id).where(BOX.c.id == id, BOX.c.sealed == sealed, BOX.c.until == until)
    return connection.execute(here).first() is not None


def take_box(connection: Connection, id: str, *, now: int) -> bytes | None:
    """Delete a box and return what was in it, None where there is none or its time is over."""
    taken = connection.execute(delete(BOX).where(BOX.c.id == id).returning(BOX.c.sealed, BOX.c.until)).first()
    return bytes(taken[0]) if taken is not None and taken[1] > now else None


def forget_boxes(connection: Connection, *, now: int) -> int:
    """Delete boxes whose time is over; return how many."""
    return int(connection.execute(delete(BOX).where(BOX.c.until <= now)).rowcount)
