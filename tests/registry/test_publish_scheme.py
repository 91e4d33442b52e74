"""`shirushi scheme publish` over a running registry: two operators, one entry, nothing for what cannot be issued."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.commands import accredit
from registry.data_folder import DataFolder
from registry.desk.scheme_command import statement_body
from registry.root.founding import found_registry
from tests.registry.test_household import serving
from tests.scheme.packs import SCS, official_workbook
from verifier.edge.main import run
from verifier.errors import MalformedError, NotFoundError, RefusedError
from verifier.injected import seeded_entropy
from verifier.scheme.shipped import load_shipped, shipped_packs
from verifier.statement.public import SchemePublished

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSPHRASE = "a passphrase of this test"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    """A founded registry that is being served."""
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    folder = DataFolder(tmp_path / "registry")
    found_registry(
        folder,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=3,
        passphrase=PASSPHRASE.encode(),
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("publish scheme 1"),
    )
    with serving(folder):
        yield folder


def test_without_a_registry_the_statement_is_shown_that_operators_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scheme", "publish", "jp.meti.scs"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body == statement_body(load_shipped(*SCS))
    assert SchemePublished.model_validate(body["public"]).sha256 == load_shipped(*SCS).digest


@pytest.mark.parametrize("pack", [pack for pack in shipped_packs() if pack.tiers], ids=lambda pack: pack.name)
def test_every_pack_under_which_something_can_be_issued_has_a_statement(pack: object) -> None:
    body = statement_body(pack)  # type: ignore[arg-type]  # pytest's parameters have no type
    assert SchemePublished.model_validate(body["public"]).tiers


def test_a_closed_version_is_not_published() -> None:
    with pytest.raises(RefusedError, match="is closed: there is nothing to publish"):
        run(["scheme", "publish", "jp.meti.scs/2025-04"])


def test_a_pack_with_an_error_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.toml").write_text("scheme = 1\n")
    with pytest.raises(MalformedError, match="exactly the files"):
        run(["scheme", "publish", str(tmp_path / "pack")])


def test_where_no_registry_runs_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    with pytest.raises((NotFoundError, OSError)):
        run(["scheme", "publish", "jp.meti.scs", "--dir", str(tmp_path)])


def test_no_body_is_accredited_for_a_level_that_cannot_be_issued(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="tier 5 cannot be issued"):
        accredit(
            tmp_path,
            no=1,
            name="見本評価機構",
            identifier="0188-1180301018771",
            scheme="jp.meti.scs",
            version="2026-03-27",
            level=[3, 5],
            begins="2026-01-01",
            ends="2029-01-01",
        )


@pytest.mark.system
def test_two_versions_are_published_by_two_operators_and_none_of_them_twice(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--dir", str(data.path)]
    assert run(["scheme", "publish", "jp.meti.scs", *where]) == 0
    assert f"jp.meti.scs/2026-03-27, sha256 {load_shipped(*SCS).digest}: log entry" in capsys.readouterr().out

    workbook, pack = tmp_path / "scs.xlsx", tmp_path / "pack"
    workbook.write_bytes(official_workbook())
    imported = ["scheme", "import", str(workbook), "--base", "jp.meti.scs/2026-03-27"]
    run([*imported, "--out", str(pack)])
    with pytest.raises(RefusedError):
        run(["scheme", "publish", str(pack), *where])

    run([*imported, "--out", str(tmp_path / "next"), "--version", "2026-03-27.1"])
    capsys.readouterr()
    assert run(["scheme", "publish", str(tmp_path / "next"), *where, "--json"]) == 0
    admitted = json.loads(capsys.readouterr().out)
    assert admitted["name"] == "jp.meti.scs/2026-03-27.1"
    assert admitted["receipt"].count(".") == 2
