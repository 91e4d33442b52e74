"""One writer at a time in a folder that several processes and threads write in."""

from __future__ import annotations

from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until nobody else is in here with the folder, and keep everybody else waiting meanwhile."""
    with (folder / ".lock").open("w") as file:
        flock(file, LOCK_EX)
        yield
