"""`shirushi registry doctor`: what is wrong with a registry is said with what to do, and nothing is changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry.commands import app
from registry.data_folder import DataFolder
from registry.scenario.served import PASSPHRASE_FILE, found, household
from registry.settings import PASSPHRASE
from tests.waiting import wait_until

pytestmark = pytest.mark.system
EXAMPLES = Path(__file__).parents[2] / "docs/examples"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    made = DataFolder(tmp_path_factory.mktemp("doctor") / "data")
    found(made)
    with household(made, read_port=0):
        wait_until(lambda: (made.public / "directory/latest").exists(), seconds=60)
    return made


def look(data: DataFolder) -> tuple[int, dict[str, tuple[bool | None, str]]]:
    """Return the exit code and what was found, by name."""
    told = CliRunner().invoke(app, ["doctor", "--dir", str(data.path), "--json"])
    return told.exit_code, {one["name"]: (one["passed"], one["detail"]) for one in json.loads(told.stdout)}


@pytest.fixture(autouse=True)
def passphrase(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)
    monkeypatch.setenv(f"{PASSPHRASE}_FILE", str(data.path / PASSPHRASE_FILE))


def test_a_registry_that_is_well_is_told_so(data: DataFolder) -> None:
    code, told = look(data)
    assert code == 0, told
    assert told["key receipt"][0] is True
    assert "witnessed" in told["published"][1]
    assert told["operators' keys"][0] is None


def test_a_key_that_others_may_read_is_found(data: DataFolder) -> None:
    key = data.key("receipt")
    key.chmod(0o644)
    try:
        code, told = look(data)
    finally:
        key.chmod(0o600)
    assert (code, told["key files"][0]) == (1, False)
    assert "chmod 600" in told["key files"][1]


def test_a_wrong_passphrase_is_found(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "another")
    code, told = look(data)
    assert (code, told["key directory"][0]) == (1, False)


def test_settings_that_cannot_be_read_are_found(data: DataFolder) -> None:
    file = data.path / "settings.toml"
    file.write_text("read_port = 'eighty'\n")
    try:
        code, told = look(data)
    finally:
        file.unlink()
    assert (code, told["settings"][0]) == (1, False)


def test_an_old_checkpoint_is_found(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.doctor_command.now", lambda: 1_900_000_000)
    code, told = look(data)
    assert (code, told["published"][0], told["trust root"][0]) == (1, False, False)
    assert "hold-the-root-ceremony" in told["trust root"][1]


def test_a_folder_that_holds_no_registry_is_said_to_hold_none(tmp_path: Path) -> None:
    code, told = look(DataFolder(tmp_path))
    assert (code, told["trust root"][0]) == (1, False)


def test_the_portal_is_looked_at_and_nothing_of_it_is_changed(data: DataFolder) -> None:
    code, told = look(data)
    assert (code, told["portal's database"][0], told["portal's files"][0]) == (0, True, True)
    assert told["portal's deliveries"] == (True, "none dead")
    assert told["portal's mail"][0] is None
    data.portal.chmod(0o644)
    file = data.path / "settings.toml"
    file.write_text("portal_mail_server = '127.0.0.1:9'\n")
    try:
        code, told = look(data)
        assert data.portal.stat().st_mode & 0o777 == 0o644
    finally:
        data.portal.chmod(0o600)
        file.unlink()
    assert (code, told["portal's files"][0], told["portal's mail"][0]) == (1, False, False)
    assert "chmod 600" in told["portal's files"][1]
