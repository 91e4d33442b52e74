"""The demonstration's processes start whatever the shell holds for other registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.scenario.served import found, household

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


def test_a_passphrase_of_another_registry_does_not_keep_the_demonstration_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "that of another registry")
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE_FILE", "/nowhere")
    data = DataFolder(tmp_path / "out")
    found(data)
    with household(data, read_port=0) as running:
        assert httpx.get(f"{running.urls['reader']}/log/checkpoint").status_code == 200
