"""One listener on a port.

A second server on a port would share it without an error (SO_REUSEPORT), and callers would meet either one by turns.
"""

from __future__ import annotations

import errno
import socket

from verifier.errors import UnavailableError, WrongUseError


def check_port(address: str, port: int) -> None:
    """Raise WrongUseError when somebody listens on the port, UnavailableError when it cannot be used at all."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise WrongUseError(
                    f"port {port} is taken", hint="End what listens there, or choose another port."
                ) from error
            raise UnavailableError(f"port {port} of {address} cannot be used: {error.strerror}") from error
