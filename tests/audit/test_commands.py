"""The commands: exit codes, files that they write, and what a person reads."""

from __future__ import annotations

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from registry.scenario.simulator import HOLDER
from tests.audit.planes import Plane, honest, published
from tests.world import fork_issued
from verifier.edge.command import audit_command, explain_command, log_commands, monitor_command
from verifier.edge.main import run
from verifier.edge.read_plane import PatientFetcher
from verifier.edge.tracked import tracked
from verifier.errors import MalformedError, NotFoundError, StoppedError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path


class SilentFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


def written(plane: Plane, folder: Path) -> Path:
    for path, data in plane.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return written(honest().plane, tmp_path / "public")


@pytest.fixture
def root(tmp_path: Path) -> str:
    path = tmp_path / "pinned.json"
    path.write_bytes(honest().root.serialize())
    return str(path)


@pytest.fixture(autouse=True)
def _no_root_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIRUSHI_ROOT", raising=False)


def test_fsck_of_a_clean_folder_ends_with_0_and_of_a_harmed_one_with_1(
    public: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["log", "fsck", str(public), "--root", root]) == 0
    assert "0 violations, 0 warnings, 0 notices" in capsys.readouterr().out
    (public / "directory/latest").write_bytes(b"{}")
    (public / "notes.txt").write_text("?")
    assert run(["log", "fsck", str(public), "--root", root]) == 1
    out = capsys.readouterr().out
    assert "violation: directory_pointer_wrong [directory] directory/latest" in out
    assert "warning: stray_file [files] notes.txt" in out
    assert "What to do: Remove it, or say what it is." in out


def test_fsck_without_a_root_says_whom_it_believes(public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", "fsck", str(public)]) == 0
    assert "notice: root_not_given" in capsys.readouterr().out


def test_two_audits_write_the_same_report(
    public: Path, root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [tmp_path / name for name in ("first.json", "second.json")]
    for report in reports:
        assert run(["audit", str(public), "--root", root, "--report", str(report)]) == 0
    assert reports[0].read_bytes() == reports[1].read_bytes()
    assert json.loads(reports[0].read_bytes())["result"] == "clean"
    digests = {line for line in capsys.readouterr().out.splitlines() if line.startswith("report sha256")}
    assert len(digests) == 1


def test_an_audit_with_findings_ends_with_1_and_prints_json(
    tmp_path: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world, _ = fork_issued()
    pinned = tmp_path / "other.json"
    pinned.write_bytes(world.pinned.serialize())
    world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1])
    world.show()
    folder = written(published(world.sim), tmp_path / "lying")
    assert run(["audit", str(folder), "--root", str(pinned), "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["code"], finding["rule"]) == ("second_person_missing", "two persons")


def test_an_address_gives_the_digest_that_its_folder_gives(
    public: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    serve = partial(SilentFiles, directory=str(public))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert run(["audit", address, "--root", root]) == 0
        server.shutdown()
    assert run(["audit", str(public), "--root", root]) == 0
    first, second = [line for line in capsys.readouterr().out.splitlines() if line.startswith("report sha256")]
    assert first == second


def test_an_address_that_fails_once_is_asked_again_and_one_that_holds_nothing_is_not() -> None:
    class Flaky(Plane):
        asked = 0

        def fetch(self, path: str) -> bytes:
            self.asked += 1
            if path == "log/checkpoint" and self.asked < 3:
                raise UnavailableError("no answer")
            return super().fetch(path)

    flaky = Flaky(honest().plane.files)
    assert PatientFetcher(flaky, (0.0, 0.0)).fetch("log/checkpoint") == honest().plane.files["log/checkpoint"]
    flaky = Flaky({})
    with pytest.raises(NotFoundError):
        PatientFetcher(flaky, (0.0, 0.0)).fetch("nothing")
    assert flaky.asked == 1


def test_an_audit_needs_a_root(public: Path) -> None:
    with pytest.raises(WrongUseError):
        run(["audit", str(public)])


def test_a_place_that_is_neither_folder_nor_address_is_wrong_use(tmp_path: Path, root: str) -> None:
    with pytest.raises(WrongUseError):
        run(["audit", str(tmp_path / "nowhere"), "--root", root])


def test_an_interruption_is_a_stop_and_says_where() -> None:
    def interrupted() -> None:
        with tracked("audit") as tell:
            tell(3, 10)
            raise KeyboardInterrupt

    with pytest.raises(StoppedError, match="entry 3 of 10"):
        interrupted()


def test_an_entry_is_explained_in_words_and_in_json(
    public: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["explain", "entry", "7", "--from", str(public), "--root", root]
    assert run(arguments) == 0
    out = capsys.readouterr().out
    assert "Signed by h-decider as decider of https://shirushi.example/e/1001" in out
    assert "* entry 7: mark.issued" in out
    assert "A quorum of witnesses had seen that tree" in out
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "mark.issued"


def test_a_monitor_keeps_its_state_writes_feeds_and_tells_json_lines(
    public: Path, root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The trust root of the story ends after a year.
    monkeypatch.setattr("verifier.edge.command.monitor_command.time.time", lambda: honest().world.sim.now)
    state, feeds = tmp_path / "state/monitor.jsonl", tmp_path / "feeds"
    settings = tmp_path / "settings.json"
    settings.write_text('{"checkpoint_age": 2000000000, "growth_within": 2000000000, "witness_silence": 2000000000}')
    arguments = ["monitor", str(public), "--root", root, "--state", str(state), "--settings", str(settings)]
    arguments += ["--subject", HOLDER, "--feeds", str(feeds), "--json"]
    assert run(arguments) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["type"], one.get("code")) for one in lines] == [("finding", "subject_named"), ("look", None)]
    assert sorted(path.relative_to(feeds).as_posix() for path in feeds.rglob("*.json")) == [
        "bodies/1001.json",
        "bodies/2001.json",
        f"subjects/{HOLDER}.json",
    ]
    assert run(arguments) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["type"], one.get("size")) for one in lines] == [("look", 12)]
    state.write_bytes(state.read_bytes()[:-20])
    with pytest.raises(MalformedError):
        run(arguments)


def test_a_monitor_that_finds_something_ends_with_1(
    public: Path, root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["monitor", str(public), "--root", root, "--state", str(tmp_path / "state")]
    settings = tmp_path / "settings.json"
    settings.write_text('{"checkpoint_age": 1}')
    assert run([*arguments, "--settings", str(settings)]) == 1
    assert "warning: checkpoint_old [R12]" in capsys.readouterr().out


def test_contradictions_are_wrong_use(public: Path, root: str, tmp_path: Path) -> None:
    arguments = ["monitor", str(public), "--root", root, "--state", str(tmp_path / "state")]
    with pytest.raises(WrongUseError):
        run([*arguments, "--once", "--every", "5"])
    with pytest.raises(WrongUseError):
        run([*arguments, "--subject", "0188-1"])


@pytest.mark.parametrize("module", [audit_command, explain_command, log_commands, monitor_command])
def test_every_command_has_help(module: object) -> None:
    assert CliRunner().invoke(module.app, ["--help"]).exit_code == 0  # type: ignore[attr-defined]
