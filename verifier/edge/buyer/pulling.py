"""Bringing the copy of the directory on, beside the pages: the one thing of this desk that reads from the registry.

What is asked for is the same for everybody, so nobody learns which suppliers are looked up in the copy.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.directory.copying import DirectoryCopy
from verifier.edge.directory_store import FolderStore
from verifier.edge.read_plane import open_plane
from verifier.edge.whole_file import write_whole
from verifier.encoding import canonical, read_object
from verifier.errors import MarkError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.injected import Clock

WAYS = ("current", "deltas", "shards")
LAST = "last-pull.json"


@dataclass(frozen=True)
class LastPull:
    """What became of the last pull: ``way`` is how the copy got there, empty where it failed; then ``error`` says why.

    ``fetched`` counts bytes.
    """

    at: int
    way: str = ""
    fetched: int = 0
    epoch: int = 0
    error: str = ""
    hint: str = ""


class Pulling:
    """At most one pull at a time."""

    def __init__(self, folder: DeskFolder, now: Clock) -> None:
        self._folder = folder
        self._now = now
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def is_under_way(self) -> bool:
        """Say whether a pull is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to pull, unless that is under way."""
        with self._starting:
            if not self.is_under_way:
                self._thread = threading.Thread(target=self.pull, name="pulling", daemon=True)
                self._thread.start()

    def last(self) -> LastPull | None:
        """Return what became of the last pull, None before the first one."""
        place = self._folder.path / LAST
        return LastPull(**read_object(place.read_bytes())) if place.exists() else None

    def pull(self) -> None:
        """Pull, and note what became of it."""
        at = self._now()
        try:
            told = _pulled(self._folder, at)
        except MarkError as error:
            told = LastPull(at, error=error.message, hint=error.hint)
        _keep(self._folder.path / LAST, told)


def _pulled(folder: DeskFolder, at: int) -> LastPull:
    copy = DirectoryCopy(FolderStore(folder.copy), folder.trust_root(), now=at)
    with open_plane(folder.settings().source) as plane:
        pulled = copy.pull(plane.fetcher)
    return LastPull(at, pulled.way, pulled.fetched, pulled.epoch.size)


def _keep(place: Path, told: LastPull) -> None:
    write_whole(place, canonical(vars(told)) + b"\n")
