"""`shirushi issuer key` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

from issuer.commands import app
from issuer.office import load_settings
from verifier.errors import KeyRefusedError, UnavailableError, WrongUseError
from verifier.statement.key_proof import parse_key_proof

if TYPE_CHECKING:
    from pathlib import Path

HOST = "shirushi.example"
NOWHERE = "http://127.0.0.1:9"
PASSPHRASE = "a long passphrase of the desk"


def run(*arguments: str) -> None:
    get_command(app).main(args=list(arguments), prog_name="shirushi issuer", standalone_mode=False)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    where = ["--host", HOST, "--body", "1001", "--read", NOWHERE, "--api", NOWHERE]
    run("init", *where, "--desk", str(tmp_path / "desk"))
    capsys.readouterr()
    return tmp_path / "desk"


def test_the_next_key_is_made_and_proven_and_the_present_one_still_signs(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_settings(desk)
    run("key", "announce", "decider", "--no", "4", "--desk", str(desk))
    told, proof = capsys.readouterr().out.splitlines()
    read = parse_key_proof(proof, log=f"{HOST}/log")
    after = load_settings(desk)
    assert (read.role, read.no, read.holder) == ("decider", 4, before.place("decider").holder)
    assert after.announced.decider is not None
    assert told.endswith(after.announced.decider.kid or "-")
    assert after.keys == before.keys
    assert b"ENCRYPTED" in (desk / "keys/decider-4.pem").read_bytes()


def test_another_person_may_hold_the_next_key(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("key", "announce", "decider", "--no", "4", "--holder", "h-new", "--desk", str(desk))
    assert parse_key_proof(capsys.readouterr().out.splitlines()[1], log=f"{HOST}/log").holder == "h-new"


def test_a_number_of_the_desk_is_not_taken_again(desk: Path) -> None:
    with pytest.raises(WrongUseError, match="number"):
        run("key", "announce", "decider", "--no", "1", "--desk", str(desk))


def test_a_key_is_not_switched_to_or_retired_before_it_is_announced(desk: Path) -> None:
    with pytest.raises(WrongUseError, match="announced"):
        run("key", "switch", "decider", "--desk", str(desk))
    with pytest.raises(WrongUseError, match="no former key"):
        run("key", "retire", "decider", "--desk", str(desk))


def test_without_the_registry_nobody_knows_what_the_log_lists(desk: Path) -> None:
    run("key", "announce", "decider", "--no", "4", "--desk", str(desk))
    for command in (["key", "list"], ["key", "switch", "decider"]):
        with pytest.raises(UnavailableError):
            run(*command, "--desk", str(desk))
    assert load_settings(desk).place("decider").no == 2


def test_a_fresh_proof_needs_the_passphrase_of_the_next_key(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("key", "announce", "decider", "--no", "4", "--desk", str(desk))
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", "another passphrase of somebody")
    with pytest.raises(KeyRefusedError):
        run("key", "announce", "decider", "--no", "4", "--desk", str(desk))


def test_settings_with_every_kind_of_place_are_read_back_as_they_were_written(desk: Path) -> None:
    run("key", "announce", "assessor", "--no", "7", "--holder", "h-7", "--desk", str(desk))
    settings = load_settings(desk)
    text = (desk / "desk.toml").read_text()
    assert "[announced.assessor]" in text
    assert load_settings(desk) == settings
    assert not (desk / "desk.toml.new").exists()
