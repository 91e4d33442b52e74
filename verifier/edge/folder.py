"""The read plane out of a folder: what HTTP serves, read from a disk. No path leaves the folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.errors import NotFoundError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_SEGMENT = r"(?:\.well-known|[A-Za-z0-9_-][A-Za-z0-9._-]{0,99})"
READ_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,9}}", re.ASCII)
"""Paths of the read plane: no empty, hidden or upward segment."""


class FolderFetcher:
    """Fetches from a published folder. What it yields is as trustworthy as the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fetch(self, path: str) -> bytes:
        """Return the file's bytes. Raises NotFoundError where there is none or the path is none of the read plane."""
        if not READ_PATH.fullmatch(path):
            raise NotFoundError(f"not a path of the read plane: {path[:80]!r}")
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFoundError(f"nothing is published at {path}") from error
        except OSError as error:
            raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
