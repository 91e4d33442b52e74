"""With which keys a mark was issued, read from the stored entries: what a key's cut-off needs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rows import queries
from verifier.envelope import parse_token
from verifier.statement import parse_statement
from verifier.statement.attestation import TYP as ATTESTATION

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from verifier.replay.records import MarkRecord
    from verifier.status_book import KidsOf


def stored_kids(connection: Connection) -> KidsOf:
    """Return what tells the kids of decider and assessor of a mark."""

    def kids(mark: MarkRecord) -> set[str]:
        (entry,) = queries.entries(connection, mark.index, mark.index + 1)
        found = {parse_statement(entry.statement).token.kid}
        for one in queries.companions(connection, mark.index, mark.index + 1):
            if one.kind == "second":
                found.add(parse_token(one.token, ATTESTATION).kid)
        return found

    return kids
