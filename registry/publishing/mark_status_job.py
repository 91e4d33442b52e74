"""The mark status job: a signed status response for each mark's token (OpenID Federation 1.1, section 8.4).

The standard has a client post the mark and get a signed answer; the reader that answers has no key. So the answers
stand signed in the folder, a file for each token, and are signed anew when they change, by an entry or by the clock,
and twice a week while they may change. After a restart every file is looked at, a few each turn: what changed since
comes first.
"""

from __future__ import annotations

import heapq
import time
import weakref
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from registry.admission.mark_changes import MarkChanges, mark_changes
from registry.publishing.marked_entities import Listing, marked_files
from verifier.envelope import DAY, parse_token
from verifier.errors import EvidenceError
from verifier.gather import corrected_path
from verifier.mark import TYP as MARK
from verifier.mark_status import PASSING, Word, parse_mark_status, sign_mark_status
from verifier.names import parse_name
from verifier.trust.federation_metadata import mark_status_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.admission.accept import Office
    from registry.log.ledger import Group, Ledger
    from registry.log.writer import Writer
    from registry.publishing.files import PublicFolder
    from verifier.replay.records import MarkRecord, Version
    from verifier.replay.state import LogState
    from verifier.signer import Signer

REFRESH = 4 * DAY
"""An answer that may change is signed anew after so long: it stays good for three more days without the job."""
HOUR, SOON = 3600, 2
LISTS_EVERY, SHARE = 60, 50
"""Seconds between two writings of the lists at least; they may take one part in so many of the time."""
BACK = 60
"""Seconds by which a clock may be set back without anything being made of it."""
A_TURN = 200
"""So many marks are looked at in one step."""


@dataclass
class _Followed:
    """The log as far as it was followed, the marks that are to be looked at, and when each is due by the clock."""

    size: int = 0
    at: int = 0
    state: weakref.ref[LogState] | None = None
    void: set[str] = field(default_factory=set)
    waiting: dict[str, None] = field(default_factory=dict)
    due: dict[int, list[str]] = field(default_factory=dict)
    times: list[int] = field(default_factory=list)
    """The keys of ``due``, as a heap."""
    listing: Listing = field(default_factory=Listing)

    def wait_until(self, when: int, uri: str) -> None:
        """Have the mark looked at again at that time."""
        if when not in self.due:
            heapq.heappush(self.times, when)
        self.due.setdefault(when, []).append(uri)

    def come_due(self, now: int) -> None:
        """Let wait what has become due by the clock."""
        while self.times and self.times[0] <= now:
            self.waiting |= dict.fromkeys(self.due.pop(heapq.heappop(self.times)))


