"""The one writer: a thread that takes requests from a queue and commits them in groups.

A request is a function of the open group and of the state of the log. It returns what to call after the commit; only
then its future is answered. A request that fails is undone alone. When the commit fails, the whole group fails and the
state is read from the database again.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from registry import queries
from registry.accept import Admission, Office, Submission, accept
from verifier.errors import MarkError, UnavailableError
from verifier.replay.state import LogState
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from registry.ledger import Group, Ledger

Answer = TypeVar("Answer")
Request = Callable[["Group", LogState], Callable[[], Answer]]

LARGEST_GROUP = 256
_log = structlog.get_logger()


@dataclass(frozen=True)
class _Waiting:
    request: Request[Any]
    future: Future[Any]


class Writer:
    """Owns the state of the log and is alone in changing it. Start it once, stop it at the end."""

    def __init__(self, ledger: Ledger, office: Office) -> None:
        self._ledger = ledger
        self._office = office
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._state: LogState | None = None

    def start(self) -> None:
        """Read the state of the log and begin to serve requests. Raises RefusedError for a log that breaks a rule."""
        self._state = fold(self._ledger, self._office.root.host)
        self._thread.start()

    def stop(self) -> None:
        """Serve what waits, then end."""
        self._queue.put(None)
        self._thread.join()

    def ask(self, request: Request[Answer]) -> Future[Answer]:
        """Queue a request. Its future is answered once everything before it and itself is durable."""
        future: Future[Answer] = Future()
        self._queue.put(_Waiting(request, future))
        return future

    def submit(self, submission: Submission) -> Future[Admission]:
        """Queue a statement for admission."""
        return self.ask(lambda group, state: accept(submission, group, state, self._office))

    def _run(self) -> None:
        is_open = True
        while is_open:
            waiting = [self._queue.get()]
            while len(waiting) < LARGEST_GROUP and not self._queue.empty():
                waiting.append(self._queue.get())
            is_open = None not in waiting
            self._commit([one for one in waiting if one is not None])

    def _commit(self, waiting: list[_Waiting]) -> None:
        answers: list[tuple[_Waiting, Callable[[], Any]]] = []
        try:
            state = self._state = self._state or fold(self._ledger, self._office.root.host)
            with self._ledger.group() as group:
                for one in waiting:
                    answers.append((one, _serve(one.request, group, state)))
        except Exception as error:
            _log.error("a group was not stored", requests=len(waiting), exc_info=error)
            # What was applied to the state did not happen: read it anew before the next group.
            self._state = None
            failure = error if isinstance(error, MarkError) else UnavailableError("the group could not be stored")
            failure.__cause__ = failure.__cause__ or error
            answers = [(one, _raising(failure)) for one in waiting]
        for one, answer in answers:
            _resolve(one.future, answer)


def fold(ledger: Ledger, host: str) -> LogState:
    """Return the state of all committed entries."""
    state = LogState(host)
    with ledger.read() as connection:
        for entry in queries.walk_entries(connection, queries.log_size(connection).size):
            state.apply(parse_statement(entry.statement), entry.leaf)
    return state


def _serve(request: Request[Any], group: Group, state: LogState) -> Callable[[], Any]:
    try:
        with group.request() as own:
            answer = request(group, state)
    except DBAPIError:
        # SQLite may have rolled back the whole transaction by itself: nothing more may be written in this group.
        raise
    except Exception as error:
        return _raising(error)
    for entry in own:
        state.apply(entry.statement, entry.leaf)
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
