"""Mirroring the read plane into an object store, so that a bucket or a CDN before it serves the registry's reads.

Any S3-compatible bucket (or another store that obstore knows) holds the same files under the same names, with the same
media types and cache headers as the reader. Pointers are taken before everything else and put after it: whoever reads
the bucket at any moment sees a checkpoint and a directory whose files are all there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from registry.publishing.files import INCOMING
from registry.reading.plane_routes import PLANE
from registry.reading.static_files import FOR_EVER, Served
from verifier.edge.folder import FolderFetcher
from verifier.encoding import sha256
from verifier.errors import NotFoundError, UnavailableError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

POINTERS = ("trust/list.jwt", ".well-known/openid-federation", "log/checkpoint", "directory/latest")
"""The files that change and refer to others, in the order in which they are put."""

_COMPILED = tuple((re.compile(pattern, re.ASCII), served) for pattern, served in PLANE)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Mirrored:
    """What one run did: files sent, and files that the bucket had already."""

    sent: int
    present: int


class BucketFetcher:
    """A ``verifier.gather.Fetcher`` over a bucket: what the mirror holds can be judged like any other copy."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def fetch(self, path: str) -> bytes:
        """Return an object's bytes. Raises NotFoundError or UnavailableError."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError as error:
            raise NotFoundError(f"the bucket holds no {path}") from error
        except (BaseError, OSError) as error:
            raise UnavailableError(f"the bucket cannot be read: {error}") from error


class Mirror:
    """One public folder and the bucket that follows it."""

    def __init__(self, public: Path, store: ObjectStore) -> None:
        self._public = public
        self._source = FolderFetcher(public)
        self._store = store
        self._sent: dict[str, bytes] = {}

    def sync(self, progress: Progress = lambda done, total: None) -> Mirrored:
        """Send what the bucket lacks. May be stopped and run again at any moment. Raises UnavailableError."""
        pointers = {path: data for path in POINTERS if (data := self._read(path)) is not None}
        paths = [path for path in _published(self._public) if path not in POINTERS]
        try:
            held = self._sizes()
            sent = 0
            for done, path in enumerate(paths, start=1):
                sent += self._put(path, held)
                progress(done, len(paths) + len(pointers))
            for path, data in pointers.items():
                sent += self._put_data(path, data)
        except (BaseError, OSError) as error:
            raise UnavailableError(f"the bucket cannot be written: {error}", hint="Run the mirror again.") from error
        return Mirrored(sent, len(paths) + len(pointers) - sent)

    def _put(self, path: str, held: dict[str, int]) -> int:
        data = self._read(path)
        if data is None:
            return 0
        # What is immutable was put whole or not at all: under the same name and size it is the same.
        if served_as(path).cache == FOR_EVER and held.get(path) == len(data):
            return 0
        return self._put_data(path, data)

    def _put_data(self, path: str, data: bytes) -> int:
        if self._sent.get(path) == sha256(data):
            return 0
        served = served_as(path)
        attributes = {"Content-Type": served.media_type, "Cache-Control": served.cache}
        obstore.put(self._store, path, data, attributes=attributes)
        self._sent[path] = sha256(data)
        return 1

    def _sizes(self) -> dict[str, int]:
        return {one["path"]: one["size"] for page in obstore.list(self._store) for one in page}

    def _read(self, path: str) -> bytes | None:
        try:
            return self._source.fetch(path)
        except NotFoundError:
            return None


def served_as(path: str) -> Served:
    """Return how a published path is served. Raises NotFoundError for any other path."""
    for pattern, served in _COMPILED:
        if pattern.fullmatch(path):
            return served
    raise NotFoundError(f"{path} is not a path of the read plane")


def _published(public: Path) -> Iterator[str]:
    for file in sorted(public.rglob("*")):
        path = file.relative_to(public).as_posix()
        if file.is_file() and not path.startswith(INCOMING) and any(one.fullmatch(path) for one, _ in _COMPILED):
            yield path
