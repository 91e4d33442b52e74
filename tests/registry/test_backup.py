"""A backup is taken while the registry runs, holds nothing that signs, and is restored to the published root."""

from __future__ import annotations

import errno
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.data_folder import DataFolder
from registry.errors import LogForkedError, SignerStoreBehindError
from registry.recovering.backup import back_up, restore
from tests.check.test_programme import folder
from tests.registry.test_publisher import fork, grow, over
from tests.registry.test_recovery import published, rows
from verifier.edge.folder import FolderFetcher
from verifier.edge.programme_folder import read_programmes
from verifier.errors import NotFoundError, UnavailableError, WrongUseError
from verifier.log.tile import TileReader
from verifier.log.tree import root_at
from verifier.programme import HEAD, POLICY

if TYPE_CHECKING:
    from tests.registry.conftest import Office, World


def test_a_backup_holds_no_memory_of_the_log_key_and_no_key(office: Office, tmp_path: Path) -> None:
    world, _ = office
    (world.folder / "keys").mkdir()
    (world.folder / "keys/log.pem").write_bytes(b"secret")
    back_up(DataFolder(world.folder), DataFolder(tmp_path / "backup"))
    files = {file.relative_to(tmp_path / "backup").parts[0] for file in (tmp_path / "backup").rglob("*")}
    assert files == {"registry.db", "public"}


def test_a_second_backup_adds_what_is_new(office: Office, tmp_path: Path) -> None:
    world, signers = office
    data, target = DataFolder(world.folder), DataFolder(tmp_path / "backup")
    first = back_up(data, target)
    world.issue(signers)
    second = back_up(data, target)
    assert first.size < second.size
    assert 0 < second.files < first.files
    assert rows(target.database, "log_entry") == rows(data.database, "log_entry")


def test_an_old_backup_is_restored_to_the_root_that_is_published_now(office: Office, tmp_path: Path) -> None:
    world, signers = office
    backup, target = DataFolder(tmp_path / "backup"), DataFolder(tmp_path / "restored")
    back_up(DataFolder(world.folder), backup)
    world.issue(signers)
    done = restore(backup, target, published=world.public, entropy=world.entropy)
    checkpoint = published(world).checkpoint
    assert done.before < done.size == checkpoint.size
    assert done.root == checkpoint.root == root_at(TileReader(FolderFetcher(target.public).fetch, done.size), done.size)
    assert rows(target.database, "companion") == rows(world.folder / "registry.db", "companion")
    with pytest.raises(SignerStoreBehindError):
        over(world, target.database, signer=target.signer_store, public=target.public).recover()


def test_a_backup_is_restored_from_its_own_copy_of_what_is_published(office: Office, tmp_path: Path) -> None:
    world, _ = office
    backup, target = DataFolder(tmp_path / "backup"), DataFolder(tmp_path / "restored")
    back_up(DataFolder(world.folder), backup)
    done = restore(backup, target, published=backup.public, entropy=world.entropy)
    assert done.root == published(world).checkpoint.root


def test_what_the_operator_wrote_is_in_a_backup_as_it_stands_and_comes_back(office: Office, tmp_path: Path) -> None:
    world, _ = office
    data, backup, target = (DataFolder(one) for one in (world.folder, tmp_path / "backup", tmp_path / "restored"))
    (data.path / "settings.toml").write_text("read_port = 8090\n")
    for name in ("ended", "ours"):
        folder(data.programmes / name)
        back_up(data, backup)
        shutil.rmtree(data.programmes / "ended", ignore_errors=True)
    restore(backup, target, published=backup.public, entropy=world.entropy)
    assert (target.path / "settings.toml").read_text() == "read_port = 8090\n"
    assert [one.name for one in target.programmes.iterdir()] == ["ours"]
    assert [one.head.id for one in read_programmes(target.programmes).programmes] == ["city.tender-7"]


def test_links_and_other_files_among_the_programmes_do_not_stop_a_backup_and_are_not_in_it(
    office: Office, tmp_path: Path
) -> None:
    world, _ = office
    data, backup = DataFolder(world.folder), DataFolder(tmp_path / "backup")
    ours = folder(data.programmes / "ours")
    (ours / "notes.txt").write_bytes(b"notes")
    (ours / ".#policy.toml").symlink_to("somebody@somewhere.4711")
    (data.programmes / "gone").symlink_to("nowhere")
    (data.programmes / "round").symlink_to("round")
    (data.programmes / "above").symlink_to(data.path)
    (data.programmes / "README").write_bytes(b"read me")
    elsewhere = folder(tmp_path / "elsewhere")
    (elsewhere / "large").write_bytes(bytes(1_000_000))
    (data.programmes / "elsewhere").symlink_to(elsewhere)
    (folder(data.programmes / "long") / POLICY).write_bytes(b"#" * 70_000)
    back_up(data, backup)
    assert {one.relative_to(backup.programmes).as_posix() for one in backup.programmes.rglob("*")} == {
        "ours",
        f"ours/{HEAD}",
        f"ours/{POLICY}",
    }


