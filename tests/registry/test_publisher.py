"""The publisher signs nothing that contradicts its past, waits for witnesses, and finishes what was cut short."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from registry.errors import PublishRefusedError
from registry.log.ledger import Ledger
from registry.publishing import publisher as publisher_module
from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignedHead, SignerStore
from registry.rows.database import Database
from verifier.edge.folder import FolderFetcher
from verifier.encoding import b64u, canonical
from verifier.errors import NotFoundError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash
from verifier.log.note import NoteSigner
from verifier.log.tile import TileReader
from verifier.log.tree import root_at
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from pathlib import Path

    from tests.registry.conftest import Office, World

HOST = "shirushi.example"


def grow(world: World, version: str = "1") -> int:
    """Add an entry that is not published yet; return the size of the log."""
    scheme = {"scheme": "a.b", "version": version, "sha256": "A" * 43, "tiers": []}
    return world.desk.publish_scheme(scheme).index + 1


def published(world: World) -> SignedCheckpoint:
    return SignedCheckpoint.parse((world.public / "log/checkpoint").read_bytes())


def test_what_is_served_leads_to_the_signed_root(world: World) -> None:
    size = grow(world)
    world.publisher.publish_once()
    checkpoint = published(world).checkpoint
    reader = TileReader(FolderFetcher(world.public).fetch, size)
    assert (checkpoint.size, checkpoint.root) == (size, root_at(reader, size))


def test_cosignatures_stand_in_the_order_of_the_policy(world: World) -> None:
    names = [signature.name for signature in published(world).note.signatures]
    assert names == [f"{HOST}/log", "w1.example", "w2.example", "w3.example", "w4.example"]


def test_one_witness_away_is_no_loss_and_is_named(world: World) -> None:
    world.doors.shut.add("w2")
    grow(world)
    result = world.publisher.publish_once()
    assert (result.outcome, list(result.absent)) == ("published", ["w2"])
    world.doors.shut.clear()
    grow(world, "2")
    assert world.publisher.publish_once().absent == {}


def test_without_a_quorum_the_old_checkpoint_stays_and_publishing_goes_on_later(world: World) -> None:
    before = published(world)
    world.doors.shut |= {"w1", "w4"}
    size = grow(world)
    result = world.publisher.publish_once()
    assert (result.outcome, set(result.absent)) == ("waiting", {"w1", "w4"})
    assert published(world) == before
    assert world.registry.office.published.at(size) is None
    size = grow(world, "2")
    assert world.publisher.publish_once().outcome == "waiting"
    world.doors.shut.clear()
    assert world.publisher.publish_once().size == size


def test_a_database_older_than_what_was_published_is_refused(world: World) -> None:
    shutil.copy(world.folder / "registry.db", world.folder / "old.db")
    old_wal = world.folder / "registry.db-wal"
    if old_wal.exists():
        shutil.copy(old_wal, world.folder / "old.db-wal")
    grow(world)
    world.publisher.publish_once()
    restored = over(world, world.folder / "old.db")
    for step in (restored.recover, restored.publish_once):
        with pytest.raises(PublishRefusedError, match="2 entries were signed, the database holds 1") as refused:
            step()
        assert "log recover-from-tiles" in refused.value.hint


def test_another_signer_store_is_refused(world: World) -> None:
    with pytest.raises(PublishRefusedError, match="signer store"):
        world.new_publisher(world.folder / "fresh.db").publish_once()


def test_a_signed_tree_of_the_same_size_with_another_root_is_refused(world: World) -> None:
    store = SignerStore(world.folder / "signer.db")
    last = store.last()
    assert last is not None
    store.advance(last, SignedHead(last.size, b"\0" * 32))
    with pytest.raises(PublishRefusedError, match="another tree"):
        world.publisher.publish_once()


def test_a_rewritten_entry_is_never_signed(world: World) -> None:
    grow(world)
    with sqlite3.connect(world.folder / "registry.db") as database:
        database.execute("DROP TRIGGER log_entry_no_update")
        database.execute("UPDATE log_entry SET statement = X'78' WHERE seq = 1")
    with pytest.raises(PublishRefusedError, match="not those that the tiles were made from"):
        world.publisher.publish_once()


def test_a_rewritten_history_is_never_signed(world: World) -> None:
    grow(world)
    with sqlite3.connect(world.folder / "registry.db") as database:
        database.execute("DROP TRIGGER log_entry_no_update")
        database.execute("UPDATE log_entry SET statement = X'78', leaf_hash = ? WHERE seq = 0", (leaf_hash(b"x"),))
    with pytest.raises(PublishRefusedError, match="do not lead to its root"):
        world.publisher.publish_once()
    assert published(world).checkpoint.size == 1


def test_a_published_file_is_never_written_again_with_other_bytes(world: World) -> None:
    with pytest.raises(PublishRefusedError, match="other bytes"):
        PublicFolder(world.public, writer="test").write_once("log/tile/0/000.p/1", b"x")


def test_two_publishers_on_one_key_do_not_both_sign(world: World) -> None:
    store = SignerStore(world.folder / "signer.db")
    last = store.last()
    assert last is not None
    store.advance(last, SignedHead(2, b"\1" * 32))
    with pytest.raises(UnavailableError, match="another process"):
        SignerStore(world.folder / "signer.db").advance(last, SignedHead(2, b"\2" * 32))


def test_witnesses_that_know_more_than_the_database_stop_the_publisher(world: World) -> None:
    for name in ("registry.db", "signer.db"):
        with sqlite3.connect(world.folder / name) as source, sqlite3.connect(world.folder / f"old-{name}") as copy:
            source.backup(copy)
    shutil.copytree(world.public, world.folder / "old-public")
    grow(world)
    grow(world, "2")
    world.publisher.publish_once()
    restored = over(
        world,
        world.folder / "old-registry.db",
        signer=world.folder / "old-signer.db",
        public=world.folder / "old-public",
    )
    fork(world.folder / "old-registry.db")
    with pytest.raises(PublishRefusedError, match="has cosigned 3 entries, the log holds 2"):
        restored.publish_once()


@pytest.mark.parametrize("moment", ["before the checkpoint is shown", "before the proofs are written"])
def test_a_publication_that_was_cut_short_is_finished_at_the_next_start(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    world, signers = office
    signed = world.sign_mark(signers, world.reserve(signers).json())
    index = world.send(signed.request).json()["index"]
    with monkeypatch.context() as patch:
        if moment == "before the checkpoint is shown":
            patch.setattr(Publisher, "_finish", cut_short)
        else:
            patch.setattr(publisher_module, "write_proofs", cut_short)
        with pytest.raises(KeyboardInterrupt):
            world.publisher.publish_once()
    world.clock.now += 60
    again = world.new_publisher()
    again.recover()
    assert published(world).checkpoint.size == index + 1
    assert again.publish_once().outcome == "unchanged"
    assert (world.public / f"m/{signed.id}.tlog-proof").exists()


def test_stray_temporary_files_are_removed_and_never_served(world: World) -> None:
    stray = world.public / ".incoming/publisher/123"
    stray.write_bytes(b"half a file")
    with pytest.raises(NotFoundError):
        FolderFetcher(world.public).fetch(".incoming/publisher/123")
    world.new_publisher()
    assert not stray.exists()


def cut_short(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def fork(database: Path) -> None:
    """Add an entry of its own to a copied database, as a restored registry that goes on would."""
    copy = Database(database)
    ledger = Ledger(copy)
    with copy.read() as connection:
        statement = parse_statement(connection.exec_driver_sql("SELECT statement FROM log_entry").scalar_one())
    head, _, signature = statement.token.compact.split(".")
    other = b64u(canonical({**statement.token.payload, "jti": b64u(b"another history.")}))
    with ledger.group() as group, group.request():
        group.append(parse_statement(f"{head}.{other}.{signature}"))
    copy.close()


def over(world: World, database: Path, *, signer: Path | None = None, public: Path | None = None) -> Publisher:
    """Return a publisher over other files than the world's own."""
    return Publisher(
        database=Database(database),
        signer_store=SignerStore(signer or world.folder / "signer.db"),
        public=PublicFolder(public or world.public, writer="publisher"),
        root=world.ceremony.root,
        signer=NoteSigner(f"{HOST}/log", world.ceremony.keys.log),
        witnesses=world.witnesses,
        clock=world.clock,
    )
