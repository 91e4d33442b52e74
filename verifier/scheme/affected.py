"""Who is affected until when: the marks under a version of the criteria, and the day on which each stops counting.

A mark keeps the version under which it was issued. It ends by its own term, at the sunset of the version, or when its
suspension is not lifted in time, whichever comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from verifier.dates import last_valid_day
from verifier.scheme.pack import SchemePack

Cause = Literal["term", "sunset", "suspension"]
STANDING = frozenset({"active", "suspended"})


@dataclass(frozen=True)
class HeldMark:
    """A mark as the log or a list has it: id, holder, tier, from and until when, state by statements.

    ``lift_by`` is when its suspension makes it withdraw itself. Times are UTC seconds.
    """

    mark: str
    holder: str
    level: int
    nbf: int
    exp: int
    state: str
    lift_by: int | None = None

    def stands(self, at: int) -> bool:
        """Say whether the mark counts, or will count again, at that instant."""
        ended = at >= self.exp or (self.lift_by is not None and at >= self.lift_by)
        return self.state in STANDING and not ended


@dataclass(frozen=True)
class Affected:
    """A mark under the version: before which instant it counts, and what ends it."""

    mark: HeldMark
    ends: int
    cause: Cause
    last_day: str

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        held = self.mark
        return {
            "mark": held.mark,
            "holder": held.holder,
            "level": held.level,
            "state": held.state,
            "until": held.exp,
            "ends": self.ends,
            "last_day": self.last_day,
            "cause": self.cause,
        }


def affected(marks: Iterable[HeldMark], pack: SchemePack, *, at: int) -> tuple[Affected, ...]:
    """Return the marks of a version that stand at that instant, those that end first first.

    ``pack`` is the version among its successors: only they may say when it ends.
    """
    sunset = pack.head.transition.sunset(pack.zone)
    found = []
    for mark in marks:
        if not mark.stands(at) or (sunset is not None and sunset <= at):
            continue
        ends: list[tuple[int, Cause]] = [(mark.exp, "term")]
        if sunset is not None:
            ends.append((sunset, "sunset"))
        if mark.lift_by is not None:
            ends.append((mark.lift_by, "suspension"))
        end, cause = min(ends, key=lambda one: one[0])
        found.append(Affected(mark, end, cause, last_valid_day(end, pack.zone).isoformat()))
    return tuple(sorted(found, key=lambda one: (one.ends, one.mark.mark)))


def totals(found: Iterable[Affected]) -> dict[str, int]:
    """Return how many marks end for which cause."""
    counted = Counter(one.cause for one in found)
    return {cause: counted[cause] for cause in ("term", "sunset", "suspension")}
