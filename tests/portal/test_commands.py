"""`shirushi registry client`, and where the portal's database is."""

from __future__ import annotations

import json
import re
import stat
import time
from typing import TYPE_CHECKING

import pytest

from registry.data_folder import DataFolder
from registry.portal.clients import Clients
from registry.portal.portal_database import open_portal
from registry.root.founding import found_registry
from registry.settings import Settings, read_settings
from verifier.edge.main import run
from verifier.errors import KeyRefusedError, NotFoundError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A founded registry."""
    folder = DataFolder(tmp_path / "registry")
    found_registry(
        folder,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=3,
        passphrase=b"a passphrase of this test",
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("portal commands"),
    )
    return folder


def test_a_client_is_registered_listed_and_revoked(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    client = ["registry", "client"]
    assert run([*client, "add", "調達ポータル", "--dir", str(data.path), "--per-minute", "30"]) == 0
    told = capsys.readouterr().out
    found = re.search(r"shk_([a-z2-7]{8})_[A-Za-z0-9_-]{43}", told)
    assert found is not None
    assert run([*client, "list", "--dir", str(data.path)]) == 0
    listed = capsys.readouterr().out
    assert f"shk_{found[1]}_…" in listed
    assert "30 a minute  調達ポータル" in listed
    assert found[0] not in listed
    assert stat.S_IMODE(data.portal.stat().st_mode) == 0o600
    database = open_portal(data, read_settings(data.path))
    clients = Clients(database, lambda: 1, seeded_entropy("x"))
    assert clients.by_secret(found[0]).name == "調達ポータル"
    database.close()
    assert run([*client, "revoke", found[1], "--dir", str(data.path)]) == 0
    with pytest.raises(NotFoundError):
        run([*client, "revoke", found[1], "--dir", str(data.path)])
    assert run([*client, "list", "--dir", str(data.path)]) == 0
    assert "revoked 20" in capsys.readouterr().out


def test_a_client_with_a_public_key_gets_no_api_key(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signer, file = SoftwareSigner.generate(seeded_entropy("key")), tmp_path / "key.json"
    file.write_text(json.dumps(signer.jwk), "utf-8")
    add = ["registry", "client", "add", "Example portal", "--dir", str(data.path), "--jwk"]
    assert run([*add, str(file)]) == 0
    assert "shk_" not in capsys.readouterr().out
    file.write_text("{}", "utf-8")
    with pytest.raises(KeyRefusedError):
        run([*add, str(file)])
    with pytest.raises(WrongUseError):
        run([*add, str(tmp_path / "none.json")])


def test_the_portal_never_uses_the_registrys_database(data: DataFolder) -> None:
    url = "postgresql+psycopg://shirushi@127.0.0.1:1/registry"
    with pytest.raises(WrongUseError, match="share the registry's database"):
        open_portal(data, Settings(database=url, portal_database=url))
    with pytest.raises(WrongUseError, match="password"):
        open_portal(data, Settings(portal_database="postgresql+psycopg://shirushi:word@127.0.0.1:1/portal"))
