"""The files of a monitor: its state, written whole or not at all, and the feeds.

Whoever reads a feed over HTTP sees the old or the new one, never half of one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.audit.feeds import Event, grown, read_feed, render_atom, render_json
from verifier.audit.memory import fresh_memory, load_memory, save_memory
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.audit.memory import Memory
    from verifier.trust.root import TrustRoot


class MemoryFile:
    """The state of a monitor in a file."""

    def __init__(self, path: Path, pinned: TrustRoot) -> None:
        self._path = path
        self._pinned = pinned

    def load(self) -> Memory:
        """Return what was saved last, a fresh memory when nothing was.

        Raises MalformedError for a damaged file, UnavailableError for one that cannot be read.
        """
        try:
            with self._path.open("rb") as lines:
                return load_memory(lines, self._pinned)
        except FileNotFoundError:
            return fresh_memory(self._pinned.host)
        except OSError as error:
            raise UnavailableError(f"{self._path} cannot be read: {error.strerror}") from error

    def save(self, memory: Memory) -> None:
        """Write the state: afterwards it survives a power cut. Raises UnavailableError."""
        _replace(self._path, save_memory(memory, self._pinned))


class FeedFolder:
    """A folder of feeds: ``bodies/<no>.atom`` and ``.json``, ``subjects/<identifier>.atom`` and ``.json``."""

    def __init__(self, folder: Path, host: str) -> None:
        self._folder = folder
        self._host = host

    def write(self, feeds: Mapping[str, tuple[Event, ...]]) -> None:
        """Add the events to their feeds. Raises MalformedError, UnavailableError."""
        for name, new in feeds.items():
            place = self._folder / name
            events = grown(self._known(place.with_name(f"{place.name}.json")), new)
            for suffix, render in ((".json", render_json), (".atom", render_atom)):
                _replace(place.with_name(f"{place.name}{suffix}"), [render(name, self._host, events)])

    def _known(self, path: Path) -> list[Event]:
        try:
            return read_feed(path.read_bytes())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error
