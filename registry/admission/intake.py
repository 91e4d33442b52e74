"""The write plane as an API worker sees it when another process sequences the log.

A worker follows the log, judges first by what it sees, writes what may pass into the outbox and answers once the
outcome is durable. It holds no lock and no last word, so any number of workers may run. One thread asks the database,
in groups; a second one answers, because it may have to wait for the standby.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from registry.admission.accept import Admission, Office, look_over
from registry.admission.reserve import look_over_wish
from registry.log.follower import Follower
from registry.log.ledger import LogView
from registry.log.outbox import read_decision, write_submission, write_wish
from registry.log.writer import LARGEST_GROUP
from registry.publishing.published import Published
from registry.rows import queries, queries_outbox
from registry.rows.database import Database
from verifier.errors import MarkError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.admission.accept import Submission
    from registry.admission.reserve import Wish
    from registry.rows.queries import Reserved
    from verifier.injected import Clock, Entropy
    from verifier.replay.state import LogState
    from verifier.trust.root import TrustRoot

LOOK_EVERY = 0.005
"""Seconds between two looks at the outcomes while somebody waits."""

PAUSE = 0.2
"""Seconds to wait when the database cannot be used."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Row:
    """What a look gives when only the sequencer can answer."""

    kind: str
    request: bytes


_Look = Callable[[LogView, "LogState"], Any]


@dataclass(frozen=True)
class _Asked:
    look: _Look
    future: Future[Any]


@dataclass(frozen=True)
class _Answer:
    future: Future[Any]
    value: Any


class Intake:
    """One worker's way to the sequencer. Start it once, stop it at the end."""

    def __init__(self, *, database: str, public: Path, root: TrustRoot, clock: Clock, entropy: Entropy) -> None:
        """Open the database and bring its schema up to date."""
        self.database = Database(database)
        self.database.migrate()
        self.office = Office(root, Published(public, root), clock, entropy)
        self._follower = Follower(root.host)
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._durable: queue.SimpleQueue[list[_Answer] | None] = queue.SimpleQueue()
        self._waiting: dict[int, Future[Any]] = {}
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._ask, self._answer)]

    @property
    def host(self) -> str:
        """The authority's host."""
        return self.office.root.host

    def start(self) -> None:
        """Begin to serve requests."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what still waits for the sequencer stays unanswered."""
        self._asked.put(None)
        self._threads[0].join()
        self._durable.put(None)
        self._threads[1].join()
        self.database.close()

    def expect(self, submission: Submission) -> None:
        """Do nothing: there may be as many workers as there are cores."""

    def submit(self, submission: Submission) -> Future[Admission]:
        """Ask for a statement to be admitted."""

        def look(log: LogView, state: LogState) -> Admission | _Row:
            return look_over(submission, log, state, self.office) or _Row(*write_submission(submission))

        return self._queue(look)

    def reserve(self, wish: Wish) -> Future[Reserved]:
        """Ask for a reservation."""

        def look(log: LogView, state: LogState) -> _Row:
            look_over_wish(wish, log, state, now=self.office.clock())
            return _Row(*write_wish(wish))

        return self._queue(look)

    def look_up(self, uri: str) -> Future[tuple[int | None, str | None]]:
        """Ask for the index of an object's newest entry and its state."""
        return self._queue(lambda _, state: (state.head(uri), state.state_of(uri)))

    def size(self) -> Future[int]:
        """Ask for the number of entries."""
        return self._queue(lambda log, _: log.size)

    def admitted_at(self, index: int) -> Future[int | None]:
        """Ask when an entry was admitted."""
        return self._queue(lambda log, _: log.receipt(index).iat if index < log.size else None)

    def _queue(self, look: _Look) -> Future[Any]:
        future: Future[Any] = Future()
        self._asked.put(_Asked(look, future))
        return future

    def _ask(self) -> None:
        is_open = True
        while is_open:
            asked = self._next_group()
            is_open = None not in asked
            group = [one for one in asked if one is not None]
            try:
                self._turn(group)
            except Exception as error:
                _log.error("the database cannot be asked", requests=len(group), exc_info=error)
                failure = error if isinstance(error, MarkError) else UnavailableError("the database cannot be asked")
                for one in group:
                    _resolve(_Answer(one.future, failure))
                time.sleep(PAUSE)

    def _next_group(self) -> list[_Asked | None]:
        """Wait for requests; while somebody waits for an outcome, not for long."""
        try:
            asked = [self._asked.get(timeout=LOOK_EVERY if self._waiting else None)]
        except queue.Empty:
            return []
        while len(asked) < LARGEST_GROUP and not self._asked.empty():
            asked.append(self._asked.get())
        return asked

    def _turn(self, asked: list[_Asked]) -> None:
        self._waiting = {row: one for row, one in self._waiting.items() if not one.done()}
        with self.database.read() as connection:
            decided = queries_outbox.outcomes(connection, self._waiting) if self._waiting else {}
            looked = self._looks(connection, asked) if asked else []
        rows = [(one.future, one.value) for one in looked if isinstance(one.value, _Row)]
        if rows:
            with self.database.write() as connection:
                written = queries_outbox.add_requests(connection, ((row.kind, row.request) for _, row in rows))
            self._waiting |= zip(written, (future for future, _ in rows), strict=True)
        durable = [_Answer(self._waiting.pop(row), read_decision(outcome)) for row, outcome in decided.items()]
        durable += [one for one in looked if isinstance(one.value, Admission)]
        if durable:
            self._durable.put(durable)
        for one in looked:
            if not isinstance(one.value, _Row | Admission):
                _resolve(one)

    def _looks(self, connection: Any, asked: list[_Asked]) -> list[_Answer]:
        head = queries.log_size(connection)
        log, state = LogView(connection, head), self._follower.follow(connection, head)
        return [_Answer(one.future, _looked(one.look, log, state)) for one in asked]

    def _answer(self) -> None:
        while (answers := self._durable.get()) is not None:
            try:
                # Visible is not durable: see Database.flush.
                self.database.flush()
            except MarkError as error:
                answers = [_Answer(one.future, error) for one in answers]
            except Exception as error:
                _log.error("nothing can be confirmed", exc_info=error)
                failure = UnavailableError("the database cannot be asked")
                answers = [_Answer(one.future, failure) for one in answers]
            for one in answers:
                _resolve(one)


def _looked(look: _Look, log: LogView, state: LogState) -> Any:
    try:
        return look(log, state)
    except Exception as error:
        return error


def _resolve(answer: _Answer) -> None:
    try:
        if isinstance(answer.value, Exception):
            answer.future.set_exception(answer.value)
        else:
            answer.future.set_result(answer.value)
    except InvalidStateError:
        # Whoever asked has gone.
        pass
