"""Folders that somebody prepared: links, pipes, names in two forms, files that change while they are read."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
import unicodedata
from pathlib import Path

import pytest

from issuer.evidence_hashing import HashedFile, hash_evidence
from issuer.sealing_folder import JOURNAL, Journal, SealingFolder
from verifier.edge import evidence_folder
from verifier.edge.evidence_folder import hash_file, list_folder, open_folder, present_files
from verifier.edge.tracked import tracked
from verifier.encoding import b64u
from verifier.errors import ConflictError, RefusedError, StoppedError, UnavailableError, WrongUseError
from verifier.evidence.comparison import FileState, Present, compare
from verifier.evidence.row import FileRow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("1\n")
    (folder / "b.csv").write_text("2\n")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> SealingFolder:
    folder = SealingFolder(tmp_path / "out")
    folder.folder.mkdir()
    return folder


def hashed(data: Path, out: SealingFolder) -> tuple[HashedFile, ...]:
    with Journal(out) as journal:
        return hash_evidence(data, journal, lambda done, total: None)


def sealed(path: str, text: str) -> FileRow:
    digest = b64u(hashlib.sha256(text.encode()).digest())
    return FileRow(path=path, sha256=digest, size=len(text), salt="A" * 22)


def test_every_file_is_hashed_hidden_and_empty_ones_too(data: Path, out: SealingFolder) -> None:
    (data / ".hidden").write_text("")
    (data / "below").mkdir()
    (data / "below" / "c.bin").write_bytes(b"\x00" * 3_000_000)
    found = {one.path: (one.sha256, one.size) for one in hashed(data, out)}
    assert found == {
        ".hidden": (b64u(hashlib.sha256(b"").digest()), 0),
        "a.csv": (b64u(hashlib.sha256(b"1\n").digest()), 2),
        "b.csv": (b64u(hashlib.sha256(b"2\n").digest()), 2),
        "below/c.bin": (b64u(hashlib.sha256(b"\x00" * 3_000_000).digest()), 3_000_000),
    }


@pytest.mark.parametrize("target", ["a.csv", "/etc/hostname", "../data/a.csv", "nowhere"])
def test_a_link_is_not_sealed_and_not_followed(data: Path, out: SealingFolder, target: str) -> None:
    (data / "link.csv").symlink_to(target)
    with pytest.raises(RefusedError, match=r"link\.csv is a link"):
        hashed(data, out)
    shown = {one.path: one for one in present_files(data)}
    assert shown["link.csv"] == Present("link.csv", None, "link")


def test_a_file_that_became_a_link_to_the_same_content_is_altered(data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (data / "a.csv").rename(outside)
    (data / "a.csv").symlink_to(outside)
    results = {one.path: one for one in compare([sealed("a.csv", "1\n")], present_files(data))}
    assert results["a.csv"].state is FileState.ALTERED


def test_a_folder_that_is_a_link_is_not_entered(data: Path, tmp_path: Path, out: SealingFolder) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.pem").write_text("secret")
    (data / "more").symlink_to(tmp_path / "secret")
    with pytest.raises(RefusedError, match="more is a link"):
        hashed(data, out)
    assert [one.path for one in present_files(data)] == ["a.csv", "b.csv", "more"]


def test_a_folder_that_turns_into_a_link_after_it_was_listed_is_not_followed(data: Path, tmp_path: Path) -> None:
    (data / "below").mkdir()
    (data / "below" / "c.csv").write_text("3")
    with open_folder(data) as descriptor:
        (listed,) = (one for one in list_folder(descriptor) if one.path == "below/c.csv")
        (data / "below").rename(tmp_path / "moved")
        (data / "below").symlink_to(tmp_path / "moved")
        with pytest.raises(UnavailableError):
            hash_file(descriptor, listed)


def test_a_pipe_neither_hangs_nor_is_sealed(data: Path, out: SealingFolder) -> None:
    os.mkfifo(data / "pipe")
    with pytest.raises(RefusedError, match="pipe is no regular file"):
        hashed(data, out)
    assert Present("pipe", None, "special") in present_files(data)


def test_a_pipe_that_takes_the_place_of_a_listed_file_does_not_hang(data: Path) -> None:
    with open_folder(data) as descriptor:
        listed = list_folder(descriptor)[0]
        (data / "a.csv").unlink()
        os.mkfifo(data / "a.csv")
        with pytest.raises(UnavailableError):
            hash_file(descriptor, listed)


def test_names_are_compared_in_one_unicode_form(data: Path) -> None:
    composed, decomposed = "が.csv", unicodedata.normalize("NFD", "が.csv")
    (data / decomposed).write_text("3")
    results = {one.path: one.state for one in compare([sealed(composed, "3")], present_files(data))}
    assert results[composed] is FileState.UNALTERED


def test_two_names_that_are_one_in_another_form_are_refused_and_told(data: Path, out: SealingFolder) -> None:
    for name in ("が.csv", unicodedata.normalize("NFD", "が.csv")):
        (data / name).write_text(name)
    with pytest.raises(RefusedError, match="in another Unicode form"):
        hashed(data, out)
    assert [one.problem for one in present_files(data) if one.path == "が.csv"] == [None, "clash"]


@pytest.mark.parametrize("twin", ["A.csv", "ｂ.csv".upper()])
def test_names_that_one_disk_holds_and_another_mixes_up_are_refused(data: Path, out: SealingFolder, twin: str) -> None:
    (data / twin).write_text("3")
    (data / twin.lower()).write_text("4")
    with pytest.raises(RefusedError, match="a disk that ignores case"):
        hashed(data, out)


@pytest.mark.parametrize("name", [b"\xff\xfe.csv", b"a\nb.csv", b"back\\slash.csv", b"\x1b[31m.csv"])
def test_a_name_that_cannot_be_kept_is_refused_and_told(data: Path, out: SealingFolder, name: bytes) -> None:
    with open(os.path.join(os.fsencode(data), name), "wb") as file:
        file.write(b"3")
    with pytest.raises(RefusedError, match="has a name"):
        hashed(data, out)
    assert [one.problem for one in present_files(data)].count("name") == 1


def test_an_empty_folder_is_not_sealed(tmp_path: Path, out: SealingFolder) -> None:
    (tmp_path / "empty" / "below").mkdir(parents=True)
    with pytest.raises(RefusedError, match="holds no file"):
        hashed(tmp_path / "empty", out)
    with pytest.raises(WrongUseError):
        hashed(tmp_path / "nowhere", out)


def test_a_file_that_changes_while_it_is_read_has_no_hash(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "a.csv").write_bytes(b"x" * 100)
    monkeypatch.setattr(evidence_folder, "CHUNK", 10)
    with open_folder(data) as descriptor:
        listed = list_folder(descriptor)[0]

        def write(count: int) -> None:
            with (data / "a.csv").open("ab") as file:
                file.write(b"y")

        with pytest.raises(UnavailableError, match="changed while it was read"):
            hash_file(descriptor, listed, write)


def test_a_folder_that_changes_while_it_is_sealed_is_hashed_again_and_then_given_up(
    data: Path, out: SealingFolder
) -> None:
    calls = []

    def once(done: int, total: int) -> None:
        if not calls:
            (data / "late.csv").write_text("3")
        calls.append(done)

    with Journal(out) as journal:
        assert [one.path for one in hash_evidence(data, journal, once)] == ["a.csv", "b.csv", "late.csv"]

    def always(done: int, total: int) -> None:
        calls.append(done)
        (data / f"late-{len(calls)}.csv").write_text("3")

    with Journal(out) as journal, pytest.raises(UnavailableError, match="changes while it is sealed"):
        hash_evidence(data, journal, always)


def test_a_run_that_was_stopped_goes_on_without_hashing_twice(
    tmp_path: Path, out: SealingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "many"
    data.mkdir()
    for number in range(200):
        (data / f"{number:03}.csv").write_text(f"{number}\n")

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(StoppedError), tracked("hashing", unit="byte"), Journal(out) as journal:
        hash_evidence(data, journal, stop)
    kept = len([line for line in (out.read(JOURNAL) or b"").splitlines() if line])
    assert 50 < kept < 150
    # A kill leaves half a line; what it says is hashed again.
    with (out.folder / JOURNAL).open("ab") as file:
        file.write(b'{"name":"30303')
    (data / "000.csv").write_text("changed since")
    read = []
    monkeypatch.setattr("issuer.evidence_hashing.hash_file", lambda *a: read.append(a[1].path) or hash_file(*a))
    files = {one.path: one.sha256 for one in hashed(data, out)}
    assert len(read) == 200 - kept + 1
    assert "000.csv" in read
    assert files["000.csv"] == b64u(hashlib.sha256(b"changed since").digest())
    assert files["199.csv"] == b64u(hashlib.sha256(b"199\n").digest())


def test_a_journal_of_somebody_elses_making_changes_nothing_but_what_is_hashed(data: Path, out: SealingFolder) -> None:
    (out.folder / JOURNAL).write_bytes(b'[]\n{"name":1}\n{"name":"61","stamp":["x"],"sha256":"A"}\nnull\n\xff\n')
    assert [one.path for one in hashed(data, out)] == ["a.csv", "b.csv"]


def test_a_huge_file_is_read_in_constant_memory(tmp_path: Path) -> None:
    data = tmp_path / "huge"
    data.mkdir()
    with (data / "huge.bin").open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        (present,) = present_files(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert present.sha256 is not None
    assert peak < 3 * evidence_folder.CHUNK


def test_two_processes_do_not_seal_into_one_folder(out: SealingFolder) -> None:
    with out.alone(), pytest.raises(ConflictError), SealingFolder(out.folder).alone():
        pass
    with out.alone():
        pass


def test_the_seals_own_folder_never_lies_in_what_is_sealed(data: Path) -> None:
    for place in (data, data / "out", data / "below" / ".." / "out"):
        with pytest.raises(WrongUseError, match="lies inside"):
            SealingFolder(place).check_outside(data)
    SealingFolder(data.parent / "data.sealed").check_outside(data)


def test_what_stands_in_for_two_files_of_one_content_points_at_both() -> None:
    digest = sealed("x", "1").sha256
    rows = [sealed("old-1.csv", "1"), sealed("old-2.csv", "1").model_copy(update={"salt": "B" * 22})]
    results = {one.path: one for one in compare(rows, [Present("new.csv", digest)])}
    assert results["new.csv"].same_as == ("old-1.csv", "old-2.csv")
    assert results["old-1.csv"].same_as == ("new.csv",)


def test_beside_a_part_nothing_is_an_addition() -> None:
    row = sealed("a.csv", "1")
    there = [Present("a.csv", row.sha256), Present("b.csv", "B" * 43)]
    assert [one.path for one in compare([row], there, is_part=True)] == ["a.csv"]
    assert [one.path for one in compare([row], there)] == ["a.csv", "b.csv"]


def test_a_file_that_cannot_be_read_is_neither_altered_nor_unaltered() -> None:
    (result,) = compare([sealed("a.csv", "1")], [Present("a.csv", None, "unread")])
    assert result.state is FileState.UNREAD
