"""What the end of a body's accreditation takes with it, told before anything is signed: a pure function of the log.

A suspension and a lapse leave marks alone: the body decides nothing new, its marks run to their ends. A withdrawal for
cause opens a review of each mark in force (transfer, evaluate anew, suspend) with a deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from verifier.errors import NotFoundError
from verifier.names import parse_name
from verifier.replay.clock import standing_of

if TYPE_CHECKING:
    from verifier.replay.records import KeyRecord, MarkRecord
    from verifier.replay.state import LogState

What = Literal["suspend", "lapse", "cause"]
DAY = 86_400
REVIEW_DAYS = 90
"""Days for the review of marks after a withdrawal for cause: illustrative."""


@dataclass(frozen=True)
class Cascade:
    """The marks in force and the keys of a body, and by when marks have to be reviewed where they have to."""

    body: str
    what: What
    marks: tuple[MarkRecord, ...]
    keys: tuple[KeyRecord, ...]
    review_by: int | None

    @property
    def holders(self) -> int:
        """How many organisations hold these marks."""
        return len({mark.issued.sub for mark in self.marks})

    @property
    def last_end(self) -> int | None:
        """When the last of the marks ends by its term, None where there is none."""
        return max((mark.issued.exp for mark in self.marks), default=None)

    def members(self) -> dict[str, Any]:
        """Return the JSON object: marks in the order in which their terms end."""
        return {
            "body": self.body,
            "what": self.what,
            "affected": {"marks": len(self.marks), "holders": self.holders, "keys": len(self.keys)},
            "last_end": self.last_end,
            "review_by": self.review_by,
            "marks": [_members(mark) for mark in self.marks],
            "keys": [{"kid": key.kid, "role": key.role} for key in self.keys],
        }


def cascade_of(state: LogState, body: str, what: What, *, now: int, review_days: int = REVIEW_DAYS) -> Cascade:
    """Return what would be affected at ``now`` (UTC seconds). Raises NotFoundError for a body unknown to the log."""
    if body not in state.bodies:
        raise NotFoundError(f"the log knows no {body}", hint="Give the number under which it was accredited.")
    own = [mark for mark in state.marks.values() if mark.issuer == body]
    in_force = [mark for mark in own if standing_of(mark, at=now).state in ("active", "suspended", "not_yet_valid")]
    return Cascade(
        body,
        what,
        tuple(sorted(in_force, key=lambda mark: (mark.issued.exp, mark.uri))),
        tuple(key for key in state.keys.values() if key.body == body and key.state == "active"),
        now + review_days * DAY if what == "cause" and in_force else None,
    )


def _members(mark: MarkRecord) -> dict[str, Any]:
    issued = mark.issued
    return {
        "mark": parse_name(mark.uri).value,
        "sub": issued.sub,
        "scheme": issued.scheme,
        "tier": issued.tier,
        "state": mark.state,
        "until": issued.exp,
    }
