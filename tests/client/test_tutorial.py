"""The tutorial "ask from your portal" does what it says: its commands and its program run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.conftest import Served

TEXT = (Path(__file__).parents[2] / "docs/tutorial/ask-from-a-portal.md").read_text("utf-8")
COMMANDS, PROGRAM = (
    "\n".join(re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)) for kind in ("bash", "python")
)
pytestmark = pytest.mark.system


def test_every_step_of_the_tutorial_works(served: Served, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(served.folder)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    script = f"{COMMANDS}\nexport MARK READ\npython {program}\n"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": path,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SERVICE": served.urls["verification"],
            "READ": served.urls["reader"],
            "XDG_STATE_HOME": str(tmp_path / "state"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "'verdict': 'meets'" in ran.stdout, ran.stdout
    assert "名前だけ" in (tmp_path / "checked.csv").read_text("utf-8-sig")
    assert ran.stdout.splitlines()[-2:] == ["valid True", "valid_offline"], ran.stdout
