"""The state of the log, brought forward entry by entry as the log grows, and checked against its root each time.

After a fail-over or a restored backup the log may hold other entries at the same places: then the state is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rows import queries
from verifier.errors import UnavailableError
from verifier.log.tree import Frontier
from verifier.replay.state import LogState
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.rows.queries import LogSize
    from verifier.statement import Statement


class Follower:
    """The state of one log with the frontier that it was made from."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.forget()

    @property
    def state(self) -> LogState:
        """The state as far as the log was followed; only the thread that follows may rely on it."""
        return self._state

    def forget(self) -> None:
        """Make the state anew the next time."""
        self._state = LogState(self._host)
        self._frontier = Frontier(0, ())

    def follow(self, connection: Connection, head: LogSize) -> LogState:
        """Return the state of all entries up to ``head``.

        Raises RefusedError for a log that breaks a rule, UnavailableError when the entries do not lead to its root.
        """
        if self._state.size > head.size or not self._catch_up(connection, head):
            self.forget()
            if not self._catch_up(connection, head):
                raise UnavailableError("the stored entries do not lead to the log's root", hint="shirushi log fsck")
        return self._state

    def apply(self, statement: Statement, leaf: bytes) -> None:
        """Take an entry that was just appended."""
        self._state.apply(statement, leaf)
        self._frontier.append(leaf)

    def _catch_up(self, connection: Connection, head: LogSize) -> bool:
        for entry in queries.walk_entries(connection, head.size, start=self._state.size):
            self.apply(parse_statement(entry.statement), entry.leaf)
        return self._frontier.root() == head.root
