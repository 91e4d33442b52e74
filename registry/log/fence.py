"""The fence of the sequencer on PostgreSQL: of all processes over one database, at most one writes the log.

It is a session with the advisory lock and a number, the epoch, that each session which takes over raises. Every group
is written in that very session and keeps the epoch's row locked, so a sequencer whose session or epoch is gone commits
nothing, not even when it has not noticed. A pooler that lends sessions by transaction has no such session: the
sequencer connects to the server itself.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.log.ledger import Ledger
from registry.rows import queries_outbox
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from registry.rows.database import Database


def open_ledger(database: Database) -> Ledger:
    """Return the log in its database; it can be written once ``take`` gave True."""
    return FencedLedger(database) if database.is_shared else Ledger(database)


@dataclass(frozen=True)
class _Session:
    connection: Connection
    number: int
    epoch: int


class FencedLedger(Ledger):
    """The log in a database that other processes write too; only who holds the fence opens a group."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._session: _Session | None = None
        self._changing = threading.Lock()

    @property
    def is_held(self) -> bool:
        """Whether the fence was taken and no group has found it lost since."""
        return self._session is not None

    def take(self) -> bool:
        """Take the fence; False when another session has it. Raises UnavailableError."""
        with self._changing:
            if self._session is not None:
                return True
            connection = self.database.open_session()
            try:
                self._session = self._taken(connection)
            finally:
                if self._session is None:
                    # The server gives a lock up with its session, so the session must not go back to the pool.
                    connection.invalidate()
                    connection.close()
            return self._session is not None

    def release(self) -> None:
        """Give the fence up."""
        with self._changing:
            session, self._session = self._session, None
        if session is not None:
            session.connection.invalidate()
            session.connection.close()

    def _taken(self, connection: Connection) -> _Session | None:
        with self.database.write(connection):
            if not queries_outbox.take_lock(connection):
                return None
            epoch = queries_outbox.raise_epoch(connection)
            return _Session(connection, queries_outbox.session_id(connection), epoch)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        session = self._session
        if session is None:
            raise UnavailableError("this process is not the sequencer of the log", hint="Another one is, or none yet.")
        try:
            with self.database.write(session.connection) as connection:
                # A connection that was lost connects again by itself: that is another session, without the lock.
                if queries_outbox.hold_epoch(connection) != (session.epoch, session.number):
                    raise UnavailableError("another sequencer took over")
                yield connection
        except BaseException:
            # Whatever it was, what this session still holds is not worth finding out: take the fence anew.
            self.release()
            raise
