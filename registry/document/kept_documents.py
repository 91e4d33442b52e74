"""Documents that were made, in a private folder of bounded size: a document is made once and stays the same bytes.

Files are named by the digest of all that a document says. Nothing tells who asked, and all of it may be thrown away.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from verifier.edge.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 134_217_728


class KeptDocuments:
    """The folder. One process writes in it."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes

    def get(self, name: str) -> bytes | None:
        """Return a document, None where it is not kept."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep a document; the oldest ones make room for it. Raises UnavailableError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room(len(data))
        write_whole(self._folder / name, data)

    def _make_room(self, needed: int) -> None:
        kept = [(one.stat(), one) for one in self._folder.iterdir()]
        total = needed + sum(found.st_size for found, _ in kept)
        for found, one in sorted(kept, key=lambda row: row[0].st_mtime_ns):
            if total <= self._most:
                return
            with suppress(FileNotFoundError):
                one.unlink()
            total -= found.st_size
