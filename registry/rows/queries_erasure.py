"""The SQL of erasing: what opened a commitment goes, the commitment stays in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from registry.rows.tables import ERASED, metadata
from verifier.statement.commitment import Disclosure, commit

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DISCLOSURE = metadata.tables["disclosure"]


def erase_disclosure(connection: Connection, index: int, *, log: str, commitment: str) -> bool:
    """Erase what opens this commitment, by the word of the entry at ``index``; say whether it was here.

    The row that is left names the object, so that what is published about it is written anew with that entry.
    """
    # A row does not tell its commitment: every one is tried. Bodies are few, and erasing is rare.
    for row in connection.execute(select(_DISCLOSURE).where(_DISCLOSURE.c.name != ERASED)).all():
        if commit(log=log, object=row.object, disclosure=Disclosure(row.salt, row.name, row.value)) != commitment:
            continue
        here = (_DISCLOSURE.c.object == row.object) & (_DISCLOSURE.c.salt == row.salt)
        connection.execute(delete(_DISCLOSURE).where(here))
        left = {"object": row.object, "salt": commitment, "name": ERASED, "value": "", "seq": index}
        connection.execute(insert(_DISCLOSURE).values(left))
        return True
    return False
