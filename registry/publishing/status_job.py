"""The status job: it signs the status lists that changed, by an entry or by the clock, and each one daily.

It holds the status key. The writer is asked for what changed and goes on; the book grows here by that much. A list is
no promise of its own: it is made from the log, so nothing about it is logged.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry.admission.mark_changes import MarkChanges, mark_changes
from verifier.status_book import StatusBook
from verifier.status_list import AGGREGATION, aggregation_uri, sign_status_list, write_aggregation

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.admission.accept import Office
    from registry.log.ledger import Group, Ledger
    from registry.log.writer import Writer
    from registry.publishing.files import PublicFolder
    from verifier.replay.state import LogState
    from verifier.signer import Signer

REFRESH = 24 * 3600
"""Each list is signed anew after so many seconds: it stays good for two more days when the job does not run."""


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
        if due:
            self._public.replace(AGGREGATION, write_aggregation(self._office.root.host, followed.book.numbers))
        self._followed = followed
        return due

    def _look(self, group: Group, state: LogState) -> Callable[[], MarkChanges | None]:
        """Answer, in the writer's turn, what changed since the last step."""
        if self._followed.state is None or self._followed.state() is not state:
            # After a fail-over or a restored backup the log may hold other entries at the same places.
            self._followed = _Followed(state=weakref.ref(state))
        since = self._followed.size
        if state.size == since:
            return lambda: None
        changed = mark_changes(state, since)
        return lambda: changed

    def _take(self, changed: MarkChanges, followed: _Followed) -> None:
        """Let the book follow, and forget what was signed of the lists that this changes."""
        book = followed.book
        numbers = {mark.issued.status.list for mark in changed.marks if book.put(mark)}
        numbers |= {mark.issued.status.list for mark in changed.void(self._ledger) if book.put_void(mark)}
        for no in numbers:
            followed.shown.pop(no, None)
        followed.size = changed.size

    def _publish(self, no: int, followed: _Followed, now: int) -> None:
        book, host = followed.book, self._office.root.host
        entries = book.entries(no, now=now)
        signed = sign_status_list(
            entries,
            host=host,
            no=no,
            size=followed.size,
            iat=now,
            signer=self._signer,
            aggregation_uri=aggregation_uri(host),
        )
        self._public.replace(f"status/{no}", signed.encode())
        followed.shown[no] = _Shown(now, book.changes_at(no, now=now))


def _is_due(shown: _Shown | None, now: int) -> bool:
    # What was signed under a clock that ran ahead is not of this time.
    if shown is None or not shown.signed_at <= now < shown.signed_at + REFRESH:
        return True
    return shown.changes_at is not None and now >= shown.changes_at
