"""Lists that are being checked: each is a folder, so that a process that ends in the middle begins it again.

A job is found by a secret that only its owner has; on the disk stands its digest. What was sent and what was answered
are deleted when the owner says so, and an hour after the end otherwise: no record is kept of who asked about whom.
"""

from __future__ import annotations

import json
import queue
import secrets
import shutil
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from registry.errors import KeyReusedError, NotReadyError, QueueFullError
from registry.verification.check_keys import CheckKeys
from registry.verification.checking import parse_order
from verifier.edge.whole_file import write_whole
from verifier.encoding import digest
from verifier.errors import MarkError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.verification.checking import Checker, Order
    from verifier.injected import Clock

KEPT = 3600
MOST_WAITING = 16
BEYOND = 4
"""Places more, for senders of whom no list waits: one alone cannot keep all others out."""
RESULTS = {
    "rows": ("rows.ndjson", "application/x-ndjson"),
    "csv": ("result.csv", "text/csv"),
    "xlsx": ("result.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "receipt": ("receipt.json", "application/json"),
}
_LIST, _ORDER, _STATE, _SAME = "list", "order.json", "state.json", "same"
_log = structlog.get_logger()


@dataclass(frozen=True)
class Progress:
    """How a job stands: ``waiting``, ``checking``, ``done`` or ``failed``, with look-ups done and in all.

    ``rows`` is how many rows the list has, ``until`` when everything about it is deleted (UTC seconds). ``detail`` and
    ``hint`` say why it failed.
    """

    state: str
    done: int = 0
    total: int = 0
    rows: int = 0
    until: int | None = None
    detail: str = ""
    hint: str = ""


class CheckJobs:
    """The jobs of one service, in one folder; one list is checked at a time."""

    def __init__(self, folder: Path, checker: Checker, *, now: Clock) -> None:
        self._folder = folder
        self.checker = checker
        self._now = now
        self._keys = CheckKeys(folder.with_name("check-keys"))
        self._beginning = threading.Lock()
        self._senders: dict[str, str] = {}
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._progress: dict[str, Progress] = {}
        self._thread = threading.Thread(target=self._work, name="list checks", daemon=True)

    def start(self) -> None:
        """Take up what was not finished, and begin to work."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for job in sorted(self._folder.iterdir()):
            if job.name.startswith("."):
                # Its sender was not told that it was taken.
                shutil.rmtree(job)
            elif not (job / _STATE).exists():
                self._queue.put(job.name)
        self._thread.start()

    def stop(self) -> None:
        """Finish the list in hand and stop."""
        self._queue.put(None)
        self._thread.join()

    def begin(self, data: bytes, order: Order, *, key: str | None = None, sender: str = "") -> str:
        """Take a list, once it is durable, and return the secret that it is asked after by.

        Under an idempotency key the secret follows from the key, and a list that is there already is not taken again.
        Raises MalformedError or WrongUseError for what is no list, KeyReusedError for another list under the same key,
        QueueFullError when too many wait. Who sent a list is known in memory alone, until it is begun.
        """
        self._forget_old()
        secret = self._keys.secret_of(key) if key is not None else secrets.token_urlsafe(24)
        name, same = digest(secret.encode()), digest(data + order.serialize())
        with self._beginning:
            if self._is_there(name, same, sender):
                return secret
        # A long list takes a second to read: others begin meanwhile.
        rows = len(self.checker.read(data, order).suppliers)
        with self._beginning:
            if not self._is_there(name, same, sender):
                self._take(data, order, name, same, rows=rows)
                self._senders[name] = sender
        return secret

    def _is_there(self, name: str, same: str, sender: str) -> bool:
        """Say whether this very list is there, else that there is room. Raises KeyReusedError, QueueFullError."""
        job = self._folder / name
        if not job.is_dir():
            self._check_room(sender)
            return False
        if (job / _SAME).read_text("ascii") != same:
            raise KeyReusedError("this key came with another list", hint="Take a new Idempotency-Key.")
        return True

    def _check_room(self, sender: str) -> None:
        has_none = sender not in self._senders.values()
        if self._queue.qsize() >= MOST_WAITING + (BEYOND if has_none else 0):
            raise QueueFullError("too many lists wait to be checked", hint="Send it again in a minute.")

    def _take(self, data: bytes, order: Order, name: str, same: str, *, rows: int) -> None:
        self._progress[name] = Progress("waiting", rows=rows)
        making = self._folder / f".{name}"
        making.mkdir(mode=0o700)
        write_whole(making / _LIST, data)
        write_whole(making / _ORDER, order.serialize())
        write_whole(making / _SAME, same.encode())
        making.rename(self._folder / name)
        self._queue.put(name)

    def progress(self, secret: str) -> Progress:
        """Return how a job stands. Raises NotFoundError for one that there is not, or not any more."""
        name = digest(secret.encode())
        if not (self._folder / name).is_dir():
            raise NotFoundError("there is no such check", hint="It may be over an hour old; send the list again.")
        held = self._progress.get(name)
        if held is not None:
            return held
        file = self._folder / name / _STATE
        return Progress(**json.loads(file.read_bytes())) if file.exists() else Progress("waiting")

    def result(self, secret: str, kind: str) -> tuple[Path, str]:
        """Return a file of answers and its media type. Raises NotFoundError, NotReadyError before the end."""
        progress = self.progress(secret)
        if progress.state in ("waiting", "checking"):
            raise NotReadyError("the list is being checked", hint="Ask for its progress, then again.")
        file, media_type = RESULTS[kind]
        path = self._folder / digest(secret.encode()) / file
        if progress.state == "failed" or not path.exists():
            raise NotFoundError("the check has no result", hint=progress.hint or "Its progress says why.")
        return path, media_type

    def forget(self, secret: str) -> None:
        """Delete everything about a job. Raises NotFoundError."""
        self.progress(secret)
        self._delete(digest(secret.encode()))

    def _work(self) -> None:
        while (name := self._queue.get()) is not None:
            with self._beginning:
                self._senders.pop(name, None)
            if (self._folder / name).is_dir():
                self._run(name)
            self._forget_old()

    def _run(self, name: str) -> None:
        job = self._folder / name
        try:
            self._check(name, job)
        except MarkError as error:
            self._end(name, Progress("failed", until=self._now() + KEPT, detail=error.message, hint=error.hint))
        except Exception:
            # One list must not end the work on all others; its owner deleted it in the middle, or a mistake of ours.
            if job.is_dir():
                _log.exception("a check failed")
                self._end(name, Progress("failed", until=self._now() + KEPT, detail="a mistake of the service"))

    def _check(self, name: str, job: Path) -> None:
        data, order = (job / _LIST).read_bytes(), parse_order((job / _ORDER).read_bytes())

        def tell(done: int, total: int) -> None:
            self._progress[name] = Progress("checking", done, total, rows)

        rows = len(self.checker.read(data, order).suppliers)
        tell(0, 0)
        checked = self.checker.check(data, order, tell)
        files = {
            "rows": checked.rows(),
            "csv": checked.table(".csv"),
            "xlsx": checked.table(".xlsx"),
            "receipt": checked.receipt.serialize(),
        }
        for kind, content in files.items():
            write_whole(job / RESULTS[kind][0], content)
        held = self._progress[name]
        self._end(name, Progress("done", held.total, held.total, rows, self._now() + KEPT))

    def _end(self, name: str, progress: Progress) -> None:
        # What was sent is not needed any more.
        (self._folder / name / _LIST).unlink(missing_ok=True)
        write_whole(self._folder / name / _STATE, json.dumps(vars(progress)).encode())
        self._progress.pop(name, None)

    def _forget_old(self) -> None:
        for job in self._folder.iterdir():
            file = job / _STATE
            if file.exists() and (json.loads(file.read_bytes())["until"] or 0) <= self._now():
                self._delete(job.name)

    def _delete(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)
        self._progress.pop(name, None)


def progress_members(progress: Progress) -> dict[str, Any]:
    """Return the JSON object."""
    return {key: value for key, value in vars(progress).items() if value not in ("", None)}
