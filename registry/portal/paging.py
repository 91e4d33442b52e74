"""Pages of what a client has: rows in the order in which they were made, from behind one of them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from registry.portal.queries_watches import place_of
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

After = Annotated[str, Query(max_length=40, description="The ``next`` of the page before; without it, from the start.")]
Limit = Annotated[int, Query(ge=1, le=500)]


def start_of(connection: Connection, table: Table, client: str, after: str) -> int:
    """Return the place behind which a page begins. Raises NotFoundError for what is not the client's."""
    if not after:
        return 0
    place = place_of(connection, table, client, after)
    if place is None:
        raise NotFoundError("there is nothing of that id to go on from")
    return place


def next_of(page: Sequence[Any], limit: int) -> str | None:
    """Return the id to go on from, None where the page was the last one."""
    return str(page[-1].id) if len(page) == limit else None
