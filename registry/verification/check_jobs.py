"""Lists that are being checked: each is kept until it is answered, so that a process that ends begins it again.

A job is found by a secret that only its owner has; on the disk stands its digest. What was sent and what was answered
are deleted when the owner says so, and an hour after the end otherwise: no record is kept of who asked about whom.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

import structlog

from registry.errors import KeyReusedError, NotReadyError, QueueFullError
from registry.verification.check_folder import CheckFolder, Progress
from registry.verification.check_keys import CheckKeys
from verifier.edge.check.supplier_file import MOST_SHEETS
from verifier.encoding import digest
from verifier.errors import MarkError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.verification.checking import Checker, Order
    from verifier.injected import Clock

KEPT = 3600
MOST_WAITING = 16
BEYOND = 4
"""Places more, for senders of whom no list waits: one alone cannot keep all others out."""
MOST_KEPT = 2_147_483_648
"""Bytes of all answers: beyond, the largest ones go before their hour is over, never those that came just now."""
LOOK_EVERY = 30.0
"""Seconds after which an idle service looks whether something is to be deleted."""
_log = structlog.get_logger()


@dataclass
class _InHand:
    """The list that is being checked. Another one may come under its name after its owner deleted it."""

    name: str
    deleted: bool = False


class _DeletedError(Exception):
    """The owner deleted the list in hand."""


class CheckJobs:
    """The jobs of one service, in one folder; one list is checked at a time."""

    def __init__(self, folder: Path, checker: Checker, *, now: Clock) -> None:
        self._folder = CheckFolder(folder)
        self.checker = checker
        self._now = now
        self._keys = CheckKeys(folder.with_name("check-keys"))
        self._changing = threading.Condition()
        self._progress: dict[str, Progress] = {}
        self._senders: dict[str, str] = {}
        """Of the lists that wait, in their order."""
        self._sizes: dict[str, int] = {}
        """Of the lists that were answered, in bytes."""
        self._in_hand: _InHand | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="list checks", daemon=True)

    def start(self) -> None:
        """Take up what was not finished, and begin to work."""
        with self._changing:
            self._progress = self._folder.open()
            self._senders = {name: "" for name, one in self._progress.items() if one.state == "waiting"}
            self._sizes = {name: self._folder.size(name) for name, one in self._progress.items() if one.state == "done"}
        self._thread.start()

    def stop(self) -> None:
        """Finish the list in hand and stop; those that wait are taken up at the next start."""
        with self._changing:
            self._stopping = True
            self._changing.notify()
        self._thread.join()

    def begin(self, data: bytes, order: Order, *, key: str | None = None, sender: str = "") -> str:
        """Take a list, once it is durable, and return the secret that it is asked after by.

        Under an idempotency key the secret follows from the key, and a list that is there already is not taken again.
        Raises MalformedError or WrongUseError for what is no list, KeyReusedError for another list under the same key,
        QueueFullError when too many wait, UnavailableError when nothing can be kept. Who sent a list is known in memory
        alone, until it is begun.
        """
        secret = self._keys.secret_of(key) if key is not None else secrets.token_urlsafe(24)
        name, same = digest(secret.encode()), digest(data + order.serialize())
        with self._changing:
            if self._is_there(name, same, sender):
                return secret
        # A long list takes a second to read and to keep: others begin meanwhile.
        rows = len(self.checker.read(data, order).suppliers)
        with self._folder.keeping(data, order, same) as kept, self._changing:
            if not self._is_there(name, same, sender):
                self._folder.put(name, kept)
                self._progress[name] = Progress("waiting", rows=rows)
                self._senders[name] = sender
                self._changing.notify()
        return secret

    def _is_there(self, name: str, same: str, sender: str) -> bool:
        """Say whether this very list is there, else that there is room. Raises KeyReusedError, QueueFullError."""
        self._forget_old()
        if name not in self._progress:
            self._check_room(sender)
            return False
        if self._folder.same(name) != same:
            raise KeyReusedError("this key came with another list", hint="Take a new Idempotency-Key.")
        return True

    def _check_room(self, sender: str) -> None:
        has_none = sender not in self._senders.values()
        if len(self._senders) >= MOST_WAITING + (BEYOND if has_none else 0):
            raise QueueFullError("too many lists wait to be checked", hint="Send it again in a minute.")

    def progress(self, secret: str) -> Progress:
        """Return how a job stands. Raises NotFoundError for one that there is not, or not any more."""
        with self._changing:
            return self._progress_of(digest(secret.encode()))

    def _progress_of(self, name: str) -> Progress:
        held = self._progress.get(name)
        if held is None or self._is_over(held):
            raise NotFoundError("there is no such check", hint="It may be over an hour old; send the list again.")
        return held

    def result(self, secret: str, kind: str) -> BinaryIO:
        """Return the file of answers of a kind, opened: it is read to its end also when the job is deleted meanwhile.

        Raises NotFoundError, which says why for a check that failed, and NotReadyError before the end.
        """
        name = digest(secret.encode())
        with self._changing:
            progress = self._progress_of(name)
            if progress.state in ("waiting", "checking"):
                raise NotReadyError("the list is being checked", hint="Ask for its progress, then again.")
            if progress.state == "failed":
                hint = progress.hint or "Send the list again."
                raise NotFoundError(f"the check failed, so it has no result: {progress.detail}", hint=hint)
            return self._folder.answer(name, kind).open("rb")

    def forget(self, secret: str) -> None:
        """Delete everything about a job, and stop working on it. Raises NotFoundError, UnavailableError."""
        name = digest(secret.encode())
        with self._changing:
            self._progress_of(name)
            self._delete(name)

    def _delete(self, name: str) -> None:
        self._folder.delete(name)
        del self._progress[name]
        self._senders.pop(name, None)
        self._sizes.pop(name, None)
        if self._in_hand is not None and self._in_hand.name == name:
            self._in_hand.deleted = True

    def _is_over(self, progress: Progress) -> bool:
        return progress.until is not None and progress.until <= self._now()

    def _forget_old(self) -> None:
        self._forget([name for name, one in self._progress.items() if self._is_over(one)])

    def _forget_largest(self, but: str) -> None:
        largest = sorted(self._sizes, key=lambda name: self._sizes[name])
        while largest and sum(self._sizes.values()) > MOST_KEPT:
            if (name := largest.pop()) != but:
                self._forget([name])

    def _forget(self, names: list[str]) -> None:
        try:
            for name in names:
                self._delete(name)
        except UnavailableError:
            # It stands in the log; what is over is told to nobody, and the next look deletes it.
            pass

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._check(job)
            except _DeletedError:
                pass
            except MarkError as error:
                self._fail(job, error.message, error.hint)
            except Exception:
                # One list must not end the work on all others: a mistake of ours, or its owner deleted what was read.
                if not job.deleted:
                    _log.exception("a check failed")
                self._fail(job, "a mistake of the service", "")

    def _next(self) -> _InHand | None:
        """Wait for a list; None at the stop."""
        with self._changing:
            self._in_hand = None
            self._forget_old()
            while not self._changing.wait_for(lambda: self._stopping or self._senders, LOOK_EVERY):
                self._forget_old()
            if self._stopping:
                return None
            name = next(iter(self._senders))
            del self._senders[name]
            self._in_hand = _InHand(name)
            return self._in_hand

    def _check(self, job: _InHand) -> None:
        data, order = self._folder.sent(job.name)

        def tell(done: int, total: int) -> None:
            with self._changing:
                if job.deleted:
                    raise _DeletedError
                self._progress[job.name] = replace(begun, done=done, total=total)

        listed = self.checker.read(data, order)
        file = listed.file
        begun = Progress(
            "checking",
            rows=len(listed.suppliers),
            sheet=file.sheet,
            not_read=tuple(one.title for one in file.unread[:MOST_SHEETS]) or None,
        )
        tell(0, 0)
        checked = self.checker.check(data, order, tell)
        answers = {
            "rows": checked.rows(),
            "csv": checked.table(".csv"),
            "xlsx": checked.table(".xlsx"),
            "receipt": checked.receipt.serialize(),
        }
        with self._folder.answering(answers) as folder, self._changing:
            if job.deleted:
                raise _DeletedError
            total = self._progress[job.name].total
            done = replace(begun, state="done", done=total, total=total, until=self._now() + KEPT)
            self._folder.end(job.name, done, folder)
            self._progress[job.name] = done
            self._sizes[job.name] = self._folder.size(job.name)
            self._forget_largest(job.name)

    def _fail(self, job: _InHand, detail: str, hint: str) -> None:
        with self._changing:
            if job.deleted:
                return
            failed = Progress("failed", until=self._now() + KEPT, detail=detail, hint=hint)
            self._progress[job.name] = failed
            try:
                self._folder.end(job.name, failed)
            except UnavailableError:
                # It is told from memory, and the list is checked once more after the next start.
                _log.exception("that a check failed cannot be kept")
