"""Where a copy of the directory is kept, and how parts of published files are fetched over HTTP."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import httpx

from verifier.edge.client import HttpFetcher
from verifier.edge.folder import READ_PATH, FolderFetcher
from verifier.edge.whole_file import fsync_folder
from verifier.errors import NotFoundError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

_INCOMING = ".incoming"


class FolderStore(FolderFetcher):
    """A copy in a folder, laid out as the read plane is. One process writes at a time."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made when something is put into it."""
        super().__init__(folder)
        self._incoming = folder / _INCOMING

    def fetch(self, path: str) -> bytes:
        """Return a file's bytes. Raises NotFoundError where there is none, UnavailableError."""
        try:
            return super().fetch(path)
        except NotFoundError as error:
            raise _missing(path) from error

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        """Return a part of a file. Raises NotFoundError where there is none, UnavailableError."""
        if not READ_PATH.fullmatch(path):
            raise NotFoundError(f"not a path of the read plane: {path[:80]!r}")
        try:
            with (self.folder / path).open("rb") as file:
                file.seek(first)
                return file.read(end - first)
        except FileNotFoundError as error:
            raise _missing(path) from error
        except OSError as error:
            raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error

    def put(self, path: str, data: bytes) -> None:
        """Keep a file, whole and durable or not at all. Raises UnavailableError when the disk does not take it."""
        if not READ_PATH.fullmatch(path):
            raise WrongUseError(f"not a path of the read plane: {path!r}")
        target = self.folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._incoming.mkdir(exist_ok=True)
            temporary = self._incoming / str(os.getpid())
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            fsync_folder(target.parent)
        except OSError as error:
            raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error

    def keep_only(self, paths: set[str]) -> None:
        """Forget every file of the directory but these, and what an interrupted pull left."""
        shutil.rmtree(self._incoming, ignore_errors=True)
        for file in sorted((self.folder / "directory").rglob("*"), reverse=True):
            if file.is_dir():
                if not any(file.iterdir()):
                    file.rmdir()
            elif file.relative_to(self.folder).as_posix() not in paths:
                file.unlink()


class HttpRangeFetcher(HttpFetcher):
    """A ``verifier.directory.ranged.RangeFetcher`` over one base address; ``fetched`` counts the bytes of answers."""

    def __init__(self, base: str, http: httpx.Client) -> None:
        """Fetch below the base address."""
        super().__init__(base, http)
        self.fetched = 0

    def fetch(self, path: str) -> bytes:
        """Return the bytes under the path. Raises NotFoundError or UnavailableError."""
        data = super().fetch(path)
        self.fetched += len(data)
        return data

    def fetch_range(self, path: str, first: int, end: int) -> bytes:
        """Return a part of the file under the path. Raises NotFoundError or UnavailableError."""
        url = f"{self._base}/{path}"
        # A content coding would be a coding of the part: offsets count bytes of the file.
        headers = {"Range": f"bytes={first}-{end - 1}", "Accept-Encoding": "identity"}
        try:
            with self._http.stream("GET", url, headers=headers, follow_redirects=False) as response:
                match response.status_code:
                    case 206 if response.headers.get("content-range", "").startswith(f"bytes {first}-"):
                        part = _at_most(response, end - first, url)
                    case 200:
                        # The server knows no ranges (RFC 9110 allows it): take what was asked for and hang up.
                        part = _beginning(response, end)[first:]
                    case 416:
                        part = b""
                    case 404 | 410:
                        raise NotFoundError(f"{url} holds nothing")
                    case status:
                        raise UnavailableError(f"{url} answers {status}")
        except httpx.HTTPError as error:
            raise UnavailableError(f"{self._base} cannot be reached: {error}", hint="Check the address.") from error
        self.fetched += len(part)
        return part


def _missing(path: str) -> NotFoundError:
    hint = "Pull again: shirushi directory pull fetches what is missing."
    return NotFoundError(f"the copy holds no {path[:80]}", hint=hint)


def _at_most(response: httpx.Response, length: int, url: str) -> bytes:
    part = _beginning(response, length + 1)
    if len(part) > length:
        raise UnavailableError(f"{url} answers with more than was asked for")
    return part


def _beginning(response: httpx.Response, length: int) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) >= length:
            break
    return bytes(data[:length])
