"""Settings: environment before file before default; a secret is in neither file nor default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.settings import PASSPHRASE, Settings, read_passphrase, read_settings
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environment_counts_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('read_port = 1\napi_port = 2\n[witnesses]\nw1 = "http://127.0.0.1:9"\n')
    settings = read_settings(tmp_path, environment={"SHIRUSHI_API_PORT": "3"})
    assert (settings.read_port, settings.api_port, settings.witness_port) == (1, 3, Settings().witness_port)
    assert settings.witnesses == {"w1": "http://127.0.0.1:9"}
    assert read_settings(tmp_path, given={"read_port": 0}, environment={}).read_port == 0


@pytest.mark.parametrize(
    "text", ["unknown = 1", "read_port = 'x'", "read_port = 70000", "publish_every_ms = 100", "passphrase = 'x'", "="]
)
def test_a_wrong_setting_is_named_and_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(WrongUseError):
        read_settings(tmp_path, environment={})


def test_every_setting_says_what_it_means() -> None:
    assert all(one.description for one in Settings.model_fields.values())


def test_there_is_no_default_passphrase(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match=PASSPHRASE):
        read_passphrase({})
    (tmp_path / "secret").write_text("from a file\n")
    assert read_passphrase({f"{PASSPHRASE}_FILE": str(tmp_path / "secret")}) == b"from a file"
    assert read_passphrase({PASSPHRASE: "from the environment"}) == b"from the environment"
