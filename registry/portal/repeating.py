"""A thread that takes a step again and again; what goes wrong in one is told, and the next one comes later."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Callable

AFTER_TROUBLE = 2.0
LATE = 300.0
"""Seconds of steps that fail after which the worker counts as being in trouble."""
HUNG = 3600.0
"""Seconds in one step after which it counts as hanging: a first look into a million watches takes minutes."""
_log = structlog.get_logger()


class Repeating:
    """Takes a step, at once again while it did something, else after ``every`` seconds."""

    def __init__(self, name: str, step: Callable[[], int], *, every: float) -> None:
        self.name = name
        self._step = step
        self._every = every
        self._went_well = time.monotonic()
        self._began: float | None = None
        self._has_failed = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the step in hand."""
        self._stopping.set()
        self._thread.join()

    @property
    def is_late(self) -> bool:
        """Whether it has been failing, or has hung in one step, for long."""
        now, began = time.monotonic(), self._began
        return (self._has_failed and now - self._went_well > LATE) or (began is not None and now - began > HUNG)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._once())

    def _once(self) -> float:
        self._began = time.monotonic()
        try:
            did_something = bool(self._step())
            self._went_well, self._has_failed = time.monotonic(), False
            return 0.0 if did_something else self._every
        except MarkError as error:
            reason = " ".join(getattr(error, "__notes__", ()))
            told = {"code": error.code, "detail": error.message, **({"reason": reason} if reason else {})}
            _log.warning("a step was not taken", worker=self.name, **told)
        except Exception as error:
            # A mistake of ours must not end the thread: then nothing would ever be told again.
            _log.error("a mistake of ours", worker=self.name, exc_info=error)
        finally:
            self._began = None
        self._has_failed = True
        return AFTER_TROUBLE
