"""Storing many entries at once, past the layers that cost more than the database: COPY, or one prepared INSERT.

The columns are those of the table ``log_entry``; a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from registry.queries import token_key
from registry.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from registry.queries import ReceiptClaims, StoredCompanion
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


_ADD_COMPANION = insert(metadata.tables["companion"])
_ADD_RECEIPT = insert(metadata.tables["receipt"])
_ADD_USED = insert(metadata.tables["used_token"])


def add_beside(
    connection: Connection,
    companions: Sequence[StoredCompanion],
    receipts: Sequence[ReceiptClaims],
    used: Sequence[tuple[str, str]],
) -> None:
    """Store what stands beside entries: tokens, what receipts say, and tokens (kind, id) that were used up."""
    if companions:
        rows = [
            {"seq": one.index, "kind": one.kind, "digest": one.digest, "mark": one.mark, "token": one.token}
            for one in companions
        ]
        connection.execute(_ADD_COMPANION, rows)
    if receipts:
        connection.execute(_ADD_RECEIPT, [{"seq": one.index, "jti": one.jti, "iat": one.iat} for one in receipts])
    if used:
        connection.execute(_ADD_USED, [{"kind": kind, "id": token_id} for kind, token_id in used])


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
