"""The copy of a registry's programmes in a backup: what readers read of them, and nothing else that lies there."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from verifier.edge.programme_folder import places_in, programme_files
from verifier.edge.whole_file import fsync_folder
from verifier.errors import MalformedError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


def copy_programmes(source: Path, target: Path) -> None:
    """Put the programmes of a folder in the place of an earlier copy; without the folder there is none afterwards.

    What no reader takes is not copied: other files, links that lead elsewhere, files that are too long. Raises
    UnavailableError, and then the earlier copy stands as it was.
    """
    incoming, earlier = (target.with_name(f".{target.name}.{one}") for one in ("incoming", "earlier"))
    try:
        _remove(incoming)
        if os.path.lexists(source):
            _write(source, incoming)
        _remove(earlier)
        if os.path.lexists(target):
            target.rename(earlier)
        if incoming.exists():
            incoming.rename(target)
        _remove(earlier)
    except OSError as error:
        shutil.rmtree(incoming, ignore_errors=True)
        raise UnavailableError(
            f"the programmes in {source} cannot be copied: {error.strerror}: {error.filename or target}",
            hint=f"What stood at {target} stands there as it was.",
        ) from error


def _write(source: Path, incoming: Path) -> None:
    incoming.mkdir()
    for place in places_in(source):
        try:
            files = programme_files(place, within=source)
        except MalformedError:
            # The doctor tells of it, and so does the reader's log.
            continue
        if files:
            (incoming / place.name).mkdir()
        for name, data in files.items():
            with (incoming / place.name / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    fsync_folder(incoming)


def _remove(path: Path) -> None:
    """Remove what stands somewhere: a folder with all that is in it, but of a link the link alone."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
