"""A registry that is killed again and again: what it acknowledged is there, once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.chaos.aftermath import Inspector, Promised, fsck_faults
from bench.chaos.kill import run
from bench.chaos.workload import PROMISES
from tests.registry.conftest import make_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.prove, pytest.mark.system]


def work(folder: Path, outside: Path, options: Sequence[str]) -> int:
    command = [sys.executable, "-m", "bench.chaos.workload", str(folder), str(outside), *options]
    return subprocess.run(command, check=False, capture_output=True, cwd=Path(__file__).parents[2]).returncode


@pytest.mark.prove
def test_one_process_killed_three_times_keeps_every_promise(tmp_path: Path) -> None:
    folder, outside = tmp_path / "registry", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    for delay in ("0.3", "0.6", "0.9"):
        assert work(folder, outside, ["--marks", "500", "--die-after", delay]) == -9
    assert work(folder, outside, ["--marks", "1"]) == 0
    promised = Promised()
    for line in (outside / PROMISES).read_text().splitlines():
        promised.hear(line)
    assert len(promised.acknowledged) >= 1
    assert Inspector(folder, make_keys().ceremony.root).inspect(promised).is_clean
    assert fsck_faults(folder / "public") == []


@pytest.mark.prove
def test_server_and_publisher_killed_twenty_times_lose_nothing_and_store_nothing_twice() -> None:
    outcome = run(kills=20, seed=2)
    assert outcome.is_clean, outcome
    assert sum(outcome.kills.values()) == 20
    assert outcome.acknowledged > 20
