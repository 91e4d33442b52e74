"""`shirushi` itself: which words and which exit code each kind of error ends in."""

from __future__ import annotations

import errno
import sys
from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import typer

from verifier import __version__
from verifier.edge import commands
from verifier.edge.command import doctor
from verifier.edge.main import main
from verifier.edge.whole_file import write_named
from verifier.errors import EvidenceError, NewerVersionError, ProofError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["shirushi", *arguments])
    return main()


def _command_that(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    app = typer.Typer()

    @app.command()
    def ends() -> None:
        raise error

    monkeypatch.setattr("verifier.edge.main.load_command", lambda name: app)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EvidenceError("bad"), 1),
        (ProofError("bad"), 1),
        (UnavailableError("away"), 2),
        (NewerVersionError("new"), 2),
        (WrongUseError("no"), 64),
        (PermissionError(13, "Permission denied", "key.pem"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_kind_of_error_has_its_exit_code(monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int) -> None:
    _command_that(monkeypatch, error)
    assert _run(monkeypatch, "any") == code


def test_an_error_is_told_with_its_code_and_its_hint_and_no_trace_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _command_that(monkeypatch, ProofError("the path leads elsewhere", hint="Fetch it anew."))
    _run(monkeypatch, "any")
    assert capsys.readouterr().err == "proof: the path leads elsewhere\n  Fetch it anew.\n"


def test_what_an_error_quotes_does_not_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _command_that(monkeypatch, ProofError("line 1\nthe log \x1b[3F\x9b2K", hint="ask \r\u202e見本"))
    assert _run(monkeypatch, "any") == 1
    told = capsys.readouterr().err.split("\n")
    assert all(line.isprintable() for line in told)
    assert told[1].startswith("the log ")
    assert "見本" in "".join(told)


def test_a_file_that_is_named_wrongly_is_a_wrong_call_and_a_full_disk_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.json"
    for error, code in (
        (FileNotFoundError(errno.ENOENT, "No such file or directory", str(missing)), 64),
        (OSError(errno.ENOSPC, "No space left on device", str(missing)), 2),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), 2),
    ):
        with monkeypatch.context() as patched:
            _command_that(patched, error)
            assert _run(patched, "anything") == code
    assert f"wrong_use: {missing}: No such file" in capsys.readouterr().err
    assert _run(monkeypatch, "upcoming", "--root", str(missing)) == 64
    assert f"the trust root {missing} cannot be read: No such file" in capsys.readouterr().err


def test_a_file_to_be_written_where_none_can_be_is_a_wrong_call(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for place in (tmp_path / "none/out.csv", tmp_path):
        with pytest.raises(WrongUseError, match="cannot be written"):
            write_named(place, b"")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("verifier.edge.whole_file.os.fsync", full)
    with pytest.raises(UnavailableError, match="No space left"):
        write_named(tmp_path / "out.csv", b"")


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    _command_that(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        _run(monkeypatch, "any")


@pytest.mark.parametrize("arguments", [(), ("--nope",), ("nope",), ("doctor", "--nope"), ("doctor", "superfluous")])
def test_a_wrong_call_ends_with_64(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    assert _run(monkeypatch, *arguments) == 64


def test_a_key_id_that_looks_like_an_option_is_told_how_to_be_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    revoke, kid = ("registry", "key", "retire", "--dir", str(tmp_path)), "-A" + "x" * 41
    assert _run(monkeypatch, *revoke, kid) == 64
    assert "Put -- before the key's id: shirushi registry key retire" in capsys.readouterr().err
    _run(monkeypatch, *revoke, "--", kid)
    assert "No such option" not in capsys.readouterr().err


def test_help_lists_every_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    assert [name for name in commands.SUMMARIES if f"  {name} " not in shown] == []


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"shirushi {__version__}\n"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise ModuleNotFoundError("No module named 'granian.constants'", name="granian.constants")

    entry = SimpleNamespace(module="registry.household.serve_command", load=load)
    monkeypatch.setattr(commands, "installed_commands", lambda: {"serve": entry})
    with pytest.raises(WrongUseError, match="`shirushi serve` needs granian") as raised:
        commands.load_command("serve")
    assert raised.value.hint == "pip install 'shirushi[registry]'"


def test_the_doctor_finds_this_installation_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, "doctor") == 0


def test_the_doctor_finds_another_distribution_of_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "packages_distributions", lambda: {"verifier": ["verifier", doctor.DISTRIBUTION]})
    found = {finding.name: finding for finding in doctor.examine()}
    assert found["package verifier"].passed is False
    assert "owned by shirushi, verifier" in found["package verifier"].detail
    assert _run(monkeypatch, "doctor") == 1
