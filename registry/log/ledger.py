"""The ledger: the log's entries, tiles and head in one database, grown in groups, one transaction a group.

Merge delay is nil: an entry, its tiles and the new root are committed together (transparency logs usually promise a
delay instead). A group is written by one thread. On SQLite that thread's process is alone by the file's own lock; on
PostgreSQL it is the sequencer that holds the fence (fence.py).
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.log.kept_rows import KeptRows
from registry.rows import queries, queries_bulk, queries_outbox
from verifier.errors import UnavailableError
from verifier.log.merkle import HASH_BYTES, leaf_hash
from verifier.log.tile import TILE_HEIGHT, TILE_WIDTH
from verifier.log.tree import Frontier
from verifier.names import parse_name
from verifier.statement.public import MarkIssued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from registry.rows.database import Database
    from registry.rows.queries import LogSize, ReceiptClaims, Reserved
    from verifier.statement import Statement


@dataclass(frozen=True)
class Appended:
    """A statement that took its place in the log, with its leaf hash."""

    statement: Statement
    leaf: bytes


class LogView:
    """The log as one connection sees it."""

    def __init__(self, connection: Connection, head: LogSize) -> None:
        self._connection = connection
        self.head = head

    @property
    def connection(self) -> Connection:
        """The connection that the view is of."""
        return self._connection

    @property
    def reading(self) -> Connection:
        """The connection for looking only: what is written through it is not undone when a request fails."""
        return self._connection

    @property
    def size(self) -> int:
        """The index that the next entry gets."""
        return self.head.size

    def index_of_token_id(self, iss: str, jti: str) -> int | None:
        """Return where a statement of this issuer under this jti stands."""
        return queries.index_of_token_id(self.reading, iss, jti)

    def entry(self, index: int) -> bytes:
        """Return the entry at an index that the log has."""
        return queries.entries(self.reading, index, index + 1)[0].statement

    def receipt(self, index: int) -> ReceiptClaims:
        """Return what the receipt of an entry says."""
        return queries.receipt(self.reading, index)

    def reservation(self, mark: str) -> Reserved | None:
        """Return the reservation of a mark id."""
        return queries.reservation(self.reading, mark)


class Group(LogView):
    """One transaction that may append entries; each request inside it stands or falls alone."""

    def __init__(self, connection: Connection, head: LogSize) -> None:
        super().__init__(connection, head)
        self.appended: list[Appended] = []
        self.rows = KeptRows()
        self.decided: list[tuple[int, str]] = []
        """What became of rows of the outbox; it is written when the group ends."""
        self._places: dict[tuple[str, str], int] = {}
        self._unknown: set[tuple[str, str]] = set()
        self._reserved: dict[str, Reserved] = {}
        self._untouched: list[ExitStack] = []
        """Open requests, outermost first, that have not used the connection: a savepoint costs more than an entry."""

    @property
    def connection(self) -> Connection:
        """The transaction's connection; what an open request does with it is undone when the request fails."""
        while self._untouched:
            self._untouched.pop(0).enter_context(self._connection.begin_nested())
        return self._connection

    @property
    def size(self) -> int:
        """The index that the next entry gets."""
        return self.head.size + len(self.appended)

    @contextmanager
    def request(self) -> Iterator[list[Appended]]:
        """Undo what one request did when it fails. Gives the list that the request's own entries are put into."""
        before, rows = len(self.appended), self.rows.mark()
        own: list[Appended] = []
        try:
            with ExitStack() as savepoint:
                self._untouched.append(savepoint)
                yield own
                own += self.appended[before:]
        except BaseException:
            for one in self.appended[before:]:
                del self._places[one.statement.iss, one.statement.jti]
            del self.appended[before:]
            self.rows.undo(rows)
            raise
        finally:
            self._untouched = [one for one in self._untouched if one is not savepoint]

    def append(self, statement: Statement) -> int:
        """Take the statement as the next entry and return its index; the rows are written when the group ends."""
        index = self.size
        self.appended.append(Appended(statement, leaf_hash(statement.entry)))
        self._places[statement.iss, statement.jti] = index
        return index

    def index_of_token_id(self, iss: str, jti: str) -> int | None:
        """Return where a statement of this issuer under this jti stands, in this group too."""
        place = self._places.get((iss, jti))
        return super().index_of_token_id(iss, jti) if place is None and (iss, jti) not in self._unknown else place

    def entry(self, index: int) -> bytes:
        """Return the entry at an index that the log has, in this group too."""
        own = index - self.head.size
        return self.appended[own].statement.entry if own >= 0 else super().entry(index)

    def receipt(self, index: int) -> ReceiptClaims:
        """Return what the receipt of an entry says, in this group too."""
        return self.rows.receipt(self.reading, index)

    def reservation(self, mark: str) -> Reserved | None:
        """Return the reservation of a mark id, of this group too."""
        return self._reserved.get(mark) or super().reservation(mark)

    def look_up(self, statements: Sequence[Statement]) -> list[bool]:
        """Ask the database at once what admission asks about each, and say which of them are new to the log.

        What a group itself adds is known without asking, and nobody else writes while it is open.
        """
        ids = [(one.iss, one.jti) for one in statements]
        keys = [queries.token_key(*pair) for pair in ids]
        known = queries_bulk.known_keys(self.reading, keys)
        is_new = [key not in known for key in keys]
        self._unknown.update(pair for pair, new in zip(ids, is_new, strict=True) if new)
        marks = [parse_name(one.object).value for one in statements if isinstance(one.public, MarkIssued)]
        self._reserved.update(queries_bulk.reservations(self.reading, marks))
        self.rows.look_up(self.reading, "second", [one.second for one in statements if one.second is not None])
        return is_new

    def finish(self) -> None:
        """Write entries, tiles and head of the grown log. Raises UnavailableError when another writer was faster."""
        if self.decided:
            queries_outbox.decide(self.connection, self.decided)
        if not self.appended:
            return
        queries_bulk.add_entries(self.connection, self.head.size, ((one.statement, one.leaf) for one in self.appended))
        self.rows.write(self.connection)
        frontier = Frontier(self.head.size, self.head.frontier)
        tiles: dict[tuple[int, int], bytes] = {}
        for entry in self.appended:
            self._add(frontier.size, frontier.append(entry.leaf), tiles)
        for (level, index), data in tiles.items():
            queries.replace_tile(self.connection, level, index, data)
        grown = queries.LogSize(frontier.size, frontier.root(), frontier.hashes)
        if not queries.advance_log(self.connection, self.head, grown):
            raise UnavailableError("another process writes to this log")

    def _add(self, size: int, completed: list[bytes], tiles: dict[tuple[int, int], bytes]) -> None:
        # The hashes of level 0 are stored with the entries.
        for level, value in enumerate(completed[TILE_HEIGHT::TILE_HEIGHT], 1):
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

    @property
    def is_held(self) -> bool:
        """Whether this process may write, as far as it knows: SQLite lets one at a time by itself."""
        return True

    def take(self) -> bool:
        """Become the one process that writes; False when another one is. Raises UnavailableError."""
        return True

    def release(self) -> None:
        """Let another process write."""

    @contextmanager
    def group(self) -> Iterator[Group]:
        """Open a group; when the block ends its entries, tiles and head are durable together, or none is."""
        with self._writing() as connection:
            group = Group(connection, queries.log_size(connection))
            yield group
            group.finish()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self.database.write()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one committed state."""
        with self.database.read() as connection:
            yield connection
