"""The tutorial "ask from your portal" does what it says: its commands and its program run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.client.conftest import Served

TEXT = (Path(__file__).parents[2] / "docs/tutorial/ask-from-a-portal.md").read_text("utf-8")
COMMANDS, PROGRAM = (
    "\n".join(re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)) for kind in ("bash", "python")
)
NO_MARK = "a49v3y4qet7wz1q82a0e1y6y2w"
STATUSES = dict(re.findall(r"^\| (\d{3}(?:, \d{3})*) \| (.*?) \|", TEXT, re.MULTILINE))
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
    assert ran.stdout.splitlines()[-3:] == ["valid True", "valid_offline", "valid"], ran.stdout


def test_every_status_in_the_table_is_what_the_service_answers(served: Served) -> None:
    policy = {"version": 1, "tier": "jp.meti.scs/3"}
    no_tier = {"version": 1, "tier": "jp.meti.scs/9"}
    key = {"Idempotency-Key": "of-the-tutorial"}
    long_list = {"suppliers": [{"name": f"名前だけ{number}"} for number in range(20_000)], "policy": policy}
    found: dict[str, list[int]] = {}
    with httpx.Client(base_url=f"{served.urls['verification']}/verification/v1", timeout=60) as http:
        found["400"] = [
            http.post("/lookups", json=asked).status_code
            for asked in (
                {"mark": 3},
                {"identifier": "5010001067884"},
                {"identifier": "5010001067883", "policy": no_tier},
            )
        ]
        found["404"] = [http.get(path).status_code for path in (f"/marks/{NO_MARK}", f"/checks/{'A' * 32}")]
        begun = http.post("/checks", json=long_list, headers=key).json()["check"]
        found["409"] = [http.get(f"/checks/{begun}/{kind}").status_code for kind in ("csv", "receipt")]
        other = {"suppliers": [{"name": "名前だけ"}], "policy": policy}
        found["422"] = [http.post("/checks", json=other, headers=key).status_code]
        http.delete(f"/checks/{begun}")
    assert {status: set(map(str, answered)) for status, answered in found.items()} == {one: {one} for one in found}
    assert STATUSES.keys() == {*found, "429, 503"}
    assert all(word in STATUSES["400"] for word in ("check digit", "a tier that there is not")), STATUSES["400"]
    assert "Idempotency-Key" in STATUSES["422"]
