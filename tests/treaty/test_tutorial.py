"""The tutorial "register your scheme in an hour" does what it says: its commands run as they stand there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import wait_for_answer

PAGE = Path(__file__).parents[2] / "docs/tutorial/register-your-scheme.md"
TEXT = PAGE.read_text("utf-8")
STEPS = "\n".join(re.findall(r"^```bash\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
SERVED = re.search(r"^```\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.system, pytest.mark.prove]


def shell(script: str, folder: Path) -> subprocess.Popen[bytes]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "200"}
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def test_every_step_of_the_tutorial_works(tmp_path: Path) -> None:
    assert SERVED is not None
    ports = {port: str(free_port()) for port in ("8081", "8082")}
    first, second = SERVED[1], STEPS
    for written, free in ports.items():
        first, second = first.replace(written, free), second.replace(written, free)
    server = shell(first.replace("shirushi serve", "exec shirushi serve") + " --witness-port 0", tmp_path)
    try:
        checkpoint = f"http://127.0.0.1:{ports['8081']}/log/checkpoint"
        wait_for_answer(checkpoint, lives=lambda: server.poll() is None)
        steps = shell(second, tmp_path)
        said = steps.communicate(timeout=180)[0].decode()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    assert steps.returncode == 0, said
    assert "example-partner" in said
    for words in ("81 full", "proposed: log entry", "signed by https://home.example/e/9001", "suspended issuer"):
        assert words in said, said
