"""Being alone: one household over a data folder, one listener on a port.

A second server on a port would share it without an error (SO_REUSEPORT), and callers would meet either one by turns.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from typing import TYPE_CHECKING

from verifier.errors import UnavailableError, WrongUseError

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


def check_port(address: str, port: int) -> None:
    """Raise WrongUseError when somebody listens on the port, UnavailableError when it cannot be used at all."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise WrongUseError(f"port {port} is taken", hint="Choose another port; 0 takes a free one.") from error
            raise UnavailableError(f"port {port} of {address} cannot be used: {error.strerror}") from error
