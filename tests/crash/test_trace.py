"""Traces of strace are read to the byte: interrupted calls, failed calls, calls that are not modelled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.chaos.power import missing_part
from bench.chaos.trace import Call, Event, SyncBegins, SyncEnds, Told, read_trace

pytestmark = pytest.mark.prove

FOLDER, PROMISES = Path("/d"), Path("/o/promises")


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def read(tmp_path: Path, *lines: str) -> list[Event]:
    trace = tmp_path / "trace"
    trace.write_text("\n".join(lines) + "\n")
    return list(read_trace(trace, folder=FOLDER, promises=PROMISES))


def test_writes_and_synchronisations_are_read_with_their_bytes_and_places(tmp_path: Path) -> None:
    wal = f"5<{hexed('/d/registry.db-wal')}>"
    assert read(tmp_path, f'7 pwrite64({wal}, "{hexed("ab")}", 2, 4096) = 2', f"7 fdatasync({wal}) = 0") == [
        Call("pwrite64", ("registry.db-wal",), b"ab", (2, 4096)),
        SyncBegins("7", "registry.db-wal"),
        SyncEnds("7"),
    ]


def test_a_synchronisation_that_another_thread_interrupts_begins_and_ends_apart(tmp_path: Path) -> None:
    wal = f"5<{hexed('/d/a')}>"
    assert read(
        tmp_path,
        f"7 fdatasync({wal} <unfinished ...>",
        f'8 pwrite64({wal}, "{hexed("x")}", 1, 0) = 1',
        "7 <... fdatasync resumed>) = 0",
    ) == [SyncBegins("7", "a"), Call("pwrite64", ("a",), b"x", (1, 0)), SyncEnds("7")]


def test_a_promise_is_heard_where_it_was_made(tmp_path: Path) -> None:
    line = hexed("ack 3 abc m\n")
    assert read(tmp_path, f'7 write(9<{hexed("/o/promises")}>, "{line}", 12) = 12') == [Told("ack 3 abc m")]


def test_what_failed_or_lies_elsewhere_is_no_event(tmp_path: Path) -> None:
    assert (
        read(
            tmp_path,
            f'7 unlink("{hexed("/d/a")}") = -1 ENOENT (No such file or directory)',
            f'7 unlink("{hexed("/elsewhere/a")}") = 0',
            f'7 write(5<{hexed("/d/a (deleted)")}>, "{hexed("x")}", 1) = 1',
            "7 +++ killed by SIGKILL +++",
        )
        == []
    )


def test_names_are_read_from_every_call_that_changes_them(tmp_path: Path) -> None:
    here = f"AT_FDCWD<{hexed('/w')}>"
    one, two = hexed("/d/a"), hexed("/d/f/b")
    assert [event.name for event in read(
        tmp_path,
        f'7 openat({here}, "{one}", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 6<{one}>',
        f'7 linkat({here}, "{one}", {here}, "{two}", 0) = 0',
        f'7 rename("{one}", "{two}") = 0',
        f'7 mkdir("{hexed("/d/g")}", 0777) = 0',
    ) if isinstance(event, Call)] == ["open", "link", "rename", "mkdir"]  # fmt: skip


def test_a_call_that_the_model_does_not_know_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="fallocate"):
        read(tmp_path, f"7 fallocate(5<{hexed('/d/a')}>, 0, 0, 4096) = 0")
    with pytest.raises(LookupError, match="symlink"):
        read(tmp_path, f'7 symlink("{hexed("/d/a")}", "{hexed("/d/b")}") = 0')


def test_without_strace_the_power_is_not_cut_and_the_missing_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "strace is missing: make system" in str(missing_part())
