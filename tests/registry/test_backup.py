"""A backup is taken while the registry runs, holds nothing that signs, and is restored to the published root."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from registry.data_folder import DataFolder
from registry.errors import LogForkedError, SignerStoreBehindError
from registry.recovering.backup import back_up, restore
from tests.registry.test_publisher import fork, grow, over
from tests.registry.test_recovery import published, rows
from verifier.edge.folder import FolderFetcher
from verifier.errors import NotFoundError, WrongUseError
from verifier.log.tile import TileReader
from verifier.log.tree import root_at

if TYPE_CHECKING:
    from pathlib import Path

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
