"""The answer about one row of a list: a verdict from a closed list, with its reason as a stable code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple


class RowVerdict(Enum):
    """What is said about a row. "Not found", "could not confirm" and "does not meet" are three different answers."""

    MEETS = "meets"
    GROUP_MARK = "group_mark"
    RECOGNISED = "recognised"
    UNIT_ONLY = "unit_only"
    SELF_DECLARED = "self_declared"
    DOES_NOT_MEET = "does_not_meet"
    NOT_FOUND = "not_found"
    NOT_CONFIRMED = "not_confirmed"
    CANDIDATES = "candidates"
    REFUSED = "refused"


SATISFIED = frozenset({RowVerdict.MEETS, RowVerdict.GROUP_MARK, RowVerdict.RECOGNISED})
UNDECIDED = frozenset({RowVerdict.NOT_CONFIRMED, RowVerdict.CANDIDATES, RowVerdict.REFUSED})

REASONS: dict[str, RowVerdict] = {
    "ok": RowVerdict.MEETS,
    "in_grace": RowVerdict.MEETS,
    "covered": RowVerdict.GROUP_MARK,
    "recognised": RowVerdict.RECOGNISED,
    "unit": RowVerdict.UNIT_ONLY,
    "ends_early": RowVerdict.DOES_NOT_MEET,
    "suspended": RowVerdict.DOES_NOT_MEET,
    "not_yet_valid": RowVerdict.DOES_NOT_MEET,
    "expired": RowVerdict.DOES_NOT_MEET,
    "group_not_accepted": RowVerdict.DOES_NOT_MEET,
    "scope_not_accepted": RowVerdict.DOES_NOT_MEET,
    "below": RowVerdict.DOES_NOT_MEET,
    "recognition_not_accepted": RowVerdict.DOES_NOT_MEET,
    "self_declared": RowVerdict.SELF_DECLARED,
    "superseded": RowVerdict.DOES_NOT_MEET,
    "cancelled": RowVerdict.DOES_NOT_MEET,
    "withdrawn": RowVerdict.DOES_NOT_MEET,
    "annulled": RowVerdict.DOES_NOT_MEET,
    "other_scheme": RowVerdict.DOES_NOT_MEET,
    "subject_mismatch": RowVerdict.DOES_NOT_MEET,
    "contradicts_record": RowVerdict.DOES_NOT_MEET,
    "look_alike": RowVerdict.DOES_NOT_MEET,
    "test_mark": RowVerdict.DOES_NOT_MEET,
    "absent": RowVerdict.NOT_FOUND,
    "mark_absent": RowVerdict.NOT_FOUND,
    "stale": RowVerdict.NOT_CONFIRMED,
    "ot_unknown": RowVerdict.NOT_CONFIRMED,
    "state_unknown": RowVerdict.NOT_CONFIRMED,
    "other_host": RowVerdict.NOT_CONFIRMED,
    "holders_differ": RowVerdict.NOT_CONFIRMED,
    "recognition_unknown": RowVerdict.NOT_CONFIRMED,
    "name_only": RowVerdict.CANDIDATES,
    "no_candidate": RowVerdict.CANDIDATES,
    "empty": RowVerdict.REFUSED,
    "scientific": RowVerdict.REFUSED,
    "fraction": RowVerdict.REFUSED,
    "digits_lost": RowVerdict.REFUSED,
    "zeros_lost": RowVerdict.REFUSED,
    "check_digit": RowVerdict.REFUSED,
    "wrong_length": RowVerdict.REFUSED,
    "not_identifier": RowVerdict.REFUSED,
    "which_register": RowVerdict.REFUSED,
    "numbers_differ": RowVerdict.REFUSED,
    "date": RowVerdict.REFUSED,
    "formula": RowVerdict.REFUSED,
    "not_mark": RowVerdict.REFUSED,
    "tier_unreadable": RowVerdict.REFUSED,
    "tier_unknown": RowVerdict.REFUSED,
    "newer": RowVerdict.NOT_CONFIRMED,
}
"""Every reason with its verdict. Where an organisation has several marks, the first of these reasons is told."""

RANK = {reason: rank for rank, reason in enumerate(REASONS)}


class Outcome(NamedTuple):
    """What is said about one row, and the mark that it is said of. ``until`` is in UTC seconds.

    ``column`` is where a refused cell stands, counted from 0; ``candidates`` are identifiers with names. ``left_out``
    names what was not all at hand and could have changed the reason.
    """

    reason: str
    wanted: str = ""
    mark: str = ""
    tier: str = ""
    state: str = ""
    until: int | None = None
    holder: str = ""
    column: int | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    left_out: str = ""

    @property
    def verdict(self) -> RowVerdict:
        """The verdict that belongs to the reason."""
        return REASONS[self.reason]

    def members(self) -> dict[str, Any]:
        """Return the JSON object; what is empty is left out."""
        found: dict[str, Any] = {"verdict": self.verdict.value, **self._asdict()}
        found["candidates"] = [list(one) for one in self.candidates]
        return {name: value for name, value in found.items() if value not in ("", None, [])}


def outcome_of(members: Mapping[str, Any]) -> Outcome:
    """Return the answer of a row's JSON object; further members are left alone."""
    told = {name: value for name, value in members.items() if name in Outcome._fields}
    told["candidates"] = tuple((identifier, name) for identifier, name in members.get("candidates", ()))
    return Outcome(**told)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """Return 1 when some row does not meet what is asked, else 2 when some row could not be decided, else 0."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if verdicts - SATISFIED - UNDECIDED:
        return 1
    return 2 if verdicts & UNDECIDED else 0
