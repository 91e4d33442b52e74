"""A tally of a published log: its state and how many entries of which kind, going on from where it stopped.

The entries have to be those of the latest witnessed checkpoint; they are not judged again.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from verifier.audit.chain import read_chain
from verifier.audit.finding import Findings
from verifier.audit.heads import Heads
from verifier.audit.replayer import fold
from verifier.errors import ProofError, WrongUseError
from verifier.log.merkle import leaf_hash
from verifier.log.tile import TileReader
from verifier.log.tree import Frontier
from verifier.replay.counts import Row, Statistics, entry_row, statistics
from verifier.replay.state import LogState
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from verifier.audit.plane import Progress
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


class Tally:
    """What the first ``size`` entries count to, and the zone of the months; memory is the state of the objects.

    ``zone`` is empty before the first ``advance``.
    """

    def __init__(self, fetcher: Fetcher, pinned: TrustRoot) -> None:
        self._fetcher = fetcher
        self._pinned = pinned
        self.zone = ""
        self._state = LogState(pinned.host)
        self._entries = Counter[Row]()
        self._frontier = Frontier()

    @property
    def size(self) -> int:
        """How many entries were counted."""
        return self._state.size

    def advance(self, progress: Progress, *, size: int | None = None) -> None:
        """Count on up to the latest checkpoint, or no more than the first ``size`` entries of it.

        Raises ProofError when no quorum saw the checkpoint or the entries are not its own, WrongUseError for a size
        that it does not have, EvidenceError for an entry that cannot be read, UnavailableError. After an error the
        tally is at its beginning again.
        """
        try:
            self._advance(progress, size)
        except BaseException:
            self._begin(self.zone)
            raise

    def statistics(self, *, at: int) -> Statistics:
        """Return the statistics of what was counted, by the clock of that instant."""
        return statistics(self._state, self._entries, at=at, zone=self.zone)

    def _begin(self, zone: str) -> None:
        self._state, self._frontier, self.zone = LogState(self._pinned.host), Frontier(), zone
        self._entries.clear()

    def _advance(self, progress: Progress, size: int | None) -> None:
        findings = Findings()
        newest = read_chain(self._fetcher, self._pinned, findings).newest
        # What was read beyond the counted ones was not counted, and months are those of one zone.
        if self._state.size != self._frontier.size or self.zone != newest.content.zone:
            self._begin(newest.content.zone)
        head = Heads(self._fetcher, newest, findings).latest()[1]
        if head.time is None:
            raise ProofError("the latest checkpoint lacks a quorum of witnesses")
        last = head.size if size is None else size
        if not self._state.size <= last <= head.size:
            raise WrongUseError(f"the log has {head.size} entries, not {last}", hint="Give a smaller number.")
        reader = TileReader(self._fetcher.fetch, head.size)
        # Up to the checkpoint, also where fewer are counted: only its root tells that these are its first ones.
        for index in range(self._frontier.size, head.size):
            data = reader.entry(index)
            leaf = leaf_hash(data)
            self._frontier.append(leaf)
            if index < last:
                statement = parse_statement(data)
                fold(self._state, statement, leaf)
                self._entries[entry_row(statement, self.zone)] += 1
            progress(index + 1, head.size)
        if self._frontier.root() != head.root:
            raise ProofError("the entries are not those of the latest checkpoint", hint="shirushi audit says more.")
