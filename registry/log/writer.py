"""The one writer: a thread that takes requests from a queue and commits them in groups.

A request is a function of the open group and of the state of the log. It returns what to call after the commit; only
then its future is answered. A request that fails is undone alone. When the commit fails, the whole group fails and the
state is read from the database again. What another process wrote meanwhile is read before a group is served.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from registry.admission.accept import Admission, Office, Submission, accept
from registry.admission.foresight import Foresight
from registry.log.follower import Follower
from registry.rows import queries
from verifier.errors import MarkError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from registry.log.ledger import Group, Ledger
    from verifier.replay.state import LogState

Answer = TypeVar("Answer")
Request = Callable[["Group", "LogState"], Callable[[], Answer]]

LARGEST_GROUP = 256
FEWEST = 4
"""Submissions in a group from which on asking the database once for all costs less than asking for each."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Waiting:
    request: Request[Any]
    future: Future[Any]
    submission: Submission | None = None


class Writer:
    """Owns the state of the log and is alone in changing it. Start it once, stop it at the end."""

    def __init__(self, ledger: Ledger, office: Office) -> None:
        self._ledger = ledger
        self._office = office
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._follower = Follower(office.root.host)
        self._foresight = Foresight()

    def start(self) -> None:
        """Read the state of the log and begin to serve requests. Raises RefusedError for a log that breaks a rule."""
        with self._ledger.read() as connection:
            self._follower.follow(connection, queries.log_size(connection))
        self._thread.start()

    def stop(self) -> None:
        """Serve what waits, then end."""
        self._queue.put(None)
        self._thread.join()
        self._foresight.close()

    def ask(self, request: Request[Answer], submission: Submission | None = None) -> Future[Answer]:
        """Queue a request. Its future is answered once everything before it and itself is durable.

        ``submission`` is what it is going to admit, if anything: see foresight.py.
        """
        future: Future[Answer] = Future()
        self._queue.put(_Waiting(request, future, submission))
        return future

    def expect(self, submission: Submission) -> None:
        """Let what takes another core's time be found out before the submission is queued. Never waits."""
        self._foresight.foresee(submission, self._follower.state, self._office.root)

    def submit(self, submission: Submission) -> Future[Admission]:
        """Queue a statement for admission."""

        def admit(group: Group, state: LogState) -> Callable[[], Admission]:
            admission = accept(submission, group, state, self._office)
            return lambda: admission

        return self.ask(admit, submission)

    def _run(self) -> None:
        is_open = True
        while is_open:
            waiting = [self._queue.get()]
            while len(waiting) < LARGEST_GROUP and not self._queue.empty():
                waiting.append(self._queue.get())
            is_open = None not in waiting
            if group := [one for one in waiting if one is not None]:
                self._commit(group)

    def _commit(self, waiting: list[_Waiting]) -> None:
        answers: list[tuple[_Waiting, Callable[[], Any]]] = []
        try:
            with self._ledger.group() as group:
                state = self._follower.follow(group.connection, group.head)
                submissions = [one.submission for one in waiting if one.submission is not None]
                if len(submissions) >= FEWEST:
                    group.look_up([one.statement for one in submissions])
                for one in waiting:
                    if one.submission is not None:
                        self._foresight.settle(one.submission)
                    answers.append((one, _serve(one.request, group, state, self._follower)))
        except Exception as error:
            _log.error("a group was not stored", requests=len(waiting), exc_info=error)
            # What was applied to the state did not happen: read it anew before the next group.
            self._follower.forget()
            failure = error if isinstance(error, MarkError) else UnavailableError("the group could not be stored")
            failure.__cause__ = failure.__cause__ or error
            answers = [(one, _raising(failure)) for one in waiting]
        for one, answer in answers:
            _resolve(one.future, answer)


def fold(ledger: Ledger, host: str) -> LogState:
    """Return the state of all committed entries."""
    with ledger.read() as connection:
        return Follower(host).follow(connection, queries.log_size(connection))


def _serve(request: Request[Any], group: Group, state: LogState, follower: Follower) -> Callable[[], Any]:
    try:
        with group.request() as own:
            answer = request(group, state)
    except IntegrityError as error:
        refused = RefusedError("it contradicts what is stored", hint="Draw new random values and sign again.")
        refused.__cause__ = error
        return _raising(refused)
    except DBAPIError:
        # SQLite may have rolled back the whole transaction by itself: nothing more may be written in this group.
        raise
    except Exception as error:
        return _raising(error)
    for entry in own:
        follower.apply(entry.statement, entry.leaf)
    return answer


def _raising(error: Exception) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


def _resolve(future: Future[Any], answer: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(answer())
    except Exception as error:
        future.set_exception(error)
