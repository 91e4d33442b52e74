"""`shirushi directory`: a copy pulled from a folder, and asked in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.reading.standing import standing_of
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import HOLDER
from tests.directory.test_copying import Plane
from tests.world import fork_issued
from verifier.bundle import BucketProof
from verifier.directory.record import IdentifierRecord
from verifier.directory.tree import look_up
from verifier.edge.directory_store import FolderStore
from verifier.edge.folder import FolderFetcher
from verifier.edge.main import run
from verifier.encoding import canonical, unb64u
from verifier.errors import NotFoundError, ProofError, UnavailableError, WrongUseError
from verifier.log.tile import entries_path, tiles_between


class Published:
    """A simulated registry whose plane is written to a folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.mark = fork_issued()
        self.folder, self.copy = folder / "public", folder / "copy"
        self.write()
        monkeypatch.setenv("SHIRUSHI_ROOT", str(self.folder / "trust/1.json"))
        monkeypatch.setattr("verifier.edge.command.directory_command.time.time", lambda: self.world.sim.now)

    def issue(self, idx: int) -> None:
        self.world.issue(directory=False, idx=idx)
        Plane(self.world).show()
        self.write()

    def write(self) -> None:
        sim = self.world.sim
        files = dict(sim.files)
        for tile in tiles_between(0, sim.published):
            paths = [tile.path] + ([entries_path(tile.index, tile.width)] if tile.level == 0 else [])
            files |= {path: sim.fetch(path) for path in paths}
        for path, data in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)

    def pull(self, *options: str) -> int:
        return run(["directory", "pull", "--from", str(self.folder), "--dir", str(self.copy), *options])

    def look_up(self, what: str, *options: str) -> int:
        return run(["directory", "look-up", what, "--dir", str(self.copy), *options])


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    return Published(tmp_path, monkeypatch)


def test_a_pull_says_how_much_it_fetched_and_why(registry: Published, capsys: pytest.CaptureFixture[str]) -> None:
    assert registry.pull() == 0
    assert "every shard that the copy did not hold" in capsys.readouterr().out
    registry.issue(8)
    assert registry.pull("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["way"], told["shards"]) == ("deltas", 0)
    assert told["bytes"] > 0
    assert registry.pull("--since", str(told["size"])) == 0
    out = capsys.readouterr().out
    assert "nothing had changed" in out
    assert f"epoch {told['size']}, as of " in out


def test_a_copy_answers_when_the_registry_is_gone(registry: Published, capsys: pytest.CaptureFixture[str]) -> None:
    registry.pull()
    registry.folder.joinpath("log").rename(registry.folder / "gone")
    capsys.readouterr()
    assert registry.look_up(HOLDER) == 0
    out = capsys.readouterr().out
    assert f"{HOLDER}: 1 mark" in out
    assert f"{registry.mark}  held, jp.meti.scs/3, company, active" in out
    assert registry.look_up(registry.mark.upper()) == 0
    assert ": active until" in capsys.readouterr().out
    assert registry.look_up("0188-7000012050002") == 1
    assert "0188-7000012050002: nothing" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["1180301018771", HOLDER, f"https://{HOST}/o/{HOLDER}", f"https://{HOST}/e/1001"])
