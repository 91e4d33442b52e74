"""A folder of evidence on a disk: what stands in it, and the hash of each file, read as a stream.

Nothing leads out of the folder: no link is followed, neither for a file nor for a folder on the way to it. A file is
read between two looks at its size, times and place on the disk; one that changed meanwhile has no hash.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.encoding import b64u
from verifier.errors import UnavailableError, WrongUseError
from verifier.evidence.comparison import Present, Problem
from verifier.evidence.row import MOST_PARTS, name_problem

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1_048_576
_DOWN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that takes the place of a file must not make the reader wait for ever.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Told = Callable[[int, int], None]
"""Is told how many bytes are read, and of how many."""

Stamp = tuple[int, int, int, int]
"""Size, time of change in content and of change in any way (nanoseconds), and number on the disk."""


@dataclass(frozen=True)
class Found:
    """A thing in the folder: its name in form NFC, its name on the disk, and why it is no file, where it is none."""

    path: str
    name: str
    stamp: Stamp
    problem: Problem | None = None

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.stamp[0]

    @property
    def modified(self) -> int:
        """When the content changed, by the file system, in UTC seconds."""
        return self.stamp[1] // 1_000_000_000


@contextmanager
def open_folder(folder: Path) -> Iterator[int]:
    """Yield a descriptor of the folder that the caller named. Raises WrongUseError when it is none."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise WrongUseError(f"{folder} is not a folder that can be read: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def list_folder(descriptor: int) -> tuple[Found, ...]:
    """Return everything in the folder but folders, by name. Raises UnavailableError for a folder that cannot be read.

    Of two names that are one in form NFC the second one is a clash.
    """
    found: dict[str, Found] = {}
    clashes: list[Found] = []
    for one in _below(descriptor, ""):
        if one.path in found:
            clashes.append(Found(one.path, one.name, one.stamp, "clash"))
        else:
            found[one.path] = one
    return tuple(sorted([*found.values(), *clashes], key=lambda one: (one.path, one.name)))


def hash_file(descriptor: int, found: Found, told: Callable[[int], None] = lambda count: None) -> str:
    """Return the SHA-256 of a file as base64url, in constant memory; ``told`` hears of every chunk's bytes.

    Raises UnavailableError when it cannot be read, or is not the file that was listed, or changed while it was read.
    """
    hashed, total = hashlib.sha256(), 0
    try:
        with _opened(descriptor, found.name) as file:
            if _stamp(os.fstat(file)) != found.stamp:
                raise _changed(found)
            # A file that grows as fast as it is read has no end: what is longer than it was has changed.
            while total <= found.size and (chunk := os.read(file, CHUNK)):
                hashed.update(chunk)
                total += len(chunk)
                told(len(chunk))
            if _stamp(os.fstat(file)) != found.stamp or total != found.size:
                raise _changed(found)
    except OSError as error:
        raise UnavailableError(f"{found.path} cannot be read: {error.strerror}") from error
    return b64u(hashed.digest())


def present_files(folder: Path, told: Told = lambda done, total: None) -> tuple[Present, ...]:
    """Return what stands in a folder now, every file hashed; what cannot be read is there with its problem."""
    with open_folder(folder) as descriptor:
        listed = list_folder(descriptor)
        total, done = sum(one.size for one in listed if one.problem is None), 0

        def count(size: int) -> None:
            nonlocal done
            done += size
            told(done, total)

        return tuple(_present(descriptor, one, count) for one in listed)


def case_clashes(paths: Iterable[str]) -> tuple[str, str] | None:
    """Return two names that are one on a disk that ignores case, None where there are none such."""
    seen: dict[str, str] = {}
    for path in paths:
        folded = unicodedata.normalize("NFC", path.casefold())
        if folded in seen:
            return seen[folded], path
        seen[folded] = path
    return None


def _present(descriptor: int, found: Found, told: Callable[[int], None]) -> Present:
    if found.problem not in (None, "clash"):
        return Present(found.path, None, found.problem)
    try:
        return Present(found.path, hash_file(descriptor, found, told), found.problem)
    except UnavailableError:
        return Present(found.path, None, "unread")


def _below(descriptor: int, prefix: str) -> Iterator[Found]:
    if prefix.count("/") >= MOST_PARTS:
        raise UnavailableError(f"{prefix[:80]} lies too deep in the folder")
    try:
        with os.scandir(descriptor) as entries:
            names = sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)
    except OSError as error:
        raise UnavailableError(f"{prefix or 'the folder'} cannot be read: {error.strerror}") from error
    for name, status in names:
        full = f"{prefix}{name}"
        if not stat.S_ISDIR(status.st_mode):
            yield _found(full, status)
            continue
        try:
            below = os.open(name, _DOWN, dir_fd=descriptor)
        except OSError as error:
            raise UnavailableError(f"{_shown(full)} cannot be read: {error.strerror}") from error
        try:
            yield from _below(below, f"{full}/")
        finally:
            os.close(below)


def _found(name: str, status: os.stat_result) -> Found:
    path = _shown(name)
    problem: Problem | None = None
    if stat.S_ISLNK(status.st_mode):
        problem = "link"
    elif not stat.S_ISREG(status.st_mode):
        problem = "special"
    elif "\N{REPLACEMENT CHARACTER}" in path or name_problem(path):
        problem = "name"
    return Found(path, name, _stamp(status), problem)


def _shown(name: str) -> str:
    """Return the name on the disk in form NFC; bytes that are no UTF-8 are shown as replaced."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


@contextmanager
def _opened(descriptor: int, name: str) -> Iterator[int]:
    """Yield a descriptor of a file, reached part by part so that no link on the way is followed."""
    *folders, last = name.split("/")
    held = [descriptor]
    try:
        for part in folders:
            held.append(os.open(part, _DOWN, dir_fd=held[-1]))
        held.append(os.open(last, _READ, dir_fd=held[-1]))
        yield held[-1]
    finally:
        for one in held[1:]:
            os.close(one)


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _changed(found: Found) -> UnavailableError:
    return UnavailableError(f"{found.path} changed while it was read", hint="Run it again when nobody writes there.")
