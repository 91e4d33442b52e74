"""`shirushi log`: backup, restore and recovery of a founded registry, as its operator types them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.data_folder import LOG, DataFolder
from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignerStore
from registry.root.founding import found_registry
from registry.rows.database import Database
from registry.witness.client import Cosigned
from registry.witness.decision import Decline
from registry.witness.service import Witness, WitnessConfig
from verifier.edge.keystore import load_note_key
from verifier.edge.main import run
from verifier.encoding import b64
from verifier.errors import WrongUseError
from verifier.injected import seeded_entropy
from verifier.log.add_checkpoint import AddCheckpoint
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.note import NoteSigner, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PASSPHRASE = b"a passphrase of this test"


class OwnWitness:
    """A demonstration witness of a data folder, asked without HTTP."""

    def __init__(self, data: DataFolder, name: str, key_name: str) -> None:
        place = data.witness_store(name)
        place.parent.mkdir(exist_ok=True)
        logs = tuple(parse_vkey(one.vkey) for one in data.trust_root().content.log_keys)
        key = load_note_key(data.witness_key(name), PASSPHRASE)
        self._witness = Witness(WitnessConfig(key_name, key, place, logs, lambda: int(time.time())))

    def submit(self, old_size: int, proof: Sequence[bytes], signed: SignedCheckpoint) -> Cosigned:
        line = self._witness.add_checkpoint(AddCheckpoint(old_size, tuple(proof), signed))
        assert not isinstance(line, Decline)
        return Cosigned((line,))

    def latest(self, origin: str) -> SignedCheckpoint:
        return SignedCheckpoint.parse(self._witness.store.record(origin).checkpoint)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A founded registry whose first entry was published."""
    data = DataFolder(tmp_path / "registry")
    found_registry(
        data,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=3,
        passphrase=PASSPHRASE,
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("log command 1"),
    )
    root = data.trust_root()
    witnesses: Any = {one.name: OwnWitness(data, one.name, one.key.name) for one in data.own_witnesses()}
    database, store = Database(data.database), SignerStore(data.signer_store)
    publisher = Publisher(
        database=database,
        signer_store=store,
        public=PublicFolder(data.public, writer="publisher"),
        root=root,
        signer=NoteSigner(root.origin, load_note_key(data.key(LOG), PASSPHRASE)),
        witnesses=witnesses,
        clock=lambda: int(time.time()),
    )
    assert publisher.publish_once().outcome == "published"
    database.close()
    store.close()
    return data


def root_of(data: DataFolder) -> str:
    return b64(SignedCheckpoint.parse((data.public / "log/checkpoint").read_bytes()).checkpoint.root)


def test_the_operator_backs_up_drills_loses_everything_private_and_recovers(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, drill, root = tmp_path / "backup", tmp_path / "drill", root_of(data)
    assert run(["log", "backup", "--dir", str(data.path), "--to", str(backup)]) == 0
    assert f"1 entries, root {root}" in capsys.readouterr().out
    assert not (backup / "signer.db").exists()
    assert run(["log", "restore", "--from", str(backup), "--dir", str(drill), "--published", str(data.public)]) == 0
    assert f"now: 1 entries, root {root}; the log key has signed 1" in capsys.readouterr().out
    for place in (*data.path.glob("registry.db*"), *data.path.glob("signer.db*")):
        place.unlink()
    assert run(["log", "recover-from-tiles", "--dir", str(data.path)]) == 0
    shown = capsys.readouterr().out
    assert shown == f"before: 0 entries\nnow: 1 entries, root {root}; the log key has signed 1\n"
    store = SignerStore(data.signer_store)
    signed = store.last()
    store.close()
    assert signed is not None
    assert (signed.size, b64(signed.root)) == (1, root)


def test_a_restoration_never_goes_over_a_registry(data: DataFolder, tmp_path: Path) -> None:
    run(["log", "backup", "--dir", str(data.path), "--to", str(tmp_path / "backup")])
    with pytest.raises(WrongUseError, match="holds a registry already"):
        run(["log", "restore", "--from", str(tmp_path / "backup"), "--dir", str(data.path)])
