"""What a stretch of the log changed about marks: what every job that says how marks stand follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.admission.issued_with import stored_kids
from verifier.directory.changes import changes_since
from verifier.names import parse_name
from verifier.status_book import after_cut_off, void_among

if TYPE_CHECKING:
    from registry.log.ledger import Ledger
    from verifier.replay.records import KeyRecord, MarkRecord
    from verifier.replay.state import LogState


@dataclass(frozen=True)
class MarkChanges:
    """Marks, keys that were cut off, and the marks that these may make void; the log had ``size`` entries then."""

    size: int
    marks: list[MarkRecord]
    keys: list[KeyRecord]
    doubtful: list[MarkRecord]

    def void(self, ledger: Ledger) -> list[MarkRecord]:
        """Return those of the doubtful marks that a cut-off does make void."""
        if not self.doubtful:
            return []
        with ledger.read() as connection:
            return void_among(self.doubtful, self.keys, stored_kids(connection))


def mark_changes(state: LogState, since: int) -> MarkChanges:
    """Return what the entries from ``since`` on changed about marks."""
    changes = changes_since(state, since)
    kids = [parse_name(uri).value for uri in changes.heads if parse_name(uri).kind == "k"]
    keys = [key for key in map(state.keys.__getitem__, kids) if key.cutoff is not None]
    return MarkChanges(state.size, list(changes.marks.values()), keys, after_cut_off(state.marks.values(), keys))
