"""The SQL of the search index: a SQLite file that is made of published files and may be thrown away at any time."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

VERSION = 3
_SCHEMA = """
CREATE TABLE epoch (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), entry INTEGER NOT NULL, size INTEGER NOT NULL,
    as_of INTEGER NOT NULL);
CREATE TABLE shard (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE listing (shard INTEGER NOT NULL, identifier TEXT NOT NULL, mark TEXT NOT NULL, link TEXT NOT NULL,
    scheme TEXT NOT NULL, tier INTEGER NOT NULL, scope_kind TEXT NOT NULL, state TEXT NOT NULL, nbf INTEGER NOT NULL,
    until INTEGER NOT NULL, PRIMARY KEY (identifier, mark)) WITHOUT ROWID;
CREATE INDEX listing_shard ON listing (shard);
CREATE INDEX listing_mark ON listing (mark);
CREATE TABLE object (shard INTEGER NOT NULL, uri TEXT PRIMARY KEY, head INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX object_shard ON object (shard);
CREATE TABLE name (mark TEXT PRIMARY KEY, head INTEGER NOT NULL, issuer TEXT NOT NULL, number TEXT NOT NULL,
    holder TEXT NOT NULL, latin TEXT NOT NULL, folded TEXT NOT NULL, letters TEXT NOT NULL,
    listed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE recognition (uri TEXT PRIMARY KEY, head INTEGER NOT NULL, subject TEXT NOT NULL,
    agreement TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX recognition_subject ON recognition (subject);
"""
_FOUND = (
    "SELECT l.mark, l.identifier, l.scheme, l.tier, l.scope_kind, l.state, l.nbf, l.until, n.issuer, n.number,"
    " n.holder, n.latin, n.folded FROM name n JOIN listing l ON l.mark = n.mark AND l.link = 'held'"
)

Condition = tuple[str | int, ...]
"""An expression over ``l`` (listing) and ``n`` (name), and the values of its places."""


class Row(NamedTuple):
    """A mark with its holder, as it is found."""

    mark: str
    identifier: str
    scheme: str
    tier: int
    scope_kind: str
    state: str
    nbf: int
    until: int
    issuer: str
    number: str
    holder: str
    latin: str
    folded: str


class Named(NamedTuple):
    """What is kept of a mark's newest version beside what the directory lists. ``head`` is its newest entry.

    Of a holder who is not ``listed``, ``folded`` and ``letters``, which searches look into, are empty.
    """

    mark: str
    head: int
    issuer: str
    number: str
    holder: str
    latin: str
    folded: str
    letters: str
    listed: bool


class Index(NamedTuple):
    """The index as of one moment, and the epoch that it is made of: its entry, the log's size and the time."""

    line: sqlite3.Connection
    entry: int
    size: int
    as_of: int


def connect(path: Path) -> sqlite3.Connection:
    """Open the index to write; one that is of another version is made anew."""
    line = sqlite3.connect(path, timeout=5, isolation_level=None)
    line.execute("PRAGMA journal_mode=WAL")
    line.execute("PRAGMA synchronous=NORMAL")
    if _version(line) != VERSION:
        tables = line.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        gone = "".join(f'DROP TABLE "{table}";' for (table,) in tables)
        # In one step: whoever reads meanwhile sees the tables of one version, or none.
        line.executescript(f"BEGIN IMMEDIATE;{gone}{_SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
    return line


@contextmanager
def reading(path: Path) -> Iterator[Index | None]:
    """Give the index as of one moment; None while it is not made yet."""
    if not path.exists():
        yield None
        return
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as line:
        line.execute("PRAGMA query_only=ON")
        line.execute("BEGIN")
        epoch = epoch_of(line) if _version(line) == VERSION else None
        yield Index(line, *epoch) if epoch else None


def epoch_of(line: sqlite3.Connection) -> tuple[int, int, int] | None:
    """Return entry, size and time of the epoch that the index is made of; None before the first."""
    found: tuple[int, int, int] | None = line.execute("SELECT entry, size, as_of FROM epoch").fetchone()
    return found


def _version(line: sqlite3.Connection) -> int:
    return int(line.execute("PRAGMA user_version").fetchone()[0])


def shards_of(line: sqlite3.Connection) -> dict[int, str]:
    """Return the digests of the shards that were read, by number."""
    return dict(line.execute("SELECT number, sha256 FROM shard").fetchall())


def set_epoch(line: sqlite3.Connection, entry: int, size: int, as_of: int) -> None:
    """Say which epoch the index is made of."""
    line.execute("INSERT OR REPLACE INTO epoch VALUES (1, ?, ?, ?)", (entry, size, as_of))


def clear_shards(line: sqlite3.Connection) -> None:
    """Forget all that was read: the directory is cut into other shards now."""
    for table in ("shard", "listing", "object"):
        line.execute(f"DELETE FROM {table}")


def put_shard(
    line: sqlite3.Connection,
    number: int,
    sha256: str,
    listings: Iterable[Sequence[object]],
    objects: Iterable[tuple[str, int]],
) -> None:
    """Put what one shard says in place of what it said before."""
    line.execute("DELETE FROM listing WHERE shard = ?", (number,))
    line.execute("DELETE FROM object WHERE shard = ?", (number,))
    line.executemany(
        "INSERT OR REPLACE INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ((number, *one) for one in listings)
    )
    line.executemany("INSERT OR REPLACE INTO object VALUES (?, ?, ?)", ((number, *one) for one in objects))
    line.execute("INSERT OR REPLACE INTO shard VALUES (?, ?)", (number, sha256))


def stale_marks(line: sqlite3.Connection, prefix: str) -> list[tuple[str, int]]:
    """Return the marks whose name was read at another newest entry than the directory's, with that entry."""
    return line.execute(
        "SELECT substr(o.uri, ?), o.head FROM object o LEFT JOIN name n ON n.mark = substr(o.uri, ?)"
        " WHERE o.uri >= ? AND o.uri < ? AND (n.head IS NULL OR n.head <> o.head)",
        (len(prefix) + 1, len(prefix) + 1, prefix, prefix + "~"),
    ).fetchall()


def stale_recognitions(line: sqlite3.Connection, prefix: str) -> list[tuple[str, int]]:
    """Return the recognitions that were read at another newest entry than the directory's, with that entry."""
    return line.execute(
        "SELECT o.uri, o.head FROM object o LEFT JOIN recognition r ON r.uri = o.uri"
        " WHERE o.uri >= ? AND o.uri < ? AND (r.head IS NULL OR r.head <> o.head)",
        (prefix, prefix + "~"),
    ).fetchall()


def put_names(line: sqlite3.Connection, names: Iterable[Named]) -> None:
    """Put names."""
    line.executemany("INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", names)


def move_names(line: sqlite3.Connection, heads: Iterable[tuple[int, str]]) -> None:
    """Note a newer entry of marks whose name did not change."""
    line.executemany("UPDATE name SET head = ? WHERE mark = ?", heads)


def put_recognition(line: sqlite3.Connection, uri: str, head: int, subject: str, agreement: str) -> None:
    """Put who a recognition is about."""
    line.execute("INSERT OR REPLACE INTO recognition VALUES (?, ?, ?, ?)", (uri, head, subject, agreement))


def known_marks(line: sqlite3.Connection) -> set[str]:
    """Return the marks whose name is known."""
    return {mark for (mark,) in line.execute("SELECT mark FROM name")}


def recognitions_of(line: sqlite3.Connection, subject: str) -> list[tuple[str, str]]:
    """Return the recognitions about an identifier, each with its agreement."""
    return line.execute("SELECT uri, agreement FROM recognition WHERE subject = ? ORDER BY uri", (subject,)).fetchall()


def heads_below(line: sqlite3.Connection, prefix: str) -> list[int]:
    """Return the newest entries of all objects whose URI begins so."""
    found = line.execute("SELECT head FROM object WHERE uri >= ? AND uri < ? ORDER BY head", (prefix, prefix + "~"))
    return [head for (head,) in found]


def names_beside_numbers(line: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield identifiers with the names of who holds a mark under them and is listed."""
    yield from line.execute(
        "SELECT DISTINCT l.identifier, n.holder FROM listing l JOIN name n ON n.mark = l.mark"
        " WHERE l.link = 'held' AND n.listed AND n.folded <> ''"
    )


def listed(line: sqlite3.Connection, identifiers: Sequence[str]) -> list[tuple[str | int, ...]]:
    """Return the rows of these identifiers, in order: identifier, then the members of a ``ListedMark``."""
    places = ",".join("?" * len(identifiers))
    return line.execute(
        "SELECT identifier, link, mark, nbf, scheme, scope_kind, state, tier, until FROM listing"
        f" WHERE identifier IN ({places}) ORDER BY identifier, mark",
        identifiers,
    ).fetchall()


def known_objects(line: sqlite3.Connection, uris: Sequence[str]) -> set[str]:
    """Return which of these objects the directory has a record of."""
    places = ",".join("?" * len(uris))
    return {uri for (uri,) in line.execute(f"SELECT uri FROM object WHERE uri IN ({places})", uris)}


def holders_of(line: sqlite3.Connection, marks: Sequence[str]) -> list[str]:
    """Return the identifiers under which these marks are held."""
    places = ",".join("?" * len(marks))
    query = f"SELECT DISTINCT identifier FROM listing WHERE link = 'held' AND mark IN ({places})"
    return [identifier for (identifier,) in line.execute(query, marks)]


def find(line: sqlite3.Connection, conditions: Sequence[Condition], *, after: tuple[str, str], most: int) -> list[Row]:
    """Return marks in the order of their holders' folded names, from behind ``after``."""
    wheres = ["(n.folded, n.mark) > (?, ?)", *(str(condition[0]) for condition in conditions)]
    values = [*after, *(value for condition in conditions for value in condition[1:]), most]
    found = line.execute(f"{_FOUND} WHERE {' AND '.join(wheres)} ORDER BY n.folded, n.mark LIMIT ?", values)
    return [Row(*one) for one in found]
