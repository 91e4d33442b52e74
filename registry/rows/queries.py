"""Every SQL statement of the registry. Rows never leave this module; connections are the callers', who commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.rows.tables import ERASED, metadata
from verifier.encoding import sha256, unb64u
from verifier.errors import RefusedError
from verifier.log.merkle import EMPTY_ROOT, HASH_BYTES
from verifier.log.tile import TILE_WIDTH
from verifier.statement.commitment import Disclosure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Insert


_ENTRY = metadata.tables["log_entry"]
_TILE = metadata.tables["log_tile"]
_HEAD = metadata.tables["log_state"]
_RESERVATION = metadata.tables["reservation"]
_RESERVED_UNDER = metadata.tables["reservation_key"]
_COMPANION = metadata.tables["companion"]
_DISCLOSURE = metadata.tables["disclosure"]
_USED = metadata.tables["used_token"]
_RECEIPT = metadata.tables["receipt"]
_ONLY_ROW = 1

# Each group needs these, a group of one entry too: making them costs more than running them.
_READ_HEAD = select(_HEAD.c.size, _HEAD.c.root, _HEAD.c.frontier)
_MOVE_HEAD = (
    update(_HEAD)
    .where(_HEAD.c.size == bindparam("old_size"), _HEAD.c.root == bindparam("old_root"))
    .values({name: bindparam(name) for name in ("size", "root", "frontier")})
)


@dataclass(frozen=True)
class LogSize:
    """The committed state of the log: its size, its root and the frontier from which it grows."""

    size: int
    root: bytes
    frontier: tuple[bytes, ...]


EMPTY_LOG = LogSize(0, EMPTY_ROOT, ())


@dataclass(frozen=True)
class StoredEntry:
    """An entry's place, bytes and leaf hash."""

    index: int
    statement: bytes
    leaf: bytes


@dataclass(frozen=True)
class StoredCompanion:
    """A token that stands beside the entry at ``index``; ``mark`` names the mark that the entry issues."""

    index: int
    kind: str
    digest: str
    mark: str | None
    token: str


@dataclass(frozen=True)
class Reserved:
    """A reserved mark id with its number and place, and for whom and what it was reserved."""

    mark: str
    number: str
    status_list: int
    status_idx: int
    body: str
    scheme: str
    level: int


@dataclass(frozen=True)
class ReceiptClaims:
    """What a receipt says beside the entry."""

    index: int
    jti: str
    iat: int


def log_size(connection: Connection) -> LogSize:
    """Return the committed state of the log."""
    row = connection.execute(_READ_HEAD).first()
    if row is None:
        return EMPTY_LOG
    hashes = tuple(row.frontier[at : at + HASH_BYTES] for at in range(0, len(row.frontier), HASH_BYTES))
    return LogSize(row.size, row.root, hashes)


def advance_log(connection: Connection, old: LogSize, new: LogSize) -> bool:
    """Move the log from ``old`` to ``new``. False: it does not stand at ``old``."""
    values = {"size": new.size, "root": new.root, "frontier": b"".join(new.frontier)}
    if old.size == 0:
        return _inserted(connection, insert(_HEAD).values(id=_ONLY_ROW, **values))
    return connection.execute(_MOVE_HEAD, {"old_size": old.size, "old_root": old.root, **values}).rowcount == 1


def entries(connection: Connection, start: int, end: int) -> list[StoredEntry]:
    """Return the entries from ``start`` up to, not including, ``end``."""
    query = select(_ENTRY.c.seq, _ENTRY.c.statement, _ENTRY.c.leaf_hash)
    rows = connection.execute(query.where(_ENTRY.c.seq >= start, _ENTRY.c.seq < end).order_by(_ENTRY.c.seq))
    return [StoredEntry(row.seq, row.statement, row.leaf_hash) for row in rows]


def index_of_token_id(connection: Connection, iss: str, jti: str) -> int | None:
    """Return where a statement of this issuer under this jti stands."""
    return connection.execute(_FIND_ENTRY, {"key": token_key(iss, jti)}).scalar()