class MarkStatusJob:
    """Keeps the status responses of one log's marks, and the lists of who holds a valid one."""

    def __init__(
        self,
        *,
        writer: Writer,
        ledger: Ledger,
        office: Office,
        public: PublicFolder,
        signer: Signer,
        stopwatch: Callable[[], float] = time.thread_time,
    ) -> None:
        """Begin with nothing looked at. ``stopwatch`` tells in seconds what this thread has spent so far."""
        self._writer = writer
        self._ledger = ledger
        self._office = office
        self._public = public
        self._signer = signer
        self._stopwatch = stopwatch
        self._lists_due = 0
        self._followed = _Followed()

    def step(self) -> int:
        """Look at the marks that changed or are due, and return how many responses were signed.

        Raises UnavailableError.
        """
        changed = self._writer.ask(self._look).result()
        # Only a step that ends well is gone on from; after another one every file is looked at again.
        followed, self._followed = self._followed, _Followed()
        if changed is not None:
            self._take(changed, followed)
        now = self._office.clock()
        if now < followed.at - BACK:
            self._look_at_all(followed)
        followed.at = now
        followed.come_due(now)
        turn = list(islice(followed.waiting, A_TURN))
        signed = 0
        records = self._writer.ask(lambda _, state: _records(state, turn)).result() if turn else []
        for uri, record in records:
            again, count = self._publish(record, now, followed)
            signed += count
            del followed.waiting[uri]
            if again is not None:
                followed.wait_until(again, uri)
        self._list(followed, now)
        self._followed = followed
        return signed

    def _look_at_all(self, followed: _Followed) -> None:
        """Have every mark looked at again: the clock ran ahead, and what it made due or ended was none of this time."""
        self._lists_due = 0
        marks = self._writer.ask(_all_marks).result()
        followed.waiting |= dict.fromkeys(mark.uri for mark in marks)

    def _list(self, followed: _Followed, now: int) -> None:
        """Write the lists of holders, as often as they take a small part of the time, and once a minute at most."""
        if now < self._lists_due:
            return
        started = self._stopwatch()
        marks = self._writer.ask(_all_marks).result()
        is_listed = followed.listing.over(self._public.read)
        for path, data in marked_files(marks, followed.void, is_listed, now=now).items():
            self._public.replace(path, data)
        self._lists_due = now + max(LISTS_EVERY, int(SHARE * (self._stopwatch() - started)))

    def _look(self, group: Group, state: LogState) -> Callable[[], MarkChanges | None]:
        """Answer, in the writer's turn, what changed since the last step."""
        if self._followed.state is None or self._followed.state() is not state:
            # After a fail-over or a restored backup the log may hold other entries at the same places.
            self._followed = _Followed(state=weakref.ref(state))
        if state.size == self._followed.size:
            return lambda: None
        changed = mark_changes(state, self._followed.size)
        return lambda: changed

    def _take(self, changed: MarkChanges, followed: _Followed) -> None:
        void = changed.void(self._ledger)
        followed.void |= {mark.uri for mark in void}
        news = [mark.uri for mark in (*changed.marks, *void)]
        followed.listing.add(mark.uri for mark in changed.marks if mark.index >= followed.size)
        # What changed goes before what waits since the start.
        followed.waiting = dict.fromkeys(news) | followed.waiting
        followed.size = changed.size

    def _publish(self, record: MarkRecord, now: int, followed: _Followed) -> tuple[int | None, int]:
        """See to a mark's responses; return when to look again, if ever, and how many were signed."""
        mark_id, count, times = parse_name(record.uri).value, 0, []
        is_void = record.uri in followed.void
        until = status_word(record, now=now, is_void=is_void)[1]
        for version, word in status_words(record, now=now, is_void=is_void):
            mark = self._public.read(version_path(record, version))
            if mark is None:
                # The publisher has not come to it yet.
                times.append(now + SOON)
                continue
            if version == record.version:
                followed.listing.read(record.uri, mark)
            path = mark_status_path(mark_id, version.mark_sha256)
            signed_at, is_new = self._say(path, mark.decode("ascii"), word, now)
            count += is_new
            if word in PASSING:
                # In whole hours, so that a million marks have few times between them.
                times.append(min(until, (signed_at + REFRESH) // HOUR * HOUR))
        return min(times, default=None), count

    def _say(self, path: str, mark: str, word: Word, now: int) -> tuple[int, int]:
        """Let the file say this; return since when it does, and whether that took a signature."""
        present = self._public.read(path)
        if present is not None:
            try:
                said = parse_mark_status(present)
                is_same = (said.status, said.trust_mark, said.token.kid) == (word, mark, self._signer.kid)
                is_good = is_same and said.iat <= now + BACK
                if is_good and (word not in PASSING or now < (said.iat + REFRESH) // HOUR * HOUR):
                    return said.iat, 0
            except EvidenceError:
                pass
        parse_token(mark, MARK)
        signed = sign_mark_status(self._office.root.host, mark, word, iat=now, signer=self._signer)
        self._public.replace(path, signed.encode())
        return now, 1


def _all_marks(_: Group, state: LogState) -> Callable[[], list[MarkRecord]]:
    """Answer, in the writer's turn, with every mark's newest record."""
    found = list(state.marks.values())
    return lambda: found


def _records(state: LogState, uris: list[str]) -> Callable[[], list[tuple[str, MarkRecord]]]:
    """Answer, in the writer's turn, with the newest records of these marks."""
    found = [(uri, state.marks[uri]) for uri in uris if uri in state.marks]
    return lambda: found


def status_words(record: MarkRecord, *, now: int, is_void: bool) -> list[tuple[Version, Word]]:
    """Return what is said of each version of a mark: bytes that a correction took the place of are good no more."""
    word = status_word(record, now=now, is_void=is_void)[0]
    return [*((version, "revoked") for version in record.earlier), (record.version, word)]


def version_path(record: MarkRecord, version: Version) -> str:
    """Return where a version of a mark is published."""
    mark_id = parse_name(record.uri).value
    is_first = version == record.versions[0]
    return f"m/{mark_id}.jwt" if is_first else corrected_path(mark_id, "mark", version.mark_sha256)


def status_word(mark: MarkRecord, *, now: int, is_void: bool) -> tuple[Word, int]:
    """Return what is said of a mark's newest token, and until when that holds by the clock."""
    if is_void:
        return "invalid", 0
    if mark.state not in ("active", "suspended"):
        return "revoked", 0
    end = mark.issued.exp
    if now >= end:
        return "expired", 0
    if mark.state == "active":
        return "active", end
    lift_by = mark.lift_by or end
    # At the deadline to lift it, a suspended mark has withdrawn itself.
    return ("suspended", min(lift_by, end)) if now < lift_by else ("revoked", 0)
