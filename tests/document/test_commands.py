"""`shirushi certificate` and `shirushi registry key document`: the same document without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from registry.data_folder import DataFolder
from registry.desk.key_commands import app as keys
from registry.document import command
from registry.document.command import app
from registry.errors import DocumentKeyMissingError
from registry.settings import PASSPHRASE
from tests.document.conftest import PASSPHRASE as SECRET
from tests.document.conftest import Office, Pdf
from verifier.errors import MalformedError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def at_the_registry(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, SECRET.decode())
    monkeypatch.setattr(command, "now", lambda: office.world.sim.now)


def run(office: Office, mark: str, out: Path, *more: str) -> str:
    given = [mark, "--dir", str(office.data.path), "--out", str(out), *more]
    return CliRunner().invoke(app, given, catch_exceptions=False).output


@pytest.mark.parametrize("form", ["{}", "https://shirushi.example/m/{}", "https://shirushi.example/m/{}#123"])
def test_the_command_writes_what_the_service_serves(office: Office, tmp_path: Path, form: str) -> None:
    told = run(office, form.format(office.mark), tmp_path / "mark.pdf", "--lang", "en")
    assert office.key.fingerprint in told
    written = (tmp_path / "mark.pdf").read_bytes()
    assert written == office.maker().make("m", office.mark, lang="en")
    assert Pdf(written).signature(office.key.certificate).bottom_line


def test_what_the_command_cannot_do_has_its_code(office: Office, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="language"):
        run(office, office.mark, tmp_path / "mark.pdf", "--lang", "fr")
    with pytest.raises(MalformedError):
        run(office, "no-mark", tmp_path / "mark.pdf")
    office.data.key("document").unlink()
    with pytest.raises(DocumentKeyMissingError, match="no key"):
        run(office, office.mark, tmp_path / "mark.pdf")
    assert not (tmp_path / "mark.pdf").exists()


def test_a_registry_from_before_gets_its_key_by_one_command(office: Office, tmp_path: Path) -> None:
    for one in (".pem", ".crt"):
        office.data.key("document").with_suffix(one).unlink()
    told = CliRunner().invoke(keys, ["document", "--dir", str(office.data.path)], catch_exceptions=False)
    assert "SHA-256" in told.output
    fingerprint = told.output.split("SHA-256 ")[1].split()[0]
    assert fingerprint in run(office, office.mark, tmp_path / "mark.pdf")
    assert DataFolder(office.data.path).key("document").exists()
