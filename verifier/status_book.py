"""The status book: what every status list has to say, as a pure function of the state of the log and the time.

An entry is valid for a mark that is active, suspended for one that is suspended, and invalid for every mark that ended,
by a statement or by the clock, for one that is void because its key was cut off, and for a place that was never used.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Set
from typing import TYPE_CHECKING

from verifier.status_list import ENTRIES, Status

if TYPE_CHECKING:
    from verifier.replay.records import KeyRecord, MarkRecord
    from verifier.replay.state import LogState

_NEVER = 2**63

KidsOf = Callable[["MarkRecord"], Set[str]]
"""Returns the kids that a mark was issued with: the decider's and the assessor's."""


class _Page:
    """One list: what each place says as long as its time ``ends`` is not reached; after it, invalid."""

    def __init__(self) -> None:
        self.values = bytearray([Status.INVALID]) * ENTRIES
        self.ends = array("q", bytes(8 * ENTRIES))

    def put(self, idx: int, value: Status, end: int) -> bool:
        if (self.values[idx], self.ends[idx]) == (value, end):
            return False
        self.values[idx], self.ends[idx] = value, end
        return True


class StatusBook:
    """All lists of one log. It follows its log: put every mark whose record changed."""

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}
        self._void: set[tuple[int, int]] = set()

    @property
    def numbers(self) -> list[int]:
        """The numbers of the lists that hold a mark."""
        return sorted(self._pages)

    def put(self, mark: MarkRecord) -> bool:
        """Take the newest record of a mark. Return whether its list changed."""
        place = mark.issued.status.list, mark.issued.status.idx
        value, end = _said(mark, is_void=place in self._void)
        if (page := self._pages.get(place[0])) is None:
            page = self._pages[place[0]] = _Page()
            page.put(place[1], value, end)
            return True
        return page.put(place[1], value, end)

    def put_void(self, mark: MarkRecord) -> bool:
        """Take a mark that is void from the start: whatever is said of it later, it is not valid again."""
        self._void.add((mark.issued.status.list, mark.issued.status.idx))
        return self.put(mark)

    def entries(self, no: int, *, now: int) -> bytes:
        """Return one byte for each place of a list, as it is at that time."""
        page, ended = self._pages[no], int(Status.INVALID)
        return bytes([value if end > now else ended for value, end in zip(page.values, page.ends, strict=True)])

    def changes_at(self, no: int, *, now: int) -> int | None:
        """Return when the clock alone changes the list next, None for never."""
        return min((end for end in self._pages[no].ends if end > now), default=None)


def status_book(state: LogState, *, void: Iterable[str] = ()) -> StatusBook:
    """Return the book over everything in the log; ``void`` are the marks that a key's cut-off took with it."""
    book = StatusBook()
    for mark in state.marks.values():
        book.put(mark)
    for uri in void:
        book.put_void(state.marks[uri])
    return book


def after_cut_off(marks: Iterable[MarkRecord], keys: Iterable[KeyRecord]) -> list[MarkRecord]:
    """Return the marks that these keys' cut-offs may make void: of the same body, from the first cut-off on."""
    first: dict[str, int] = {}
    for key in keys:
        if key.cutoff is not None:
            first[key.body] = min(key.cutoff, first.get(key.body, key.cutoff))
    return [mark for mark in marks if mark.issuer in first and mark.index >= first[mark.issuer]] if first else []


def void_among(marks: Iterable[MarkRecord], keys: Iterable[KeyRecord], kids_of: KidsOf) -> list[MarkRecord]:
    """Return those of the marks that were issued with one of these keys, at its cut-off or after it."""
    cutoffs = {key.kid: key.cutoff for key in keys if key.cutoff is not None}
    return [mark for mark in marks if any(mark.index >= cutoffs.get(kid, _NEVER) for kid in kids_of(mark))]


def _said(mark: MarkRecord, *, is_void: bool) -> tuple[Status, int]:
    """Return what a mark's place says, and until when."""
    if mark.state == "suspended":
        # At the deadline to lift it, a suspended mark has withdrawn itself.
        return Status.SUSPENDED, min(mark.lift_by or mark.issued.exp, mark.issued.exp)
    if mark.state == "active" and not is_void:
        return Status.VALID, mark.issued.exp
    return Status.INVALID, 0
