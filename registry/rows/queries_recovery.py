"""The SQL that only recovery needs: which registration numbers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from registry.rows.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

_RESERVATION = metadata.tables["reservation"]


def reserved_numbers(connection: Connection) -> dict[str, set[int]]:
    """Return the counters of all reserved numbers by their prefix: ``SCS3-000007`` is 7 under ``SCS3``."""
    found: dict[str, set[int]] = {}
    for number, prefix in connection.execute(select(_RESERVATION.c.number, _RESERVATION.c.prefix)):
        found.setdefault(prefix, set()).add(int(number.rpartition("-")[2]))
    return found
