"""Rows that travel with entries (tokens beside them, receipts, used tokens), kept until their group ends.

A row written alone costs more than judging what it is about; a group's rows are written with one statement a table. A
request that fails takes its own rows back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rows import queries, queries_bulk
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from registry.rows.queries import ReceiptClaims, StoredCompanion

Mark = tuple[int, int, int]


class KeptRows:
    """The rows of one open group."""

    def __init__(self) -> None:
        self._companions: list[StoredCompanion] = []
        self._receipts: list[ReceiptClaims] = []
        self._used: dict[tuple[str, str], None] = {}
        self._unused: set[tuple[str, str]] = set()
        self._claims: dict[int, ReceiptClaims] = {}

    def mark(self) -> Mark:
        """Return where the rows stand, for ``undo``."""
        return len(self._companions), len(self._receipts), len(self._used)

    def undo(self, mark: Mark) -> None:
        """Take back every row that was kept since."""
        for claims in self._receipts[mark[1] :]:
            del self._claims[claims.index]
        del self._companions[mark[0] :], self._receipts[mark[1] :]
        while len(self._used) > mark[2]:
            self._used.popitem()

    def companion(self, companion: StoredCompanion) -> None:
        """Keep a token beside its entry."""
        self._companions.append(companion)

    def give_receipt(self, claims: ReceiptClaims) -> None:
        """Keep what the receipt of an entry says."""
        self._receipts.append(claims)
        self._claims[claims.index] = claims

    def receipt(self, connection: Connection, index: int) -> ReceiptClaims:
        """Return what the receipt of an entry says, of this group too."""
        return self._claims.get(index) or queries.receipt(connection, index)

    def use_token(self, connection: Connection, kind: str, token_id: str) -> None:
        """Mark a token as used. Raises RefusedError when it was used before, in this group too."""
        token = kind, token_id
        if token in self._used or (token not in self._unused and queries.is_token_used(connection, kind, token_id)):
            raise RefusedError(f"the {kind} was used before", hint="Make a new one.")
        self._used[token] = None

    def look_up(self, connection: Connection, kind: str, token_ids: Sequence[str]) -> None:
        """Ask at once which of these tokens were used before this group."""
        used = queries_bulk.used_tokens(connection, kind, token_ids)
        self._unused.update((kind, one) for one in token_ids if one not in used)

    def write(self, connection: Connection) -> None:
        """Write all rows."""
        queries_bulk.add_beside(connection, self._companions, self._receipts, list(self._used))
