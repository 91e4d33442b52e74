"""Writing a file that appears whole and durable, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, readable by its owner alone, in the place of one that is there. Raises UnavailableError."""
    try:
        with written_beside(path, data) as name:
            os.replace(name, path)
        # A new or renamed file survives a power cut only once its folder is synchronised.
        fsync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error


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
