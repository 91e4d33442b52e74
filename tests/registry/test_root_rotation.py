"""New keys of a running registry: rotated by its custodians, logged, in use, and followed from the first root on."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.main import get_command

from registry.commands import app
from tests.registry.test_household import PASSPHRASE, data
from tests.registry.test_household import serving as serving_until_killed
from tests.waiting import wait_until
from verifier.audit.audit import Asked, audit
from verifier.directory.proven import POINTER
from verifier.edge.folder import FolderFetcher
from verifier.errors import RefusedError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.vkey import parse_vkey
from verifier.trust.root import pin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registry.data_folder import DataFolder
    from verifier.audit.report import Report

__all__ = ["data"]

pytestmark = [pytest.mark.system, pytest.mark.prove]


@contextmanager
def serving(data: DataFolder) -> Iterator[dict[str, Any]]:
    """Run the registry's processes, and end them as an operator does."""
    with serving_until_killed(data) as (parent, running):
        yield running
        parent.send_signal(signal.SIGINT)
        parent.wait()
    assert not data.run_file.exists()


def run(*arguments: str | Path) -> None:
    get_command(app).main(args=list(map(str, arguments)), prog_name="registry", standalone_mode=False)


def audited(data: DataFolder) -> Report:
    fetcher = FolderFetcher(data.public)
    first = pin((data.public / "trust/1.json").read_bytes())
    return audit(Asked(fetcher, first), lambda done, total: None)


def published_size(data: DataFolder) -> int:
    return SignedCheckpoint.parse((data.public / "log/checkpoint").read_bytes()).checkpoint.size


def test_rotated_keys_are_logged_used_and_audited_from_the_first_root(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    draft, place = tmp_path / "root-2.json", ["--dir", data.path]
    new = ["--new-key", "directory", "--new-key", "status", "--new-log-key"]
    with serving(data):
        run("root", "rotate", *place, "--out", draft, *new)
        for number in (1, 3):
            run("root", "sign", draft, "--holder", f"custodian-{number}", "--keys", data.path / "keys")
        with pytest.raises(RefusedError, match="another one"):
            run("root", "publish", draft, *place)
    with serving(data) as running:
        capsys.readouterr()
        run("root", "publish", draft, *place)
        entry = int(capsys.readouterr().out.splitlines()[0].removeprefix("log entry "))
        wait_until(lambda: published_size(data) > entry)
        assert httpx.get(f"{running['urls']['reader']}/trust/2.json").content == draft.read_bytes()
    run("root", "switch", *place)
    with serving(data):
        run("publish-scheme", *place, "--scheme", "jp.meti.scs", "--version", "2026-03-27")
        size = published_size(data)
        wait_until(lambda: published_size(data) > size + 1)
        wait_until((data.public / POINTER).exists)
    newest = SignedCheckpoint.parse((data.public / "log/checkpoint").read_bytes())
    second = parse_vkey(json.loads(draft_content(draft))["log_keys"][1]["vkey"])
    assert (second.name, second.id) in {(one.name, one.key_id) for one in newest.note.signatures}
    report = audited(data)
    assert [finding.code for finding in report.findings] == []
    assert report.chain.newest.content.version == 2


def draft_content(path: Path) -> bytes:
    """Return the signed part of a root's file."""
    return pin(path.read_bytes()).signed
