"""An old, damaged or missing database is refused by the publisher, and brought up to the published root by recovery."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from registry.errors import DatabaseBehindError, LogForkedError, PublishRefusedError
from registry.publishing import publisher as publisher_module
from registry.publishing.cosigning import WitnessedHeads, witnessed_heads
from registry.publishing.files import PublicFolder
from registry.publishing.published import witness_policy
from registry.publishing.signer_store import SignerStore
from registry.publishing.unsigned import laid_size
from registry.recovering.recovery import Recovered, recover_from_tiles
from registry.rows.database import Database
from tests.registry.conftest import open_world
from tests.registry.test_publisher import fork, grow, over
from verifier.errors import UnavailableError
from verifier.log.checkpoint import SignedCheckpoint

if TYPE_CHECKING:
    from pathlib import Path

    from registry.publishing.publisher import Publisher
    from tests.registry.conftest import Office, Template, World

SAME_AFTERWARDS = {
    "log_entry": "seq, statement, leaf_hash, token_key",
    "log_tile": "level, idx, data",
    "log_state": "size, root, frontier",
    "companion": "seq, kind, digest, mark, token",
    "disclosure": "object, salt, name, value, seq",
    "reservation": "mark, number, prefix, status_list, status_idx, body, scheme, level",
    "receipt": "seq",
}


def copy_of(database: Path, name: str) -> Path:
    """Copy a database that is in use, as a backup does."""
    target = database.with_name(name)
    with sqlite3.connect(database) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    return target


def recover(world: World, database: Path, *, signer: Path | None = None, is_closed: bool = False) -> Recovered:
    """Recover a database file of a world from the world's published files; no witness is asked in a closed world."""
    root = world.ceremony.root
    asked = {} if is_closed else world.witnesses
    opened, store = Database(database), SignerStore(signer or world.folder / "signer.db")
    opened.migrate()
    try:
        return recover_from_tiles(
            opened,
            PublicFolder(world.public, writer="recovery"),
            root,
            store=store,
            witnessed=witnessed_heads(witness_policy(root), root.origin, asked),
            entropy=world.entropy,
        )
    finally:
        opened.close()
        store.close()


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(database) as opened:
        return sorted(opened.execute(f"SELECT {SAME_AFTERWARDS[table]} FROM {table}").fetchall())


def published(world: World) -> SignedCheckpoint:
    return SignedCheckpoint.parse((world.public / "log/checkpoint").read_bytes())


def test_an_old_database_is_refused_then_recovered_to_the_same_root_and_rows(office: Office) -> None:
    world, signers = office
    old = copy_of(world.folder / "registry.db", "old.db")
    world.issue(signers)
    world.issue(signers)
    checkpoint = published(world).checkpoint
    with pytest.raises(DatabaseBehindError, match="the database holds") as refused:
        over(world, old).recover()
    assert "recover-from-tiles" in refused.value.hint
    done = recover(world, old)
    assert (done.size, done.root, done.missing) == (checkpoint.size, checkpoint.root, ())
    assert done.before < done.size == done.promised
    for table in SAME_AFTERWARDS:
        assert rows(old, table) == rows(world.folder / "registry.db", table), table
    publisher = over(world, old)
    publisher.recover()
    assert publisher.publish_once().outcome == "unchanged"