def token_key(iss: str, jti: str) -> bytes:
    """Return the 16 bytes under which (iss, jti) is unique: six of the jti, then ten of SHA-256 over both.

    A jti begins with its time, so new keys stand beside each other in the index, however large the log is. Who makes
    two statements whose keys collide has the second one refused, and harms nobody else.
    """
    return unb64u(jti[:8]) + sha256(f"{iss}\n{jti}".encode())[:10]


def tile(connection: Connection, level: int, index: int) -> bytes:
    """Return the hashes that a tile holds so far."""
    if level == 0:
        first = index * TILE_WIDTH
        leaves = select(_ENTRY.c.leaf_hash).where(_ENTRY.c.seq >= first, _ENTRY.c.seq < first + TILE_WIDTH)
        return b"".join(connection.execute(leaves.order_by(_ENTRY.c.seq)).scalars())
    query = select(_TILE.c.data).where(_TILE.c.level == level, _TILE.c.idx == index)
    return connection.execute(query).scalar() or b""


def replace_tile(connection: Connection, level: int, index: int, data: bytes) -> None:
    """Store what a tile above level 0 holds now."""
    stands_there = (_TILE.c.level == level) & (_TILE.c.idx == index)
    if connection.execute(update(_TILE).where(stands_there).values(data=data)).rowcount == 0:
        connection.execute(insert(_TILE).values(level=level, idx=index, data=data))


def companions(connection: Connection, start: int, end: int) -> list[StoredCompanion]:
    """Return the tokens beside the entries from ``start`` up to, not including, ``end``."""
    query = select(_COMPANION.c.seq, _COMPANION.c.kind, _COMPANION.c.digest, _COMPANION.c.mark, _COMPANION.c.token)
    rows = connection.execute(query.where(_COMPANION.c.seq >= start, _COMPANION.c.seq < end).order_by(_COMPANION.c.seq))
    return [StoredCompanion(row.seq, row.kind, row.digest, row.mark, row.token) for row in rows]


def document(connection: Connection, sha256: str, *, start: int) -> str | None:
    """Return the document of that digest beside the entries from ``start`` on, None where there is none."""
    query = select(_COMPANION.c.token).where(
        _COMPANION.c.seq >= start, _COMPANION.c.kind == "document", _COMPANION.c.digest == sha256
    )
    return connection.execute(query.limit(1)).scalar()


def add_disclosure(connection: Connection, index: int, object_uri: str, disclosure: Disclosure) -> None:
    """Store what opens a commitment of the entry at ``index``."""
    connection.execute(
        insert(_DISCLOSURE).values(
            object=object_uri, salt=disclosure.salt, name=disclosure.name, value=disclosure.value, seq=index
        )
    )


def objects_disclosed(connection: Connection, start: int, end: int) -> list[str]:
    """Return the objects about which the entries from ``start`` up to ``end`` disclosed something."""
    query = select(_DISCLOSURE.c.object).where(_DISCLOSURE.c.seq >= start, _DISCLOSURE.c.seq < end).distinct()
    return sorted(connection.execute(query).scalars())


def disclosures(connection: Connection, object_uri: str, end: int) -> list[Disclosure]:
    """Return what entries below ``end`` disclosed about an object, in a fixed order."""
    query = select(_DISCLOSURE.c.seq, _DISCLOSURE.c.salt, _DISCLOSURE.c.name, _DISCLOSURE.c.value)
    query = query.where(_DISCLOSURE.c.object == object_uri, _DISCLOSURE.c.seq < end)
    query = query.where(_DISCLOSURE.c.name != ERASED)
    # Sorted here: databases sort text by the rules of their locale.
    rows = sorted(connection.execute(query), key=lambda row: (row.seq, row.name, row.salt))
    return [Disclosure(row.salt, row.name, row.value) for row in rows]


