"""The model of a disk keeps only what it was told to keep: each habit that the product relies on, and each lapse."""

from __future__ import annotations

from random import Random

from bench.chaos.disk import Disk, Fate, after_power_cut

LEAST, MOST = Fate(0, Random(1)), Fate(1, Random(1))


def least(disk: Disk) -> dict[str, bytes]:
    return after_power_cut(disk, LEAST)


def synced(disk: Disk, path: str) -> None:
    disk.begin_sync(path)()


def with_file(content: bytes = b"old") -> Disk:
    """Return a disk with one durable file."""
    disk = Disk()
    disk.open("a", truncates=True)
    disk.write("a", content)
    synced(disk, "a")
    synced(disk, "")
    return disk


def test_what_is_written_is_durable_after_an_fsync_of_the_file_only() -> None:
    disk = with_file()
    disk.write("a", b"new", 0)
    synced(disk, "")
    assert least(disk) == {"a": b"old"}
    synced(disk, "a")
    assert least(disk) == {"a": b"new"}


def test_a_new_name_is_durable_after_an_fsync_of_its_folder_only() -> None:
    disk = Disk()
    disk.make_folder("f")
    disk.open("f/a", truncates=True)
    disk.write("f/a", b"x")
    synced(disk, "f/a")
    synced(disk, "")
    assert least(disk) == {}
    synced(disk, "f")
    assert least(disk) == {"f/a": b"x"}


def test_a_folder_that_is_not_durable_takes_its_files_with_it() -> None:
    disk = Disk()
    disk.make_folder("f")
    disk.open("f/a", truncates=True)
    synced(disk, "f/a")
    synced(disk, "f")
    assert least(disk) == {}


def test_a_removed_name_comes_back_until_its_folder_is_synchronised() -> None:
    disk = with_file()
    disk.unlink("a")
    disk.open("b", truncates=True)
    synced(disk, "b")
    assert least(disk) == {"a": b"old"}
    assert after_power_cut(disk, MOST) == {"b": b""}
    synced(disk, "")
    assert least(disk) == {"b": b""}


def test_a_rename_into_another_folder_needs_the_fsync_of_that_folder() -> None:
    disk = with_file()
    disk.make_folder("f")
    synced(disk, "")
    disk.rename("a", "f/a")
    synced(disk, "")
    assert least(disk) == {}
    synced(disk, "f")
    assert least(disk) == {"f/a": b"old"}


def test_a_replaced_file_is_the_old_or_the_new_one_never_a_mixture() -> None:
    disk = with_file(b"o" * 2048)
    disk.open("t", truncates=True)
    disk.write("t", b"n" * 2048)
    synced(disk, "t")
    disk.rename("t", "a")
    seen = {after_power_cut(disk, Fate(0.5, Random(number)))["a"] for number in range(50)}
    assert seen == {b"o" * 2048, b"n" * 2048}


def test_a_write_may_survive_sector_by_sector() -> None:
    disk = with_file(b"o" * 2048)
    disk.write("a", b"n" * 2048, 0)
    seen = {after_power_cut(disk, Fate(0.5, Random(number)))["a"] for number in range(200)}
    assert len(seen) == 16
    assert {one[at : at + 512] for one in seen for at in range(0, 2048, 512)} == {b"o" * 512, b"n" * 512}


def test_an_fsync_covers_only_what_was_done_before_it_began() -> None:
    disk = with_file()
    ended = disk.begin_sync("a")
    disk.write("a", b"new", 0)
    ended()
    assert least(disk) == {"a": b"old"}


def test_a_file_cut_short_and_written_again_keeps_its_order() -> None:
    disk = with_file(b"abcdef")
    disk.truncate("a", 2)
    disk.write("a", b"Z", 4)
    assert after_power_cut(disk, MOST) == {"a": b"ab\0\0Z"}


def test_sync_makes_everything_durable() -> None:
    disk = Disk()
    disk.make_folder("f")
    disk.open("f/a", truncates=True)
    disk.write("f/a", b"x")
    disk.link("f/a", "f/b")
    disk.sync()
    assert least(disk) == {"f/a": b"x", "f/b": b"x"}
