"""Boxes of one-time links: taken from anybody, opened once by whoever has the link, gone afterwards.

A box is encrypted, named by a number that only its link gives, and says nothing of who left or opened it; none of that
is noted. What was opened is taken out of the database's own files within a minute. "Opened before", "its time is over"
and "never there" are one answer, because nothing is kept that could tell them apart.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from registry.errors import QueueFullError, TooManyError
from registry.portal import queries_boxes as queries
from registry.portal.tables import BOX
from registry.reading.hourly_limit import HourlyLimit
from verifier.envelope import DAY
from verifier.errors import ConflictError, NotFoundError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from registry.portal.desk import Desk

LONGEST = 31 * DAY
MOST_BOXES = 20_000
AN_HOUR = 500
"""Boxes that are taken within an hour, from all senders together: nobody says who sends."""


class Boxes:
    """The boxes of one portal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._limit = HourlyLimit(each=AN_HOUR, together=AN_HOUR)
        self._is_stale = threading.Event()

    def put(self, id: str, sealed: bytes, until: int) -> None:
        """Keep a box until it is opened; the very same one again is no second.

        Raises RefusedError, ConflictError, TooManyError, QueueFullError.
        """
        now = self._desk.now()
        if not now < until <= now + LONGEST:
            raise RefusedError("a one-time link lasts 31 days at most", hint="Choose an earlier day.")
        if not self._limit.take(None, now=now):
            raise TooManyError("too many one-time links were made within this hour", hint="Send it later.")
        with self._desk.database.write() as connection:
            if queries.count_boxes(connection) >= MOST_BOXES:
                raise QueueFullError("no more one-time links are kept for now", hint="Share it without one.")
            if not queries.put_box(connection, id, sealed, until) and not queries.is_box(connection, id, sealed, until):
                raise ConflictError("there is a box of this id", hint="Make the link anew.")

    def open(self, id: str) -> bytes:
        """Return what is in a box, which is gone afterwards. Raises NotFoundError."""
        with self._desk.database.write() as connection:
            sealed = queries.take_box(connection, id, now=self._desk.now())
        if sealed is None:
            raise NotFoundError(
                "this link opens nothing: it was opened before, its time is over, or it never was",
                hint="Ask whoever sent it for another one.",
            )
        self._is_stale.set()
        return sealed

    def step(self) -> int:
        """Delete boxes whose time is over, and take deleted ones out of the database's files; return how many."""
        with self._desk.database.write() as connection:
            ended = queries.forget_boxes(connection, now=self._desk.now())
        if ended or self._is_stale.is_set():
            self._is_stale.clear()
            try:
                self._desk.database.forget(BOX.name)
            except UnavailableError:
                # Somebody is reading: the next step does it.
                self._is_stale.set()
        return ended