def use_token(connection: Connection, kind: str, token_id: str) -> None:
    """Mark a token as used. Raises RefusedError when it was used before."""
    if not _inserted(connection, insert(_USED).values(kind=kind, id=token_id)):
        raise RefusedError(f"the {kind} was used before", hint="Make a new one.")


def is_token_used(connection: Connection, kind: str, token_id: str) -> bool:
    """Say whether a token was used."""
    return connection.execute(_FIND_USED, {"kind": kind, "id": token_id}).scalar() is not None


def receipt(connection: Connection, index: int) -> ReceiptClaims:
    """Return what the receipt of an entry says."""
    row = connection.execute(_READ_RECEIPT, {"seq": index}).one()
    return ReceiptClaims(index, row.jti, row.iat)


def first_admitted_since(connection: Connection, since: int) -> int | None:
    """Return the first entry that was admitted at that time or after it (unix seconds), None where there is none."""
    return connection.execute(select(func.min(_RECEIPT.c.seq)).where(_RECEIPT.c.iat >= since)).scalar()


def reservation(connection: Connection, mark: str) -> Reserved | None:
    """Return the reservation of a mark id."""
    row = connection.execute(_READ_RESERVATION, {"mark": mark}).first()
    return Reserved(*row) if row is not None else None


def add_reservation(connection: Connection, reserved: Reserved, prefix: str) -> None:
    """Store a reservation."""
    connection.execute(insert(_RESERVATION).values(**vars(reserved), prefix=prefix))


def reserved_under(connection: Connection, key: str) -> Reserved | None:
    """Return what was reserved under the digest of an idempotency key."""
    mark = connection.execute(select(_RESERVED_UNDER.c.mark).where(_RESERVED_UNDER.c.key == key)).scalar()
    return None if mark is None else reservation(connection, mark)


def note_key(connection: Connection, key: str, mark: str) -> None:
    """Store under the digest of which idempotency key a mark id was reserved."""
    connection.execute(insert(_RESERVED_UNDER).values(key=key, mark=mark))


def count_reserved(connection: Connection, prefix: str | None = None) -> int:
    """Return how many ids were reserved, of one number prefix or in all."""
    query = select(func.count()).select_from(_RESERVATION)
    return connection.execute(query if prefix is None else query.where(_RESERVATION.c.prefix == prefix)).scalar_one()


def places_taken(connection: Connection, status_list: int, first: int, end: int) -> set[int]:
    """Return the places of a status list from ``first`` up to ``end`` that are reserved."""
    query = select(_RESERVATION.c.status_idx).where(_RESERVATION.c.status_list == status_list)
    places = connection.execute(query.where(_RESERVATION.c.status_idx >= first, _RESERVATION.c.status_idx < end))
    return set(places.scalars())


def walk_entries(connection: Connection, size: int, *, start: int = 0) -> Iterator[StoredEntry]:
    """Yield the entries from ``start`` up to ``size``, some at a time."""
    for first in range(start, size, 1024):
        yield from entries(connection, first, min(first + 1024, size))


RESERVED = (
    _RESERVATION.c.mark,
    _RESERVATION.c.number,
    _RESERVATION.c.status_list,
    _RESERVATION.c.status_idx,
    _RESERVATION.c.body,
    _RESERVATION.c.scheme,
    _RESERVATION.c.level,
)
# So does every admission, several times over.
_FIND_ENTRY = select(_ENTRY.c.seq).where(_ENTRY.c.token_key == bindparam("key"))
_FIND_USED = select(_USED.c.kind).where(_USED.c.kind == bindparam("kind"), _USED.c.id == bindparam("id"))
_READ_RECEIPT = select(_RECEIPT.c.jti, _RECEIPT.c.iat).where(_RECEIPT.c.seq == bindparam("seq"))
_READ_RESERVATION = select(*RESERVED).where(_RESERVATION.c.mark == bindparam("mark"))


def _inserted(connection: Connection, statement: Insert) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError:
        return False
    return True
