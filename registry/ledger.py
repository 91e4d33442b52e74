"""The ledger: the log's entries, tiles and head in one database, grown in groups, one transaction a group.

Merge delay is nil: an entry, its tiles and the new root are committed together (transparency logs usually promise a
delay instead). A group is written by one thread; PostgreSQL would put a sequencer behind the same two methods.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry import queries
from verifier.errors import UnavailableError
from verifier.log.merkle import HASH_BYTES, leaf_hash
from verifier.log.tile import TILE_HEIGHT, TILE_WIDTH
from verifier.log.tree import Frontier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from registry.database import Database
    from registry.queries import LogSize
    from verifier.statement import Statement


@dataclass(frozen=True)
class Appended:
    """A statement that took its place in the log, with its leaf hash."""

    statement: Statement
    leaf: bytes


class Group:
    """One transaction that may append entries; each request inside it stands or falls alone."""

    def __init__(self, connection: Connection, head: LogSize) -> None:
        self.connection = connection
        self._head = head
        self.appended: list[Appended] = []

    @property
    def size(self) -> int:
        """The index that the next entry gets."""
        return self._head.size + len(self.appended)

    @contextmanager
    def request(self) -> Iterator[list[Appended]]:
        """Undo what one request did when it fails. Gives the list that the request's own entries are put into."""
        before = len(self.appended)
        own: list[Appended] = []
        try:
            with self.connection.begin_nested():
                yield own
                own += self.appended[before:]
        except BaseException:
            del self.appended[before:]
            raise

    def append(self, statement: Statement) -> int:
        """Store the statement as the next entry and return its index."""
        index, leaf = self.size, leaf_hash(statement.entry)
        queries.add_entry(self.connection, index, statement, leaf)
        self.appended.append(Appended(statement, leaf))
        return index

    def finish(self) -> None:
        """Write the tiles and the head of the grown log. Raises UnavailableError when another writer was faster."""
        if not self.appended:
            return
        frontier = Frontier(self._head.size, self._head.frontier)
        tiles: dict[tuple[int, int], bytes] = {}
        for entry in self.appended:
            self._add(frontier.size, frontier.append(entry.leaf), tiles)
        for (level, index), data in tiles.items():
            queries.replace_tile(self.connection, level, index, data)
        grown = queries.LogSize(frontier.size, frontier.root(), frontier.hashes)
        if not queries.advance_log(self.connection, self._head, grown):
            raise UnavailableError("another process writes to this log")

    def _add(self, size: int, completed: list[bytes], tiles: dict[tuple[int, int], bytes]) -> None:
        for level, value in enumerate(completed[::TILE_HEIGHT]):
            position = size >> TILE_HEIGHT * level
            index, offset = divmod(position, TILE_WIDTH)
            if (level, index) not in tiles:
                tiles[level, index] = queries.tile(self.connection, level, index) if offset else b""
            data = tiles[level, index] = tiles[level, index] + value
            if len(data) != (offset + 1) * HASH_BYTES:
                raise UnavailableError("a stored tile of the log is not as long as the log says")


class Ledger:
    """The log in its database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def group(self) -> Iterator[Group]:
        """Open a group; when the block ends its entries, tiles and head are durable together, or none is."""
        with self.database.write() as connection:
            group = Group(connection, queries.log_size(connection))
            yield group
            group.finish()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one committed state."""
        with self.database.read() as connection:
            yield connection
