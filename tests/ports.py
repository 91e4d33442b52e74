"""Ports for servers of tests. No two processes of tests on one machine are given the same.

A port that the kernel picks is free again as soon as it is told, and the kernel may tell it to somebody else before
the server binds it. So ports are taken from below those that the kernel picks from, each test process from a range of
its own.
"""

from __future__ import annotations

import errno
import functools
import itertools
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
# Below them are the ports of the product itself; from 32,768 on Linux picks for connections and for port 0.
FIRST, BEYOND, EACH = 11_000, 31_000, 100


def free_port() -> int:
    """Return a port of this machine that nobody listens on and no other test process is given."""
    for port in itertools.islice(_own_ports(os.getpid()), EACH):
        if _is_free(port):
            return port
    raise AssertionError("somebody listens on every port of this process")


@functools.cache
def _own_ports(_process: int) -> Iterator[int]:
    """Return the ports of this process, over and over; a process that was forked from it gets others."""
    for first in range(FIRST, BEYOND, EACH):
        if (claim := _claim(first)) is not None:
            _claims.append(claim)
            return itertools.cycle(range(first + 1, first + EACH))
    raise AssertionError("every range of ports is taken by some test process")


_claims: list[socket.socket] = []
"""Whoever holds the first port of a range has the range, until the process ends."""


def _claim(port: int) -> socket.socket | None:
    claim = socket.socket()
    if _binds(claim, port):
        return claim
    claim.close()
    return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that ended a moment ago are no reason against a port, somebody who listens is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _binds(probe, port)


def _binds(one: socket.socket, port: int) -> bool:
    try:
        one.bind((LOOPBACK, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True