def test_without_any_database_everything_comes_back_and_the_log_goes_on(staffed: Template, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    world = staffed.copy(folder)
    lost = world.issue(staffed.signers)
    world.close()
    kept = copy_of(folder / "registry.db", "kept.db")
    for suffix in ("", "-wal", "-shm"):
        (folder / f"registry.db{suffix}").unlink(missing_ok=True)
    done = recover(world, folder / "registry.db", is_closed=True)
    assert (done.before, done.missing) == (0, ())
    for table in SAME_AFTERWARDS:
        assert rows(folder / "registry.db", table) == rows(kept, table), table
    again = open_world(folder, staffed.keys, seed="after the loss")
    again.clock.now = world.clock.now
    try:
        mark = again.issue(staffed.signers)
        assert again.registry.look_up(f"https://shirushi.example/m/{lost}").result()[1] == "active"
        assert (again.public / f"m/{mark}.tlog-proof").exists()
    finally:
        again.close()


def test_recovery_is_safe_to_repeat(office: Office) -> None:
    world, signers = office
    old = copy_of(world.folder / "registry.db", "old.db")
    world.issue(signers)
    first = recover(world, old)
    again = recover(world, old)
    assert (again.before, again.size, again.root) == (first.size, first.size, first.root)


def test_a_database_with_another_history_is_never_recovered(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    grow(world)
    world.publisher.publish_once()
    fork(old)
    before = rows(old, "log_state")
    with pytest.raises(LogForkedError, match="deny") as refused:
        recover(world, old)
    assert "aside" in refused.value.hint
    assert rows(old, "log_state") == before


def test_published_files_that_were_changed_are_never_taken(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    size = grow(world)
    world.publisher.publish_once()
    bundle = world.public / f"log/tile/entries/000.p/{size}"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    with pytest.raises(LogForkedError):
        recover(world, old)


def test_a_row_that_was_changed_in_the_database_is_found(world: World) -> None:
    database = world.folder / "registry.db"
    with sqlite3.connect(database) as opened:
        opened.execute("DROP TRIGGER log_entry_no_update")
        opened.execute("UPDATE log_entry SET statement = X'78' WHERE seq = 0")
    with pytest.raises(LogForkedError, match="do not lead to its own root"):
        recover(world, database)


def test_a_lost_signer_store_is_made_anew_only_while_every_witness_answers(world: World) -> None:
    grow(world)
    world.publisher.publish_once()
    fresh, database = world.folder / "fresh.db", world.folder / "registry.db"
    world.doors.shut.add("w3")
    with pytest.raises(UnavailableError, match="no answer from w3"):
        recover(world, database, signer=fresh)
    world.doors.shut.clear()
    recover(world, database, signer=fresh)
    assert SignerStore(fresh).last() == SignerStore(world.folder / "signer.db").last()
    publisher = over(world, database, signer=fresh)
    publisher.recover()
    assert publisher.publish_once().outcome == "unchanged"


def test_what_was_signed_without_a_quorum_is_recovered_too(world: World) -> None:
    old = copy_of(world.folder / "registry.db", "old.db")
    world.doors.shut |= {"w1", "w4"}
    size = grow(world)
    assert world.publisher.publish_once().outcome == "waiting"
    done = recover(world, old)
    assert (done.size, done.promised) == (size, size)
    world.doors.shut.clear()
    publisher = over(world, old)
    publisher.recover()
    assert publisher.publish_once().size == size


@pytest.fixture
def laid(world: World, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """A world whose publisher was stopped after it laid out an entry and before it signed it, over an old database."""
    old = copy_of(world.folder / "registry.db", "old.db")
    grow(world)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SignerStore, "advance", stopped)
        with pytest.raises(KeyboardInterrupt):
            world.publisher.publish_once()
    assert laid_size(world.public) == 2
    return over(world, old)


def test_what_was_laid_out_and_never_signed_is_judged_and_taken_in(world: World, laid: Publisher) -> None:
    done = recover(world, world.folder / "old.db")
    assert (done.before, done.size, done.promised, done.missing) == (1, 2, 1, ())
    laid.recover()
    assert laid.publish_once().size == 2
    assert rows(world.folder / "old.db", "log_entry") == rows(world.folder / "registry.db", "log_entry")


def test_what_was_laid_out_by_somebody_else_is_withdrawn(
    world: World, laid: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for approval in (world.public / "log/approvals").iterdir():
        approval.unlink()
    done = recover(world, world.folder / "old.db")
    assert (done.size, laid_size(world.public)) == (1, 1)
    assert any("never signed" in one for one in done.missing)
    fork(world.folder / "old.db")
    monkeypatch.setattr(publisher_module, "write_companions", lambda *_, **__: None)
    assert laid.publish_once().size == 2


def test_numbers_of_lost_reservations_are_never_given_out_again(office: Office) -> None:
    world, signers = office
    old = copy_of(world.folder / "registry.db", "old.db")
    reserved = [world.reserve(signers).json() for _ in range(3)]
    signed = world.sign_mark(signers, reserved[2])
    assert world.send(signed.request).status_code == 201
    world.settle()
    recover(world, old)
    with sqlite3.connect(old) as opened:
        numbers = dict(opened.execute("SELECT number, body FROM reservation"))
    assert sorted(numbers) == [one["number"] for one in reserved]
    assert numbers[reserved[0]["number"]] == "https://shirushi.example"


def test_a_token_that_is_not_published_any_more_is_named(office: Office) -> None:
    world, signers = office
    old = copy_of(world.folder / "registry.db", "old.db")
    mark = world.issue(signers)
    (world.public / f"m/{mark}/seal.jwt").unlink()
    done = recover(world, old)
    assert [one.partition(": ")[2] for one in done.missing] == [f"m/{mark}/seal.jwt"]


def test_a_drill_needs_no_signer_store(world: World, tmp_path: Path) -> None:
    grow(world)
    world.publisher.publish_once()
    shutil.copytree(world.public, tmp_path / "mirror")
    database = Database(tmp_path / "drill.db")
    database.migrate()
    done = recover_from_tiles(
        database,
        PublicFolder(tmp_path / "mirror", writer="drill"),
        world.ceremony.root,
        store=None,
        witnessed=WitnessedHeads({}, {}),
        entropy=world.entropy,
    )
    database.close()
    assert done.root == published(world).checkpoint.root


def test_the_repeated_submission_of_a_recovered_statement_gets_its_place(staffed: Template, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    world = staffed.copy(folder)
    copy_of(folder / "registry.db", "old.db")
    signed = world.sign_mark(staffed.signers, world.reserve(staffed.signers).json())
    index = world.send(signed.request).json()["index"]
    world.settle()
    world.close()
    recover(world, folder / "old.db", is_closed=True)
    for suffix in ("-wal", "-shm"):
        (folder / f"registry.db{suffix}").unlink(missing_ok=True)
    (folder / "old.db").replace(folder / "registry.db")
    again = open_world(folder, staffed.keys, seed="again")
    try:
        answer = again.send(signed.request)
        assert (answer.status_code, answer.json()["index"]) == (200, index)
    finally:
        again.close()


def test_what_was_laid_out_against_the_database_is_withdrawn(world: World, laid: Publisher) -> None:
    old = world.folder / "old.db"
    fork(old)
    with pytest.raises(PublishRefusedError, match="other bytes"):
        laid.publish_once()
    done = recover(world, old)
    assert (done.before, done.size, done.promised) == (2, 2, 1)
    assert any("other entries" in one for one in done.missing)
    assert laid_size(world.public) == 1
    assert laid.publish_once().size == 2
