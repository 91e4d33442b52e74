"""Writing a file that appears whole and durable, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from typing import TYPE_CHECKING

from verifier.errors import UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MISPLACED = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, readable by its owner alone, in the place of one that is there. Raises UnavailableError."""
    try:
        with written_beside(path, data) as name:
            os.replace(name, path)
        # A new or renamed file survives a power cut only once its folder is synchronised.
        fsync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error


def write_named(path: Path, data: bytes) -> None:
    """Write a file that a user named, as ``write_whole``. Raises WrongUseError where there cannot be one.

    Raises UnavailableError for what may be better next time, such as a disk that is full.
    """
    try:
        write_whole(path, data)
    except UnavailableError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and (is_misplaced(cause) or cause.errno in _NOT_ALLOWED):
            raise WrongUseError(error.message, hint="Name a file in a folder that can be written to.") from error
        raise


def is_misplaced(error: OSError) -> bool:
    """Say whether an error is that there is no such file or place: trying again does not help."""
    return error.errno in _MISPLACED


@contextlib.contextmanager
def written_beside(path: Path, data: bytes) -> Iterator[str]:
    """Give the name of a hidden file with the data, on the disk and its owner's alone, to be put at ``path``.

    It is gone afterwards, whatever happens: nothing that is half written stays there. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def fsync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