def test_the_answer_carries_a_proof_that_stands_alone(
    registry: Published, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    registry.pull()
    capsys.readouterr()
    assert registry.look_up(what, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    proof = BucketProof(
        told["proof"]["bucket"],
        tuple(line.encode() for line in told["proof"]["lines"]),
        tuple(map(unb64u, told["proof"]["path"])),
    )
    bits, root = told["directory"]["bits"], unb64u(told["directory"]["root"])
    record = look_up(proof, told["subject"], bits=bits, root=root)
    assert record is not None
    assert record.members() == told["record"]
    assert told["present"] is True
    assert told["as_of"] <= registry.world.sim.now


def test_the_copy_is_a_part_of_the_read_plane(registry: Published) -> None:
    registry.pull()
    standing = standing_of(FolderFetcher(registry.copy), HOLDER)
    assert isinstance(standing.record, IdentifierRecord)
    assert not (registry.copy / ".incoming").exists()
    modes = {path.is_symlink() for path in registry.copy.rglob("*")}
    assert modes == {False}


@pytest.mark.parametrize("what", ["nonsense", "https://elsewhere.example/a b", "0188-1", f"https://{HOST}/zz/1"])
def test_a_question_that_the_directory_cannot_hold_is_wrong_use(registry: Published, what: str) -> None:
    with pytest.raises(WrongUseError):
        registry.look_up(what)


def test_a_look_up_needs_one_place_to_look_in(registry: Published) -> None:
    for place in ([], ["--dir", "a", "--from", "http://127.0.0.1:1"]):
        with pytest.raises(WrongUseError, match="in a copy or at a registry"):
            run(["directory", "look-up", HOLDER, *place])
    with pytest.raises(NotFoundError, match="no copy"):
        registry.look_up(HOLDER)
    with pytest.raises(WrongUseError, match="neither an address nor a folder"):
        run(["directory", "pull", "--from", str(registry.folder / "nothing"), "--dir", str(registry.copy)])


def test_a_changed_file_of_the_copy_is_noticed(registry: Published) -> None:
    registry.pull()
    for shard in (registry.copy / "directory/shards").iterdir():
        shard.write_bytes(shard.read_bytes().replace(b'"active"', b'"annul3d"'))
    with pytest.raises(ProofError):
        registry.look_up(HOLDER)


def test_a_store_keeps_whole_files_below_its_folder_only(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "copy")
    store.put("directory/latest", b"1")
    store.put("directory/7/index", b"2")
    store.put("trust/2.json", b"3")
    assert store.fetch_range("directory/latest", 0, 9) == b"1"
    for path in ("../out", "a//b", "/etc/passwd", ""):
        with pytest.raises(WrongUseError):
            store.put(path, b"")
        with pytest.raises(NotFoundError):
            store.fetch_range(path, 0, 1)
    with pytest.raises(NotFoundError):
        store.fetch_range("directory/none", 0, 1)
    store.keep_only({"directory/latest"})
    assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()) == [
        "copy/directory/latest",
        "copy/trust/2.json",
    ]


def test_a_disk_that_takes_nothing_is_no_fault_of_the_evidence(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError):
        FolderStore(tmp_path / "copy").put("directory/latest", canonical({}))


def test_the_whole_list_is_exported_with_states_at_an_instant(
    registry: Published, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.pull()
    capsys.readouterr()
    outs = {form: tmp_path / f"marks.{form}" for form in ("json", "csv", "xlsx")}
    for out in outs.values():
        assert run(["directory", "export", "--dir", str(registry.copy), "--out", str(out)]) == 0
    told = json.loads(outs["json"].read_text("utf-8"))
    held = [one for one in told["marks"] if one["link"] == "held"]
    assert [(one["organisation"], one["state"]) for one in held] == [(HOLDER, "active")]
    table = outs["csv"].read_text("utf-8-sig").splitlines()
    assert f"{told['host']}: the first {told['size']} entries" in table[0]
    assert len(table) == 2 + len(told["marks"])
    late = tmp_path / "late.json"
    run(["directory", "export", "--dir", str(registry.copy), "--out", str(late), "--at", "2090-01-01"])
    assert {one["state"] for one in json.loads(late.read_text("utf-8"))["marks"]} == {"expired"}


def test_a_changed_shard_is_not_exported(registry: Published, tmp_path: Path) -> None:
    registry.pull()
    shard = max(registry.copy.rglob("shards/*"), key=lambda path: path.stat().st_size)
    data = shard.read_bytes()
    shard.chmod(0o600)
    shard.write_bytes(data.replace(b'"active"', b'"annull"'))
    asked = ["directory", "export", "--dir", str(registry.copy), "--out"]
    with pytest.raises(ProofError):
        run([*asked, str(tmp_path / "out.csv")])
    assert not (tmp_path / "out.csv").exists()
    with pytest.raises(WrongUseError, match=r"\.xlsx"):
        run([*asked, str(tmp_path / "out.pdf")])
