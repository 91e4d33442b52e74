"""Being alone: one household over a data folder."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


def hold_folder(folder: Path) -> int:
    """Return a descriptor that holds the folder for this process until it is closed.

    Raises WrongUseError while another household holds it. The kernel gives it up with the process, however that ends.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise WrongUseError(
            f"another registry runs over {folder.name}/", hint="End it first, or choose another folder."
        ) from error
    return descriptor
