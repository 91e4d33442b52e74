"""Backup of a running registry, and its restoration into an empty folder.

In a backup: the database (SQLite's online backup, one committed state), the settings, the programmes and the published
files. Never in it: ``signer.db``, which would take the log key's memory back to an older day, and the keys, which have
a safe of their own. A restored folder is brought up to the published root by recovery before anything may be signed
from it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry.data_folder import DataFolder
from registry.publishing.cosigning import WitnessedHeads
from registry.publishing.files import INCOMING, PublicFolder
from registry.publishing.published import LATEST
from registry.recovering.programme_copy import copy_programmes
from registry.recovering.recovery import Recovered, recover_from_tiles
from registry.rows import queries
from registry.rows.database import Database
from registry.settings import FILE as SETTINGS
from verifier.edge.whole_file import fsync_folder
from verifier.errors import NotFoundError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from verifier.injected import Entropy

POINTERS = (LATEST, "directory/latest", "trust/list.jwt")
"""Files that name others: read before those, written after them, so that a copy never names what it lacks."""


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds: entries of the database, and files that were new in this run."""

    size: int
    root: bytes
    files: int


def back_up(data: DataFolder, target: DataFolder) -> BackedUp:
    """Copy a registry, which may be running, into a folder outside of it; a second run adds what is new.

    Raises UnavailableError when the database cannot be read or the copy is not sound, WrongUseError for a wrong place.
    """
    if not isinstance(data.database_place, Path):
        raise WrongUseError("this registry's database is PostgreSQL's", hint="Back it up with the server's own tools.")
    if target.path.resolve().is_relative_to(data.path.resolve()):
        raise WrongUseError("a backup does not stand inside the folder that it is a backup of")
    target.path.mkdir(parents=True, exist_ok=True)
    _copy_database(data.database, target.database)
    files = copy_published(data.public, PublicFolder(target.public, writer="backup"))
    _copy_operators_own(data, target)
    fsync_folder(target.path)
    copy = Database(target.database)
    with copy.read() as connection:
        head = queries.log_size(connection)
    copy.close()
    return BackedUp(head.size, head.root, files)


def restore(backup: DataFolder, target: DataFolder, *, published: Path, entropy: Entropy) -> Recovered:
    """Make a data folder of a backup and bring it up to what is published now.

    ``published`` is the read plane as the world sees it: a mirror, or the backup's own copy. The new folder has no keys
    and no signer store, so nothing can sign from it yet. Raises WrongUseError where a registry stands already,
    LogForkedError when the backup and the published files tell two histories.
    """
    if target.database.exists() or target.signer_store.exists():
        raise WrongUseError(f"{target.path} holds a registry already", hint="Restore into an empty folder.")
    if not (published / LATEST).exists():
        raise NotFoundError(f"{published} holds no checkpoint", hint="Name the folder that holds log/checkpoint.")
    target.path.mkdir(parents=True, exist_ok=True)
    public = PublicFolder(target.public, writer="restore")
    copy_published(published, public)
    _copy_operators_own(backup, target)
    if backup.database.exists():
        shutil.copyfile(backup.database, target.database)
    database = Database(target.database)
    database.migrate()
    try:
        nobody = WitnessedHeads({}, {})
        return recover_from_tiles(database, public, target.trust_root(), store=None, witnessed=nobody, entropy=entropy)
    finally:
        database.close()


def copy_published(source: Path, target: PublicFolder) -> int:
    """Copy published files into another public folder; return how many were new. Raises UnavailableError."""
    last = {path: (source / path).read_bytes() for path in POINTERS if (source / path).exists()}
    copied = 0
    try:
        for file in sorted(source.rglob("*")):
            path = file.relative_to(source).as_posix()
            is_new = file.is_file() and not path.startswith(INCOMING) and path not in POINTERS
            if is_new and target.read(path) != (data := file.read_bytes()):
                target.replace(path, data)
                copied += 1
    except OSError as error:
        raise UnavailableError(f"{source} cannot be copied: {error}") from error
    for path, data in last.items():
        target.replace(path, data)
    return copied


def _copy_operators_own(source: DataFolder, target: DataFolder) -> None:
    """Copy what the operator wrote: the settings, and the programmes that pages tell of. Raises UnavailableError."""
    if (settings := source.path / SETTINGS).exists():
        try:
            shutil.copyfile(settings, target.path / SETTINGS)
        except OSError as error:
            raise UnavailableError(f"{settings} cannot be copied: {error.strerror}") from error
    copy_programmes(source.programmes, target.programmes)


def _copy_database(source: Path, target: Path) -> None:
    incoming = target.with_name(f"{target.name}.incoming")
    incoming.unlink(missing_ok=True)
    try:
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as live, sqlite3.connect(incoming) as copy:
            # All pages in one step: writers go on meanwhile, and the copy is one committed state.
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            faults = copy.execute("PRAGMA integrity_check").fetchone()[0]
        live.close()
        copy.close()
    except sqlite3.Error as error:
        raise UnavailableError(f"the database {source} cannot be copied: {error}") from error
    if faults != "ok":
        raise UnavailableError(f"the copy of the database is not sound: {faults}")
    with incoming.open("rb") as file:
        os.fsync(file.fileno())
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    incoming.replace(target)
