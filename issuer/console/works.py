"""Work that goes on after its page was left: an issuance, a batch. One thread each, and what it has come to.

What was done is in the desk's database, step by step; here is only what the pages tell meanwhile. A process that ends
in between loses nothing but that: the same deed goes on where it stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.errors import ConflictError, MarkError, StoppedError, UnavailableError


@dataclass
class Work:
    """One piece of work: how far it is, what came of it, and what kept it from its end."""

    name: str
    done: int = 0
    total: int = 0
    result: object = None
    error: MarkError | None = None
    is_over: bool = False
    asked_to_stop: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int) -> None:
        """Note how far it is."""
        self.done, self.total = done, total

    def pause(self, seconds: float) -> None:
        """Wait. Raises StoppedError when somebody asked to stop meanwhile."""
        if self.asked_to_stop.wait(seconds):
            raise StoppedError(f"{self.name} was stopped", hint="Begin it again: it goes on where it stopped.")


Job = Callable[[Work], None]


class Works:
    """The work of one process, by name; of each name one piece at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}
        self._threads: dict[str, threading.Thread] = {}

    def begin(self, name: str, job: Job) -> Work:
        """Begin a piece of work. Raises ConflictError while one of that name is going on."""
        with self._lock:
            before = self._works.get(name)
            if before is not None and not before.is_over:
                raise ConflictError(f"{name} is going on already", hint="Wait for its end.")
            work = Work(name)
            thread = threading.Thread(target=_run, args=(work, job), name=name, daemon=True)
            thread.start()
            self._works[name], self._threads[name] = work, thread
        return work

    def of(self, name: str) -> Work | None:
        """Return the last piece of work of that name, if there was one in this process."""
        with self._lock:
            return self._works.get(name)

    def close(self) -> None:
        """Ask everything to stop and wait for it."""
        with self._lock:
            works, threads = list(self._works.values()), list(self._threads.values())
        for work in works:
            work.asked_to_stop.set()
        for thread in threads:
            thread.join()


def _run(work: Work, job: Job) -> None:
    try:
        job(work)
    except MarkError as error:
        work.error = error
    except Exception as error:  # whatever it is, the page has to say that the work is over
        work.error = UnavailableError(f"the work broke off: {type(error).__name__}", hint="Begin it again: it goes on.")
        raise
    finally:
        work.is_over = True
