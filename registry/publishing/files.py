"""Writing the read plane: each file appears whole and durable, under its name or not at all.

Write to a temporary file, fsync, link or rename, fsync the folder. What is immutable is written once: the same bytes
again are nothing to do, other bytes are refused.
"""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from registry.errors import PublishRefusedError
from verifier.edge.folder import READ_PATH, FolderFetcher
from verifier.edge.whole_file import fsync_folder
from verifier.errors import NotFoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INCOMING = ".incoming"
_NUMBERS = itertools.count()


class PublicFolder:
    """The published folder as one writer sees it. Two writers never write the same path."""

    def __init__(self, folder: Path, *, writer: str) -> None:
        """Open the folder and remove what this writer left unfinished when it was last stopped."""
        self.folder = folder
        self._incoming = folder / INCOMING / writer
        self._incoming.mkdir(parents=True, exist_ok=True)
        for stray in self._incoming.iterdir():
            stray.unlink()
        self._reader = FolderFetcher(folder)

    def fetch(self, path: str) -> bytes:
        """Return a published file's bytes. Raises NotFoundError where there is none."""
        return self._reader.fetch(path)

    def read(self, path: str) -> bytes | None:
        """Return a published file's bytes, None where there is none."""
        try:
            return self._reader.fetch(path)
        except NotFoundError:
            return None

    def write_once(self, path: str, data: bytes) -> None:
        """Publish an immutable file. Raises PublishRefusedError when other bytes stand there."""
        present = self.read(path)
        if present is None:
            try:
                # A link, unlike a rename, never takes the place of what another process put there meanwhile.
                self._place(path, data, os.link)
                return
            except FileExistsError:
                present = self.read(path)
        if present != data:
            raise PublishRefusedError(f"{path} was published with other bytes")

    def replace(self, path: str, data: bytes) -> None:
        """Publish a file that changes, in one step for whoever reads it."""
        if self.read(path) != data:
            self._place(path, data, os.replace)

    def withdraw(self, path: str) -> None:
        """Remove a file that nobody was promised, or that is not true any more; durable on return."""
        target = self.folder / path
        if target.exists():
            target.unlink()
            fsync_folder(target.parent)

    def _place(self, path: str, data: bytes, put: Callable[[Path, Path], None]) -> None:
        if not READ_PATH.fullmatch(path):
            raise WrongUseError(f"not a path of the read plane: {path!r}")
        target, temporary = self.folder / path, self._incoming / f"{os.getpid()}-{next(_NUMBERS)}"
        self._make_folder(target.parent)
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            put(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        fsync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            fsync_folder(folder.parent)