def test_a_programme_that_leads_to_a_key_brings_no_key_into_a_backup(office: Office, tmp_path: Path) -> None:
    world, _ = office
    data, backup = DataFolder(world.folder), DataFolder(tmp_path / "backup")
    (data.path / "keys").mkdir()
    (data.path / "keys/log.pem").write_bytes(b"secret")
    (folder(data.programmes / "ours") / HEAD).unlink()
    (data.programmes / "ours" / HEAD).symlink_to("../../keys/log.pem")
    back_up(data, backup)
    assert not [one for one in backup.path.rglob("*") if one.is_file() and b"secret" in one.read_bytes()]


def test_a_link_in_the_place_of_the_copied_programmes_gives_way_and_what_it_leads_to_stays(
    office: Office, tmp_path: Path
) -> None:
    world, _ = office
    data, backup = DataFolder(world.folder), DataFolder(tmp_path / "backup")
    folder(data.programmes / "ours")
    other = folder(tmp_path / "other/theirs").parent
    backup.path.mkdir()
    backup.programmes.symlink_to(other)
    back_up(data, backup)
    assert not backup.programmes.is_symlink()
    assert [[one.name for one in place.iterdir()] for place in (backup.programmes, other)] == [["ours"], ["theirs"]]


def test_programmes_that_cannot_be_copied_leave_the_copy_of_the_backup_before(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = office
    data, backup = DataFolder(world.folder), DataFolder(tmp_path / "backup")
    folder(data.programmes / "first")
    back_up(data, backup)
    before = {one.relative_to(backup.path) for one in backup.path.rglob("*")}
    folder(data.programmes / "second")
    mkdir = Path.mkdir

    def full(self: Path, *args: Any, **asked: Any) -> None:
        if self.name == "second":
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        mkdir(self, *args, **asked)

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(UnavailableError, match="No space left on device"):
        back_up(data, backup)
    assert {one.relative_to(backup.path) for one in backup.path.rglob("*")} == before
    assert [one.head.id for one in read_programmes(backup.programmes).programmes] == ["city.tender-7"]
    monkeypatch.undo()
    back_up(data, backup)
    assert sorted(one.name for one in backup.programmes.iterdir()) == ["first", "second"]
    assert {one.name for one in backup.path.iterdir()} == {"registry.db", "public", "programmes"}


def test_a_backup_of_another_history_is_not_restored(world: World, tmp_path: Path) -> None:
    backup = DataFolder(tmp_path / "backup")
    back_up(DataFolder(world.folder), backup)
    fork(backup.database)
    grow(world)
    world.publisher.publish_once()
    with pytest.raises(LogForkedError):
        restore(backup, DataFolder(tmp_path / "restored"), published=world.public, entropy=world.entropy)


def test_nothing_is_restored_over_a_registry_or_from_nowhere(world: World, tmp_path: Path) -> None:
    data = DataFolder(world.folder)
    with pytest.raises(WrongUseError, match="holds a registry"):
        restore(data, data, published=world.public, entropy=world.entropy)
    with pytest.raises(NotFoundError, match="no checkpoint"):
        restore(data, DataFolder(tmp_path / "new"), published=tmp_path, entropy=world.entropy)
    with pytest.raises(WrongUseError, match="inside"):
        back_up(data, DataFolder(world.folder / "backup"))


def test_a_backup_taken_under_load_is_one_committed_state(office: Office, tmp_path: Path) -> None:
    world, signers = office
    stopping = threading.Event()

    def load() -> None:
        while not stopping.is_set():
            world.reserve(signers)

    loading = threading.Thread(target=load)
    loading.start()
    try:
        for number in range(2):
            backup = DataFolder(tmp_path / f"backup-{number}")
            made = back_up(DataFolder(world.folder), backup)
            done = restore(
                backup, DataFolder(tmp_path / f"restored-{number}"), published=backup.public, entropy=world.entropy
            )
            assert (done.size, done.root) == (made.size, made.root)
    finally:
        stopping.set()
        loading.join()
