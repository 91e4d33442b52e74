"""The lifeline of a child process: a pipe whose other end the parent holds until it ends, however it ends."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

GRACE = 5.0
"""Seconds that a child has to end in order before it just ends."""


def hold_lifeline(descriptor: int, stop: Callable[[], None]) -> None:
    """Call ``stop`` once, when the parent closes the pipe, is killed, or sends SIGTERM. Call from the main thread."""
    called = threading.Lock()

    def end() -> None:
        if called.acquire(blocking=False):
            timer = threading.Timer(GRACE, os._exit, (1,))
            timer.daemon = True
            timer.start()
            stop()

    def wait() -> None:
        # Nothing is ever written: the read returns when the last writing end is closed.
        os.read(descriptor, 1)
        end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: end())
    signal.signal(signal.SIGINT, lambda *_: end())
