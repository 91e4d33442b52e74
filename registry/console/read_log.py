"""The log as the console reads it: the registry's own rows, folded once and brought forward at every look.

The console only reads them. What it wants to add is sent to the registry's API, which judges it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.admission.affected import affected_in
from registry.log.follower import Follower
from registry.rows import queries
from registry.rows.database import Database
from verifier.errors import NotFoundError
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from registry.admission.affected import Affected
    from verifier.replay.state import LogState
    from verifier.statement import Statement
    from verifier.statement.commitment import Disclosure


@dataclass(frozen=True)
class Reading:
    """One look at the log: everything in it is of one moment. It holds while the log is being looked at, not longer."""

    state: LogState
    connection: Connection

    def name(self, uri: str) -> str | None:
        """Return the name that was disclosed of an object, None where none was or it was erased."""
        return next((one.value for one in reversed(self.disclosures(uri)) if one.name == "name"), None)

    def disclosures(self, uri: str) -> list[Disclosure]:
        """Return what was disclosed of an object and is not erased, in a fixed order."""
        return queries.disclosures(self.connection, uri, self.state.size)

    def entry(self, index: int) -> Statement:
        """Return the statement at that index. Raises NotFoundError."""
        found = queries.entries(self.connection, index, index + 1)
        if not found:
            raise NotFoundError(f"the log has no entry {index}", hint=f"It has {self.state.size} entries.")
        return parse_statement(found[0].statement)

    def admitted_at(self, index: int) -> int:
        """Return when the entry at that index was admitted (UTC seconds)."""
        return queries.receipt(self.connection, index).iat

    def first_since(self, at: int) -> int:
        """Return the first index admitted at that time or later: the size of the log where none was."""
        found = queries.first_admitted_since(self.connection, at)
        return self.state.size if found is None else found

    def affected(self, kid: str, cutoff: int) -> Affected:
        """Return what a cut-off of a key would concern. Raises NotFoundError for a key that the log does not know."""
        return affected_in(self.state, self.connection, kid, cutoff=cutoff)


class ReadLog:
    """The log of one data folder. One at a time looks at it."""

    def __init__(self, place: Path | str, host: str) -> None:
        """``place`` is where the registry's database is. Raises UnavailableError."""
        self._database = Database(place)
        self._follower = Follower(host)
        self._lock = threading.Lock()

    @contextmanager
    def look(self) -> Iterator[Reading]:
        """Give one look at the log as it is now. Raises UnavailableError or RefusedError for a log that is broken."""
        with self._lock, self._database.read() as connection:
            yield Reading(self._follower.follow(connection, queries.log_size(connection)), connection)

    def close(self) -> None:
        """Close the database."""
        self._database.close()
