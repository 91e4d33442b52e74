"""What the suite promises itself about ports: its own processes never meet on one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

from tests.ports import EACH, FIRST, free_port

REPOSITORY = Path(__file__).parent.parent
DRAW = "import json, sys; from tests.ports import free_port; print(json.dumps([free_port() for _ in range(50)]))"


def test_test_processes_that_run_at_once_are_given_different_ports() -> None:
    wait = f"{DRAW}; sys.stdout.flush(); sys.stdin.read()"
    command = [sys.executable, "-c", wait]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)
    ]
    drawn = [free_port() for _ in range(50)]
    for process in processes:
        assert process.stdout is not None
        drawn += json.loads(process.stdout.readline())
    for process in processes:
        process.communicate(timeout=60)
    assert len(set(drawn)) == len(drawn) == 200


def test_a_port_that_somebody_listens_on_is_passed_over() -> None:
    held = []
    for _ in range(EACH // 2):
        one = socket.create_server(("127.0.0.1", free_port()))
        held.append(one)
    ports = {one.getsockname()[1] for one in held}
    again = {free_port() for _ in range(EACH)}
    for one in held:
        one.close()
    assert not ports & again
    assert len(ports) == EACH // 2


def test_ports_of_tests_are_none_that_the_kernel_picks() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert FIRST <= free_port() < lowest
