"""The status job: it signs the status lists that changed, by an entry or by the clock, and each one daily.

It holds the status key. The writer is asked for what changed and goes on; the book grows here by that much. A list is
no promise of its own: it is made from the log, so nothing about it is logged.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry.issued_with import stored_kids
from verifier.directory.changes import changes_since
from verifier.names import parse_name
from verifier.status_book import StatusBook, after_cut_off, void_among
from verifier.status_list import sign_status_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.accept import Office
    from registry.files import PublicFolder
    from registry.ledger import Group, Ledger
    from registry.writer import Writer
    from verifier.replay.records import KeyRecord, MarkRecord
    from verifier.replay.state import LogState
    from verifier.signer import Signer

REFRESH = 24 * 3600
"""Each list is signed anew after so many seconds: it stays good for two more days when the job does not run."""


@dataclass(frozen=True)
class _Changed:
    """What a stretch of the log changed: marks, keys that were cut off, and the marks that these may make void."""

    size: int
    marks: list[MarkRecord]
    keys: list[KeyRecord]
    doubtful: list[MarkRecord]


@dataclass
class _Shown:
    """What was signed last of a list, and when the clock alone changes it."""

    signed_at: int
    changes_at: int | None


@dataclass
class _Followed:
    """The book so far, and the state of the log that it follows."""

    book: StatusBook = field(default_factory=StatusBook)
    size: int = 0
    state: weakref.ref[LogState] | None = None
    shown: dict[int, _Shown] = field(default_factory=dict)


class StatusJob:
    """Keeps one log's status lists; nobody else signs them."""

    def __init__(self, *, writer: Writer, ledger: Ledger, office: Office, public: PublicFolder, signer: Signer) -> None:
        self._writer = writer
        self._ledger = ledger
        self._office = office
        self._public = public
        self._signer = signer
        self._followed = _Followed()

    def step(self) -> tuple[int, ...]:
        """Sign and publish every list that is due; return their numbers. Raises UnavailableError."""
        changed = self._writer.ask(self._look).result()
        # Only a step that ends well is gone on from; after another one the book is made anew.
        followed, self._followed = self._followed, _Followed()
        if changed is not None:
            self._take(changed, followed)
        now = self._office.clock()
        due = tuple(no for no in followed.book.numbers if _is_due(followed.shown.get(no), now))
        for no in due:
            self._publish(no, followed, now)
        self._followed = followed
        return due

    def _look(self, group: Group, state: LogState) -> Callable[[], _Changed | None]:
        """Answer, in the writer's turn, what changed since the last step."""
        if self._followed.state is None or self._followed.state() is not state:
            # After a fail-over or a restored backup the log may hold other entries at the same places.
            self._followed = _Followed(state=weakref.ref(state))
        since = self._followed.size
        if state.size == since:
            return lambda: None
        changes = changes_since(state, since)
        kids = [parse_name(uri).value for uri in changes.heads if parse_name(uri).kind == "k"]
        keys = [key for key in map(state.keys.__getitem__, kids) if key.cutoff is not None]
        changed = _Changed(state.size, list(changes.marks.values()), keys, after_cut_off(state.marks.values(), keys))
        return lambda: changed

    def _take(self, changed: _Changed, followed: _Followed) -> None:
        """Let the book follow, and forget what was signed of the lists that this changes."""
        book = followed.book
        numbers = {mark.issued.status.list for mark in changed.marks if book.put(mark)}
        if changed.doubtful:
            with self._ledger.read() as connection:
                void = void_among(changed.doubtful, changed.keys, stored_kids(connection))
            numbers |= {mark.issued.status.list for mark in void if book.put_void(mark)}
        for no in numbers:
            followed.shown.pop(no, None)
        followed.size = changed.size

    def _publish(self, no: int, followed: _Followed, now: int) -> None:
        book, host = followed.book, self._office.root.host
        entries = book.entries(no, now=now)
        signed = sign_status_list(entries, host=host, no=no, size=followed.size, iat=now, signer=self._signer)
        self._public.replace(f"status/{no}", signed.encode())
        followed.shown[no] = _Shown(now, book.changes_at(no, now=now))


def _is_due(shown: _Shown | None, now: int) -> bool:
    if shown is None or now >= shown.signed_at + REFRESH:
        return True
    return shown.changes_at is not None and now >= shown.changes_at
