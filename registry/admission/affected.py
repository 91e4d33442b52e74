"""What a key's compromise takes with it: the marks that were issued with the key, before and after a cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.admission.issued_with import stored_kids
from registry.log.follower import Follower
from registry.rows import queries
from verifier.errors import NotFoundError
from verifier.names import parse_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from registry.rows.database import Database
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState


@dataclass(frozen=True)
class Affected:
    """The marks that a key's cut-off concerns, in order of the log."""

    kid: str
    cutoff: int
    before: tuple[MarkRecord, ...]
    after: tuple[MarkRecord, ...]

    def members(self) -> dict[str, Any]:
        """Return the JSON object: marks before the cut-off stay valid, later ones are void and to be re-issued."""
        return {
            "key": self.kid,
            "cutoff_index": self.cutoff,
            "stay_valid": [_members(mark) for mark in self.before],
            "reissue": [_members(mark) for mark in self.after],
        }


def affected(database: Database, host: str, kid: str, *, cutoff: int) -> Affected:
    """Return what a cut-off of that key at that log index would concern. Raises NotFoundError for an unknown key."""
    with database.read() as connection:
        state = Follower(host).follow(connection, queries.log_size(connection))
        return affected_in(state, connection, kid, cutoff=cutoff)


def affected_in(state: LogState, connection: Connection, kid: str, *, cutoff: int) -> Affected:
    """Return the same of a log that was read already. Raises NotFoundError for an unknown key."""
    key, kids_of = state.keys.get(kid), stored_kids(connection)
    if key is None:
        raise NotFoundError(f"the log knows no key {kid} of a body")
    own = [mark for mark in state.marks.values() if mark.issuer == key.body and kid in kids_of(mark)]
    ordered = sorted(own, key=lambda mark: mark.index)
    before = tuple(mark for mark in ordered if mark.index < cutoff)
    return Affected(kid, cutoff, before, tuple(mark for mark in ordered if mark.index >= cutoff))


def cutoff_since(database: Database, since: int) -> int:
    """Return the cut-off for a key that was out of its holder's hands since that time: the first entry from then on."""
    with database.read() as connection:
        found = queries.first_admitted_since(connection, since)
        return queries.log_size(connection).size if found is None else found


def _members(mark: MarkRecord) -> dict[str, Any]:
    issued = mark.issued
    return {
        "mark": parse_name(mark.uri).value,
        "entry": mark.index,
        "state": mark.state,
        "sub": issued.sub,
        "scheme": issued.scheme,
        "tier": issued.tier,
        "exp": issued.exp,
    }
