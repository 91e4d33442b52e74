"""Asking the copy about all rows at once: each shard is read once for every kind of question, and every answer proven.

What is asked: the identifiers of the rows; the holders of marks that a row names by id alone, for which the whole copy
is searched; declarations, recognitions and agreements where they may matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from verifier.check.judge import Case, Found, judge_supplier
from verifier.check.outcome import Outcome, RowVerdict
from verifier.check.recognised import NOTHING_RECOGNISED, Recognitions, recognised_tiers, subjects_of
from verifier.directory.record import ListedMark, ObjectRecord

if TYPE_CHECKING:
    from verifier.check.supplier import NameBook, Supplier
    from verifier.directory.record import Record

Tell = Callable[[int, int], None]
"""Is told how many of how many look-ups are done."""


class Directory(Protocol):
    """What rows are looked up in: a proven copy, or what whoever answers for it made of one."""

    def marks(self, identifiers: Iterable[str]) -> Iterable[tuple[str, tuple[ListedMark, ...]]]:
        """Yield each identifier that has marks with them."""

    def holders(self, marks: set[str]) -> dict[str, tuple[ListedMark, ...]]:
        """Return the marks of whoever holds these, by identifier."""

    def records(self, subjects: Iterable[str]) -> Iterable[tuple[str, Record | None]]:
        """Yield each subject once with what the directory holds for it."""


class Checked(NamedTuple):
    """The answers in the order of the suppliers, and what the directory holds about them."""

    outcomes: tuple[Outcome, ...]
    found: Found


def check_suppliers(
    suppliers: Sequence[Supplier],
    directory: Directory,
    case: Case,
    *,
    names: NameBook,
    recognitions: Recognitions = NOTHING_RECOGNISED,
    tell: Tell = lambda done, total: None,
) -> Checked:
    """Return the answer about each supplier, in their order.

    Raises MalformedError or ProofError for files that are not those of the directory's index, and as fetching does.
    """
    found = find(suppliers, directory, recognitions=recognitions, tell=tell)
    outcomes = [judge_supplier(one, found, case, names) for one in suppliers]
    asked = [place for place, outcome in enumerate(outcomes) if _may_be_declared(outcome)]
    identifiers = {identifier for place in asked for identifier in suppliers[place].identifiers}
    declared = _declared(identifiers, directory, case.host)
    found = replace(found, declared=declared)
    for place in asked:
        if not declared.keys().isdisjoint(suppliers[place].identifiers):
            outcomes[place] = judge_supplier(suppliers[place], found, case, names)
    return Checked(tuple(outcomes), found)


def find(suppliers: Sequence[Supplier], directory: Directory, *, recognitions: Recognitions, tell: Tell) -> Found:
    """Return what the directory holds about the suppliers, declarations left out. Raises as ``check_suppliers``."""
    asked = [one for one in suppliers if not one.refused]
    subjects = {identifier for one in asked for identifier in one.identifiers}
    subjects |= {one.claim.subject for one in asked if one.claim is not None and one.claim.subject}
    marks: dict[str, tuple[ListedMark, ...]] = {}
    for done, (subject, listed) in enumerate(directory.marks(sorted(subjects)), 1):
        marks[subject] = listed
        if done % 256 == 0:
            tell(done, len(subjects))
    tell(len(subjects), len(subjects))
    claimed = {one.claim.id for one in asked if one.claim is not None}
    holders = _held(claimed, marks)
    missing = claimed - holders.keys()
    if missing:
        marks |= directory.holders(missing)
        holders = _held(claimed, marks)
    statements = recognitions.statements
    recognised = recognised_tiers(statements, dict(directory.records(subjects_of(statements))))
    return Found(marks, holders, recognised, knows_recognised=not recognitions.gap)


def _may_be_declared(outcome: Outcome) -> bool:
    is_open = outcome.verdict in (RowVerdict.NOT_FOUND, RowVerdict.DOES_NOT_MEET)
    return (is_open and outcome.reason != "mark_absent") or outcome.reason == "recognition_unknown"


def _declared(identifiers: Iterable[str], directory: Directory, host: str) -> dict[str, int | None]:
    start = f"https://{host}/o/"
    return {
        uri.removeprefix(start): record.until
        for uri, record in directory.records(start + one for one in sorted(identifiers))
        if isinstance(record, ObjectRecord) and record.state == "declared"
    }


def _held(claimed: set[str], marks: Mapping[str, tuple[ListedMark, ...]]) -> dict[str, str]:
    if not claimed:
        return {}
    return {
        line.mark: identifier
        for identifier, lines in marks.items()
        for line in lines
        if line.link == "held" and line.mark in claimed
    }
