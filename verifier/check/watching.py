"""Watching a list: which rows have another answer than last time, and by which entry of the log.

What is remembered stands in a state file on the watcher's own machine: for every subject the answer, the mark that it
was given for, that mark's state and the index of its newest entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from verifier.check.judge import state_at
from verifier.directory.record import ObjectRecord
from verifier.encoding import canonical, read_object
from verifier.errors import RefusedError
from verifier.names import mark_uri
from verifier.schema import Closed, Count, Digest, Index, Many, One, read_model

if TYPE_CHECKING:
    from verifier.check.judge import Case, Found
    from verifier.check.outcome import Outcome
    from verifier.check.supplier import Supplier
    from verifier.directory.record import Record

MAX_BYTES = 134_217_728


class SeenMark(Closed):
    """A mark as it was: its state and the index of its newest entry."""

    mark: Annotated[str, Field(max_length=64)]
    state: Annotated[str, Field(max_length=40)]
    index: Index


class Remembered(Closed):
    """One subject as it was last time, with all its marks."""

    verdict: Annotated[str, Field(max_length=40)]
    reason: Annotated[str, Field(max_length=40)]
    mark: Annotated[str, Field(max_length=64)] = ""
    marks: Many[SeenMark] = ()


class WatchState(Closed):
    """What was seen last time: the epoch of the directory and the answer about every subject."""

    v: One
    log: Annotated[str, Field(max_length=120)]
    epoch: Count
    policy_sha256: Digest | None = None
    subjects: dict[str, Remembered]

    def serialize(self) -> bytes:
        """Return the file: canonical JSON and a line feed."""
        return canonical(self.members()) + b"\n"


@dataclass(frozen=True)
class Changed:
    """A row whose answer changed. ``index`` is the entry that did it, None where it was the clock or the policy.

    ``old`` and ``new`` are answers; ``old_state`` is empty where it is not remembered.
    """

    supplier: Supplier
    old: Remembered | None
    new: Remembered
    mark: str
    old_state: str
    new_state: str
    index: int | None

    def members(self) -> dict[str, Any]:
        """Return the JSON object; rows are counted from 1."""
        return {
            "row": self.supplier.row + 1,
            "subject": self.supplier.subject,
            "name": self.supplier.name,
            "mark": self.mark,
            "old": {"verdict": self.old.verdict, "reason": self.old.reason} if self.old else None,
            "new": {"verdict": self.new.verdict, "reason": self.new.reason},
            "old_state": self.old_state or None,
            "new_state": self.new_state or None,
            "index": self.index,
        }


def marks_of(suppliers: Iterable[Supplier], found: Found, host: str) -> list[str]:
    """Return the URIs of every mark of the suppliers, to look up their newest entries."""
    return [
        mark_uri(host, line.mark)
        for supplier in suppliers
        for identifier in _identifiers(supplier, found)
        for line in found.marks_of(identifier)
    ]


def remember(
    suppliers: Sequence[Supplier],
    outcomes: Sequence[Outcome],
    found: Found,
    objects: Mapping[str, Record | None],
    case: Case,
) -> dict[str, Remembered]:
    """Return what is to be remembered of each subject; refused rows and names alone are not watched."""
    return {
        supplier.key: Remembered(
            verdict=outcome.verdict.value,
            reason=outcome.reason,
            mark=outcome.mark,
            marks=tuple(
                SeenMark(
                    mark=line.mark,
                    state=state_at(line, case.at),
                    index=_head(objects.get(mark_uri(case.host, line.mark))),
                )
                for identifier in _identifiers(supplier, found)
                for line in found.marks_of(identifier)
            ),
        )
        for supplier, outcome in zip(suppliers, outcomes, strict=True)
        if supplier.subject and not supplier.refused
    }


def changes(
    suppliers: Iterable[Supplier], new: Mapping[str, Remembered], old: WatchState | None, *, since: int | None
) -> list[Changed]:
    """Return a change for each subject whose answer is another one, once, in the order of the rows.

    Without a state, ``since`` is the size of the epoch before: then what has a newer entry counts as changed.
    """
    found, told = [], set()
    for supplier in suppliers:
        present = new.get(supplier.key)
        if present is None or supplier.key in told:
            continue
        told.add(supplier.key)
        before = old.subjects.get(supplier.key) if old else None
        change = _changed(supplier, before, present) if before else _since(supplier, present, since)
        if change is not None:
            found.append(change)
    return found


def parse_state(data: bytes, *, log: str) -> WatchState:
    """Return the state of a file. Raises MalformedError, StatementError, NewerVersionError, or RefusedError for
    the state of another log.
    """
    state = read_model(WatchState, read_object(data[:MAX_BYTES]), what="state of the watch")
    if state.log != log:
        raise RefusedError(f"the state is of another log: {state.log}", hint="Name another --state file.")
    return state


def _changed(supplier: Supplier, old: Remembered, new: Remembered) -> Changed | None:
    if (old.verdict, old.reason) == (new.verdict, new.reason):
        return None
    before = {one.mark: one for one in old.marks}
    moved = [one for one in new.marks if before.get(one.mark) != one]
    fitting = [one for one in moved if one.mark in (new.mark, old.mark)] or moved
    if not fitting:
        return Changed(supplier, old, new, new.mark or old.mark, "", "", None)
    newest = max(fitting, key=lambda one: one.index)
    earlier = before.get(newest.mark)
    index = None if earlier is not None and earlier.index == newest.index else newest.index
    return Changed(supplier, old, new, newest.mark, earlier.state if earlier else "", newest.state, index)


def _since(supplier: Supplier, new: Remembered, since: int | None) -> Changed | None:
    newest = max(new.marks, key=lambda one: one.index, default=None)
    if since is None or newest is None or newest.index < since:
        return None
    return Changed(supplier, None, new, newest.mark, "", newest.state, newest.index)


def _identifiers(supplier: Supplier, found: Found) -> tuple[str, ...]:
    if supplier.refused:
        return ()
    holder = found.holders.get(supplier.claim.id) if supplier.claim else None
    return supplier.identifiers or ((holder,) if holder else ())


def _head(record: Record | None) -> int:
    return record.head if isinstance(record, ObjectRecord) else 0
