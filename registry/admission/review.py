"""Which marks of a body that was withdrawn for cause still wait for their review: a pure function of the log.

A mark is reviewed once it is suspended, ended, or another mark takes its place (transferred, evaluated anew).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.admission.cascade import DAY, REVIEW_DAYS, cascade_of
from verifier.errors import RefusedError
from verifier.replay.clock import standing_of
from verifier.replay.lineage import ENDED
from verifier.statement.public import BodyWithdrawn

if TYPE_CHECKING:
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState
    from verifier.statement import Statement


@dataclass(frozen=True)
class Review:
    """The marks that are left, those whose terms end first in front; UTC seconds."""

    body: str
    withdrawn_at: int
    review_by: int
    left: tuple[MarkRecord, ...]
    is_late: bool

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "body": self.body,
            "withdrawn_at": self.withdrawn_at,
            "review_by": self.review_by,
            "is_late": self.is_late,
            "left": [{"mark": one.uri, "sub": one.issued.sub, "until": one.issued.exp} for one in self.left],
        }


def review_of(state: LogState, newest: Statement, *, now: int, days: int = REVIEW_DAYS) -> Review:
    """Return what is left at ``now`` (UTC seconds); ``newest`` is the newest statement about the body.

    Raises RefusedError unless that withdrew it for cause, NotFoundError for a body unknown to the log.
    """
    public = newest.public
    if not isinstance(public, BodyWithdrawn) or public.reason != "cause":
        raise RefusedError("the body was not withdrawn for cause: its marks run to their ends")
    in_force = cascade_of(state, newest.object, "cause", now=now, review_days=days).marks
    left = tuple(one for one in in_force if not _is_reviewed(state, one, now))
    review_by = newest.iat + days * DAY
    return Review(newest.object, newest.iat, review_by, left, bool(left) and now >= review_by)


def _is_reviewed(state: LogState, mark: MarkRecord, now: int) -> bool:
    follower = state.marks.get(state.followers.get(mark.uri, ""))
    is_followed = follower is not None and follower.state not in ENDED
    return is_followed or standing_of(mark, at=now).state == "suspended"
