"""The suite itself can reach this machine only."""

from __future__ import annotations

import socket

import pytest


def test_a_test_that_connects_elsewhere_is_stopped() -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737): nothing is there even if the guard were broken.
    with socket.socket() as probe, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        probe.connect(("192.0.2.1", 80))


def test_a_test_may_talk_to_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        accepted.close()
