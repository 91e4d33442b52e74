"""What a stretch of the log changed, taken out of the state of the log at its end.

Taking it is quick, whatever the size of the log; turning it into a directory needs the state no more, so whoever owns
the state can go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.names import directory_uri

if TYPE_CHECKING:
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import Head, LogState


@dataclass(frozen=True)
class Changes:
    """The objects that entries from ``since`` up to ``size`` are about, with their heads and marks after ``size``.

    ``previous`` is the size of the epoch that was logged last before ``size``.
    """

    host: str
    since: int
    size: int
    previous: int | None
    heads: dict[str, Head]
    marks: dict[str, MarkRecord]

    def after(self, size: int) -> list[str]:
        """Return the objects whose newest entry stands at or above that index."""
        return [uri for uri, head in self.heads.items() if head.index >= size]


def changes_since(state: LogState, since: int) -> Changes:
    """Return what the entries from ``since`` on changed."""
    if since == 0:
        heads, marks = dict(state.heads), dict(state.marks)
    else:
        heads = {}
        for uri, head in reversed(state.heads.items()):
            if head.index < since:
                break
            heads[uri] = head
        marks = {uri: state.marks[uri] for uri in heads if uri in state.marks}
    # The directory has no record of itself.
    heads.pop(directory_uri(state.host), None)
    previous = state.directory[1].size if state.directory else None
    return Changes(state.host, since, state.size, previous, heads, marks)
