"""`shirushi drill key-compromise`: what a stolen key takes with it, what stays, and how fast everybody knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from registry.scenario.drill import PROMISED
from registry.scenario.drill_command import app
from verifier.audit.audit import Asked, audit
from verifier.audit.fsck import Published, fsck
from verifier.audit.kinds import Code
from verifier.edge.folder import FolderFetcher
from verifier.errors import WrongUseError
from verifier.trust.root import pin

if TYPE_CHECKING:
    from pathlib import Path


def silent(done: int, total: int) -> None:
    """Show no progress."""


def drilled(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    arguments = ["key-compromise", "--json", "--dir", str(folder), *options]
    code = get_command(app).main(args=arguments, prog_name="shirushi drill", standalone_mode=False)
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed["passed"] == (code == 0)
    return printed


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill") / "kept"


@pytest.fixture
def drill(kept: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The drill, played once for all tests of this module."""
    account = kept.with_suffix(".json")
    if not account.exists():
        account.write_text(json.dumps(drilled(kept, capsys)))
    printed: dict[str, Any] = json.loads(account.read_text())
    return printed


def test_it_is_passed_and_the_later_marks_are_refused_in_the_promised_time(drill: dict[str, Any]) -> None:
    assert drill["passed"]
    assert 0 < drill["seconds_until_refused_online"] <= PROMISED == drill["promised_seconds"]
    assert 0 < drill["seconds_until_refused_by_the_status_list"] <= PROMISED


def test_an_earlier_mark_stays_valid_everywhere(drill: dict[str, Any]) -> None:
    (early,) = [one for one in drill["marks"] if one["signed"] == "before the cut-off"]
    assert (early["before"], early["after"], early["status_list"]) == ("valid", "valid", "valid")
    assert (early["package_of_the_day"], early["reissued_as"]) == ("valid_offline", None)


def test_a_later_mark_is_void_and_has_a_valid_successor(drill: dict[str, Any]) -> None:
    late = [one for one in drill["marks"] if one["signed"] == "after the cut-off"]
    assert len(late) == 2
    for one in late:
        assert (one["before"], one["after"], one["status_list"]) == ("valid", "void_key", "invalid")
        assert one["reissued_as"] not in (None, one["mark"])
        assert one["reissued"] == "valid"


def test_an_outsider_finds_the_void_entries_and_nothing_else(drill: dict[str, Any], kept: Path) -> None:
    assert drill["passed"]
    fetcher, root = FolderFetcher(kept / "public"), pin((kept / "public/trust/1.json").read_bytes())
    found = list(audit(Asked(fetcher, root), silent).findings)
    assert [finding.code for finding in found] == [Code.VOID_BY_CUTOFF] * 2
    assert all(drill["cutoff_index"] <= (finding.entry or 0) < drill["revoked_at_index"] for finding in found)
    assert list(fsck(Published(fetcher, root), silent).findings) == []


@pytest.mark.prove
def test_the_same_seed_gives_the_same_account(
    drill: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drilled(tmp_path / "again", capsys) == drill
    assert drilled(tmp_path / "other", capsys, "--seed", "other")["key"] != drill["key"]


def test_it_does_not_play_over_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "something").write_text("")
    with pytest.raises(WrongUseError, match="not empty"):
        drilled(tmp_path, capsys)
