"""`shirushi log recover-from-tiles | backup | restore | close`: what only the operator of a log does with it.

The commands join those of the verifier's ``log`` command by the entry-point group ``shirushi.log``.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import httpx
import typer

from registry.data_folder import DataFolder
from registry.desk.operators import operators_desk
from registry.publishing.cosigning import WitnessedHeads, witnessed_heads
from registry.publishing.files import PublicFolder
from registry.publishing.published import witness_policy
from registry.publishing.signer_store import SignerStore
from registry.recovering.backup import back_up, restore
from registry.recovering.recovery import Recovered, recover_from_tiles
from registry.rows.database import Database
from registry.settings import read_settings
from registry.witness.client import WitnessClient
from registry.witness.store import WitnessStore
from verifier.encoding import b64
from verifier.errors import NotFoundError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.names import log_uri

if TYPE_CHECKING:
    from registry.publishing.cosigning import ShowsCheckpoint

app = typer.Typer(add_completion=False, no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")]


@app.command("recover-from-tiles")
def recover(directory: Folder) -> None:
    """Bring an old, damaged or missing database up to everything that was signed, from the published files.

    Stop the registry first; its witnesses should answer. Ends with 1 and changes nothing when there are two histories.
    """
    data = DataFolder(directory.resolve())
    root = data.trust_root()
    public = PublicFolder(data.public, writer="recovery")
    database, store = Database(data.database_place), SignerStore(data.signer_store)
    database.migrate()
    witnessed = _witnessed(data)
    for name, why in witnessed.absent.items():
        print(f"no answer from the witness {name}: {why}")
    _tell(recover_from_tiles(database, public, root, store=store, witnessed=witnessed, entropy=secrets.token_bytes))
    database.close()
    store.close()


@app.command()
def backup(
    directory: Folder, to: Annotated[Path, typer.Option(help="The folder of the backup; a later run adds what is new.")]
) -> None:
    """Copy a registry while it runs: database, settings, published files. Keys and signer.db are never in it."""
    made = back_up(DataFolder(directory.resolve()), DataFolder(to.resolve()))
    print(f"{made.size} entries, root {b64(made.root)}, {made.files} new published files")


@app.command("restore")
def restore_backup(
    backup: Annotated[Path, typer.Option("--from", help="The folder of the backup.")],
    directory: Annotated[Path, typer.Option("--dir", help="An empty folder for the restored registry.")],
    published: Annotated[
        Path | None, typer.Option(help="The read plane as the world sees it; the backup's own copy when not given.")
    ] = None,
) -> None:
    """Restore a backup and bring it up to the published root; as a drill, or after a loss.

    The restored folder has no keys and no signer.db: nothing can sign from it before `recover-from-tiles` has run
    there with the keys in place.
    """
    source = DataFolder(backup.resolve())
    target = DataFolder(directory.resolve())
    published = published.resolve() if published else source.public
    _tell(restore(source, target, published=published, entropy=secrets.token_bytes))


@app.command()
def close(
    directory: Folder, successor: Annotated[str, typer.Option(help="Origin of the log that continues this one.")]
) -> None:
    """Write the last entry: this log takes no more, its record goes on under another origin. Nothing undoes it."""
    desk = operators_desk(directory)
    admitted = desk.submit("log.closed", log_uri(desk.host), {"successor": successor})
    print(f"log entry {admitted.index}: the last one")
    print(admitted.receipt)


class _OwnWitness:
    """A demonstration witness of this folder, read from its store: it need not run."""

    def __init__(self, store: Path) -> None:
        self._store = store

    def latest(self, origin: str) -> SignedCheckpoint:
        if not self._store.exists():
            raise NotFoundError("it has cosigned nothing yet")
        store = WitnessStore(self._store)
        checkpoint = store.record(origin).checkpoint
        store.close()
        if not checkpoint:
            raise NotFoundError("it has cosigned nothing of this log")
        return SignedCheckpoint.parse(checkpoint)


def _witnessed(data: DataFolder) -> WitnessedHeads:
    root, settings = data.trust_root(), read_settings(data.path)
    http = httpx.Client(timeout=settings.witness_timeout_ms / 1000)
    asked: dict[str, ShowsCheckpoint] = {name: WitnessClient(url, http) for name, url in settings.witnesses.items()}
    asked |= {one.name: _OwnWitness(data.witness_store(one.name)) for one in data.own_witnesses()}
    return witnessed_heads(witness_policy(root), root.origin, asked)


def _tell(done: Recovered) -> None:
    print(f"before: {done.before} entries")
    print(f"now: {done.size} entries, root {b64(done.root)}; the log key has signed {done.promised}")
    for one in done.missing:
        print(f"not found: {one}")
