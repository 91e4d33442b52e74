"""The example files of an operator fit the product: paths, options, ports, and the rules of systemd itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from registry.household.serve_command import app as serve
from registry.settings import PASSPHRASE, Settings

ROOT = Path(__file__).parents[2]
UNIT, CONTAINER = (ROOT / "docs/examples" / name for name in ("shirushi.service", "Containerfile"))


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is missing: the unit is not checked; make system installs it")
    # It looks whether the programs are there; here they are somewhere else.
    placed = tmp_path / "shirushi.service"
    placed.write_text(UNIT.read_text("utf-8").replace("/opt/shirushi/bin/shirushi", "/bin/true"), "utf-8")
    told = subprocess.run([analyse, "verify", str(placed)], capture_output=True, text=True, check=False)
    assert (told.returncode, [line for line in told.stderr.splitlines() if "shirushi" in line]) == (0, [])


def test_the_unit_leaves_little_to_whoever_breaks_in() -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is missing: the unit is not checked; make system installs it")
    told = subprocess.run(
        [analyse, "security", "--offline=true", str(UNIT)], capture_output=True, text=True, check=False
    )
    (exposure,) = re.findall(r"exposure level for .*: ([0-9.]+)", told.stdout)
    assert float(exposure) <= 2.5, told.stdout


def test_the_container_starts_what_there_is_on_the_ports_that_there_are() -> None:
    text = CONTAINER.read_text("utf-8")
    fields = Settings.model_fields
    ports = {str(fields[name].default) for name in ("read_port", "api_port", "verification_port", "portal_port")}
    assert set(re.search(r"^EXPOSE (.*)$", text, re.MULTILINE)[1].split()) == ports  # type: ignore[index]  # it is there
    assert f"{PASSPHRASE}_FILE=" in text
    assert '"serve", "--dir"' in text
    assert serve.registered_commands or serve.registered_callback
    assert (ROOT / "requirements/runtime.txt").exists()
