"""Storing many entries at once, past the layers that cost more than the database: COPY, or one prepared INSERT.

The columns are those of the table ``log_entry``; a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.queries import token_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

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
