"""Dating every grant by the kept checkpoints (docs/specification/statement.md): anchor <= iat <= first covering one.

The first covering checkpoint is taken from those that are known: all of them in a folder; over HTTP, which lists
nothing, those that anchors and proofs name. A later one can only make the interval wider, never excuse a date.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.envelope import CLOCK_SKEW
from verifier.examine.log_evidence import LONGEST_DATING
from verifier.statement.kinds import Effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.audit.finding import Findings
    from verifier.audit.heads import Heads
    from verifier.statement import Statement


class Dating:
    """The grants that wait for the checkpoints to be known; 24 bytes each."""

    def __init__(self) -> None:
        self._grants = array("q")

    def note(self, index: int, statement: Statement) -> None:
        """Remember an entry if it grants a right: what takes away never fails by its date."""
        if statement.kind.effect is Effect.GRANT and statement.anchor is not None:
            self._grants.extend((index, statement.iat, statement.anchor.size))

    def check(self, heads: Heads, sizes: Sequence[int], findings: Findings) -> None:
        """Date all grants by the checkpoints of these sizes, in order, and forget them. Raises UnavailableError."""
        for at in range(0, len(self._grants), 3):
            index, iat, anchor = self._grants[at : at + 3]
            lower = heads.kept(anchor)
            upper = _first_time(heads, sizes, index)
            if lower is None or lower.time is None or upper is None:
                findings.add(Code.DATING_OPEN, entry=index)
            elif iat < lower.time - CLOCK_SKEW:
                findings.add(Code.BACKDATED, f"{lower.time - iat} seconds before its anchor", entry=index)
            elif iat > upper + CLOCK_SKEW:
                findings.add(Code.POSTDATED, f"{iat - upper} seconds after the log had it", entry=index)
            elif upper - lower.time > LONGEST_DATING:
                findings.add(Code.DATING_TOO_WIDE, f"{(upper - lower.time) // 3600} hours are left open", entry=index)
        del self._grants[:]


def _first_time(heads: Heads, sizes: Sequence[int], index: int) -> int | None:
    for size in sizes[bisect_right(sizes, index) :]:
        head = heads.kept(size)
        if head is not None and head.time is not None:
            return head.time
    return None
