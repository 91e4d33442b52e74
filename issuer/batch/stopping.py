"""Ctrl-C during a batch: the group at hand is finished, then the run ends. A second Ctrl-C ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_asked(tell: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether somebody asked to stop; only for the main thread of a process."""
    asked: list[int] = []

    def note(number: int, _: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        tell("stopping after this group; press Ctrl-C again to stop at once (nothing is lost either way)")

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)
