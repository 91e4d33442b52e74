"""Packs on a disk: those that are shipped, those that an operator has loaded, and folders named on the command line.

Loaded packs lie under the folder that SHIRUSHI_PACKS names, as SCHEME/VERSION, and stand before shipped ones of the
same name: a complete pack takes the place of one that leaves criteria out. Whoever verifies needs none of them.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from functools import lru_cache
from pathlib import Path

from verifier.errors import MarkError, NotFoundError, UnavailableError, WrongUseError
from verifier.scheme.pack import SchemePack
from verifier.scheme.reading import parse_pack
from verifier.scheme.shipped import shipped_packs

VARIABLE = "SHIRUSHI_PACKS"
MAX_FILE = 5_000_000


def installed_packs() -> tuple[SchemePack, ...]:
    """Return every pack at hand, sorted by scheme and version. Raises MalformedError for a loaded one with an error."""
    packs = {pack.name: pack for pack in shipped_packs()}
    packs.update({pack.name: pack for pack in _loaded()})
    return tuple(packs[name] for name in sorted(packs))


def load_pack(scheme: str, version: str) -> SchemePack:
    """Return the pack of that scheme and version. Raises NotFoundError, MalformedError."""
    packs = installed_packs()
    for pack in packs:
        if (pack.scheme, pack.version) == (scheme, version):
            return pack
    known = ", ".join(f"{pack.scheme} {pack.version}" for pack in packs)
    raise NotFoundError(f"no scheme pack {scheme} {version} is at hand", hint=f"At hand: {known}")


def find_pack(name: str) -> SchemePack:
    """Return the pack of a folder, of SCHEME/VERSION, or the newest one of SCHEME that is not closed.

    Raises NotFoundError, MalformedError.
    """
    if Path(name).is_dir():
        return parse_pack(read_folder(Path(name)))
    scheme, separator, version = name.partition("/")
    if separator:
        return load_pack(scheme, version)
    open_ones = [pack for pack in installed_packs() if pack.scheme == scheme and pack.head.closed is None]
    if not open_ones:
        known = ", ".join(sorted({pack.scheme for pack in installed_packs()}))
        raise NotFoundError(f"no scheme pack {scheme[:60]!r} is at hand", hint=f"At hand: {known}")
    return max(open_ones, key=lambda pack: (pack.head.transition.accepted_from or date.min, pack.version))


def among_installed(pack: SchemePack) -> SchemePack:
    """Return the pack with the ends that its successors at hand set. Raises MalformedError."""
    return pack.among(installed_packs())


def pack_files(name: str) -> dict[str, bytes]:
    """Return the files of a folder, or of an installed pack, unread: for the linter. Raises NotFoundError."""
    if Path(name).is_dir():
        return read_folder(Path(name))
    scheme, _, version = name.partition("/")
    for root in (*_roots(), _shipped_root()):
        folder = root / scheme / version
        if version and folder.is_dir() and folder.resolve().is_relative_to(root.resolve()):
            return read_folder(folder)
    pack = find_pack(name)
    return pack_files(pack.name)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name, hidden ones left out. Raises UnavailableError, WrongUseError."""
    try:
        found = [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
        large = [entry.name for entry in found if entry.is_file() and entry.stat().st_size > MAX_FILE]
        if large:
            raise WrongUseError(f"{folder / large[0]} is larger than {MAX_FILE} bytes")
        return {entry.name: entry.read_bytes() if entry.is_file() else b"" for entry in found}
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be read: {error.strerror}") from error


def write_folder(files: dict[str, bytes], folder: Path) -> None:
    """Write a pack into a new folder, whole or not at all. Raises WrongUseError when there is something already."""
    if folder.exists():
        raise WrongUseError(f"{folder} exists already", hint="Name a folder that does not exist: packs never change.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.parent / f".{folder.name}.{os.getpid()}"
    try:
        unfinished.mkdir()
        for name, data in files.items():
            with (unfinished / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _loaded() -> list[SchemePack]:
    packs = []
    for root in _roots():
        folders = sorted(entry for entry in root.glob("*/*") if entry.is_dir() and not entry.name.startswith("."))
        for folder in folders:
            packs.append(_parsed(folder))
    return packs


def _parsed(folder: Path) -> SchemePack:
    written = tuple((entry.name, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in sorted(folder.iterdir()))
    return _read_once(folder, written)


@lru_cache(maxsize=64)
def _read_once(folder: Path, written: tuple[tuple[str, int, int], ...]) -> SchemePack:
    """A batch asks thousands of times: a folder is read again when one of its files was written."""
    try:
        pack = parse_pack(read_folder(folder))
    except MarkError as error:
        raise type(error)(f"{folder}: {error.message}", hint=f"shirushi scheme lint {folder}") from error
    if pack.name != f"{folder.parent.name}/{folder.name}":
        raise WrongUseError(f"{folder} holds {pack.name}", hint="A loaded pack lies in SCHEME/VERSION.")
    return pack


def _roots() -> tuple[Path, ...]:
    named = os.environ.get("SHIRUSHI_PACKS", "")
    if not named:
        return ()
    if not Path(named).is_dir():
        raise WrongUseError(f"{VARIABLE} names no folder: {named}")
    return (Path(named),)


def _shipped_root() -> Path:
    return Path(__file__).parents[1] / "packs"
