"""Storing and finding many rows at once, past the layers that cost more than the database.

Entries are stored by COPY, or by one prepared INSERT; what is asked about many rows is asked with one SELECT.

The columns are those of the table ``log_entry``; a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from registry.rows.queries import RESERVED, Reserved, token_key
from registry.rows.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from registry.rows.queries import ReceiptClaims, StoredCompanion
    from verifier.statement import Statement

COLUMNS = {
    "seq": "int8",
    "statement": "bytea",
    "leaf_hash": "bytea",
    "token_key": "bytea",
}
_NAMES = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO log_entry ({_NAMES}) VALUES ({', '.join('?' for _ in COLUMNS)})"
_COPY = f"COPY log_entry ({_NAMES}) FROM STDIN (FORMAT BINARY)"


_BESIDE = {
    "companion": ("seq", "kind", "digest", "mark", "token"),
    "receipt": ("seq", "jti", "iat"),
    "used_token": ("kind", "id"),
}

_ENTRY, _USED, _RESERVATION = (metadata.tables[name] for name in ("log_entry", "used_token", "reservation"))
_THESE: Any = bindparam("these", expanding=True)
_FIND_KEYS = select(_ENTRY.c.token_key).where(_ENTRY.c.token_key.in_(_THESE))
_FIND_USED = select(_USED.c.id).where(_USED.c.kind == bindparam("kind"), _USED.c.id.in_(_THESE))
_FIND_RESERVED = select(*RESERVED).where(_RESERVATION.c.mark.in_(_THESE))


def known_keys(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Return which of these keys (see ``token_key``) stand in the log."""
    return set(connection.execute(_FIND_KEYS, {"these": keys}).scalars()) if keys else set()


def used_tokens(connection: Connection, kind: str, token_ids: Sequence[str]) -> set[str]:
    """Return which of these tokens were used."""
    return set(connection.execute(_FIND_USED, {"kind": kind, "these": token_ids}).scalars()) if token_ids else set()


def reservations(connection: Connection, marks: Sequence[str]) -> dict[str, Reserved]:
    """Return the reservations of those mark ids that have one."""
    found = connection.execute(_FIND_RESERVED, {"these": marks}) if marks else ()
    return {row[0]: Reserved(*row) for row in found}


def add_beside(
    connection: Connection,
    companions: Sequence[StoredCompanion],
    receipts: Sequence[ReceiptClaims],
    used: Sequence[tuple[str, str]],
) -> None:
    """Store what stands beside entries: tokens, what receipts say, and tokens (kind, id) that were used up."""
    _add(connection, "companion", [(one.index, one.kind, one.digest, one.mark, one.token) for one in companions])
    _add(connection, "receipt", [(one.index, one.jti, one.iat) for one in receipts])
    _add(connection, "used_token", used)


def _add(connection: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = _BESIDE[table]
    if rows and connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in names)
        connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", list(rows))
    elif rows:
        connection.execute(insert(metadata.tables[table]), [dict(zip(names, row, strict=True)) for row in rows])


def add_entries(connection: Connection, start: int, entries: Iterable[tuple[Statement, bytes]]) -> None:
    """Store statements with their leaf hashes as the entries from ``start`` on."""
    rows = [(index, one.entry, leaf, token_key(one.iss, one.jti)) for index, (one, leaf) in enumerate(entries, start)]
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_INSERT, rows)
        return
    driver: Any = connection.connection
    cursor: Any = driver.cursor()
    with cursor, cursor.copy(_COPY) as copy:
        copy.set_types(list(COLUMNS.values()))
        for row in rows:
            copy.write_row(row)
