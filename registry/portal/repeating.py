"""A thread that takes a step again and again; what goes wrong in one is told, and the next one comes later."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from verifier.errors import MarkError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

AFTER_TROUBLE = 2.0
_log = structlog.get_logger()


class Repeating:
    """Takes a step, at once again while it did something, else after ``every`` seconds."""

    def __init__(self, name: str, step: Callable[[], int], *, every: float) -> None:
        self.name = name
        self._step = step
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the step in hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._once())

    def _once(self) -> float:
        try:
            return 0.0 if self._step() else self._every
        except NotFoundError:
            return self._every
        except MarkError as error:
            reason = " ".join(getattr(error, "__notes__", ()))
            told = {"code": error.code, "detail": error.message, **({"reason": reason} if reason else {})}
            _log.warning("a step was not taken", worker=self.name, **told)
        except Exception as error:
            # A mistake of ours must not end the thread: then nothing would ever be told again.
            _log.error("a mistake of ours", worker=self.name, exc_info=error)
        return AFTER_TROUBLE
