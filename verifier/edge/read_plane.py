"""Where an auditor reads from, a folder or an address, and where it writes its report."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.folder import FolderFetcher
from verifier.errors import NotFoundError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.audit.report import Report
    from verifier.gather import Fetcher


class FolderListing:
    """The names in a published folder, read anew at each question."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, folder: str) -> list[str]:
        """Return the names directly below a folder of the plane, in order. Raises UnavailableError."""
        try:
            return sorted(entry.name for entry in os.scandir(self._folder / folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise UnavailableError(f"{folder} cannot be listed: {error.strerror}") from error

    def paths(self) -> Iterator[str]:
        """Yield the path of every file below the folder, hidden ones too. Raises UnavailableError."""
        yield from self._below("")

    def _below(self, folder: str) -> Iterator[str]:
        for name in self.names(folder):
            path = f"{folder}/{name}" if folder else name
            place = self._folder / path
            if place.is_dir() and not place.is_symlink():
                yield from self._below(path)
            else:
                yield path


class PatientFetcher:
    """A fetcher that asks again when an address did not answer: one lost packet must not end an hour's work."""

    def __init__(self, fetcher: Fetcher, pauses: tuple[float, ...] = (0.5, 1.5)) -> None:
        """Ask once more after each pause, in seconds."""
        self._fetcher = fetcher
        self._pauses = pauses

    def fetch(self, path: str) -> bytes:
        """Return the bytes. Raises NotFoundError at once, UnavailableError after the last try."""
        for pause in self._pauses:
            try:
                return self._fetcher.fetch(path)
            except NotFoundError:
                raise
            except UnavailableError:
                time.sleep(pause)
        return self._fetcher.fetch(path)


@dataclass(frozen=True)
class ReadPlane:
    """A plane to read from; ``listing`` is there for a folder only."""

    fetcher: Fetcher
    listing: FolderListing | None = None


@contextmanager
def open_plane(place: str) -> Iterator[ReadPlane]:
    """Yield the plane at an address or in a folder. Raises WrongUseError when it is neither."""
    if place.startswith(("http://", "https://")):
        with open_client() as http:
            yield ReadPlane(PatientFetcher(HttpFetcher(place, http)))
        return
    folder = Path(place)
    if not folder.is_dir():
        raise WrongUseError(
            f"{place} is neither an address nor a folder", hint="Write https://HOST or a public folder."
        )
    yield ReadPlane(FolderFetcher(folder), FolderListing(folder))


def read_tokens(path: Path | None) -> tuple[str, ...]:
    """Return the tokens of a file, one a line. Raises WrongUseError when it cannot be read."""
    if path is None:
        return ()
    try:
        return tuple(line.strip() for line in path.read_text("ascii").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{path} cannot be read") from error


def write_report(report: Report, path: Path | None) -> None:
    """Write a report to a file, if one is named. Raises WrongUseError when it cannot be written."""
    if path is None:
        return
    try:
        path.write_bytes(report.serialize())
    except OSError as error:
        raise WrongUseError(f"{path} cannot be written: {error.strerror}") from error
