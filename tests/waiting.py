"""Waiting for what another thread or process does in its own time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from registry.rows import database_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

GIVES_UP = 60.0
"""Seconds after which whoever waits to write to an SQLite file is turned away, once ``let_writers_wait`` was called."""


def let_writers_wait(patch: pytest.MonkeyPatch) -> None:
    """Let whoever opens an SQLite file from now on wait so long for others, so that who is held up is told by far."""
    milliseconds = int(GIVES_UP * 1000)
    patch.setattr(database_sqlite, "_WAITS_MS", milliseconds)
    pragmas = (f"busy_timeout={milliseconds}" if "busy_timeout" in one else one for one in database_sqlite._PRAGMAS)
    patch.setattr(database_sqlite, "_PRAGMAS", tuple(pragmas))


def wait_until(is_so: Callable[[], object], seconds: float = 40) -> None:
    """Return as soon as it is so; fail when that takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def wait_for_answer(url: str, *, lives: Callable[[], bool], seconds: float = 120) -> None:
    """Return once the server answers at the address; fail when it has ended, and when that takes too long."""

    def answers() -> bool:
        assert lives(), f"what was to answer at {url} has ended"
        try:
            return httpx.get(url, timeout=10).status_code < 500
        except httpx.TransportError:
            return False

    wait_until(answers, seconds)
