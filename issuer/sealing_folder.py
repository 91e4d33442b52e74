"""The folder of one seal: what a run has finished, so that the next run goes on and does nothing twice.

It is private to the evaluator and never lies inside the folder that is sealed. Every file appears whole and durable or
not at all; only the journal of hashes grows line by line, and a line that was cut short is hashed again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from verifier.edge.evidence_files import EARLIER, MANIFEST, read_manifests
from verifier.edge.evidence_folder import Found, Stamp
from verifier.edge.whole_file import fsync_folder
from verifier.encoding import canonical, read_object
from verifier.errors import ConflictError, MarkError, NotFoundError, WrongUseError
from verifier.evidence.manifest import Manifest

DRAFT = "draft.json"
APPROVAL = "manifest.jwt"
STATEMENT = "statement.jwt"
RECEIPT = "receipt.json"
REFUSED = "refused.jwt"
JOURNAL = "hashed.jsonl"
_LOCK = ".lock"
_UNFINISHED = ".unfinished"


class SealingFolder:
    """One seal's folder."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made when something is put into it."""
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out meanwhile. Raises ConflictError when one is in."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConflictError(f"another process is sealing into {self.folder}") from error
            yield

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, None where there is none."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole and durable or not at all; what stood under the name before is gone."""
        target, unfinished = self.folder / name, self.folder / _UNFINISHED
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        fsync_folder(target.parent)

    def remove(self, name: str) -> None:
        """Take a file away, where there is one."""
        (self.folder / name).unlink(missing_ok=True)

    @property
    def has_manifest(self) -> bool:
        """Say whether hashing is done."""
        return (self.folder / MANIFEST).exists()

    @property
    def follows(self) -> bool:
        """Say whether there are earlier manifests of the same object."""
        return any((self.folder / EARLIER).glob("*.json"))

    def keep(self, manifest: Manifest, earlier: list[Manifest]) -> None:
        """Keep a new manifest and those that came before it; then the journal has done its service."""
        shutil.rmtree(self.folder / EARLIER, ignore_errors=True)
        for number, one in enumerate(earlier, 1):
            self.write(f"{EARLIER}/{number:04}.json", one.serialize())
        self.write(MANIFEST, manifest.serialize())
        self.remove(JOURNAL)

    def manifests(self) -> list[Manifest]:
        """Return the earlier manifests and the own one last. Raises NotFoundError when there is none yet."""
        if not self.has_manifest:
            raise NotFoundError(f"{self.folder} holds no manifest", hint="Make one with `shirushi evidence seal`.")
        return read_manifests(self.folder)

    def check_outside(self, sealed: Path) -> None:
        """Check that this folder does not lie inside the one that is sealed. Raises WrongUseError."""
        if self.folder.resolve().is_relative_to(sealed.resolve()):
            raise WrongUseError(
                f"{self.folder} lies inside the folder that is sealed", hint="Name another place with --out."
            )


class Journal:
    """The hashes that were finished, for a run that was stopped. A file that changed since is hashed again."""

    def __init__(self, folder: SealingFolder) -> None:
        """Read what an earlier run left; entering the journal opens it for more."""
        self._path = folder.folder / JOURNAL
        self._file: BinaryIO | None = None
        self._known: dict[tuple[str, Stamp], str] = {}
        for line in (folder.read(JOURNAL) or b"").splitlines():
            try:
                told = read_object(line)
                size, modified, changed, number = map(int, told["stamp"])
                self._known[told["name"], (size, modified, changed, number)] = told["sha256"]
            except (MarkError, KeyError, TypeError, ValueError):
                continue

    def __enter__(self) -> Self:
        self._file = self._path.open("ab", buffering=0)
        # What a run that was killed left of its last line must not swallow the next one.
        self._file.write(b"\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def known(self, found: Found) -> str | None:
        """Return the hash of a file that is still the same file on the disk."""
        return self._known.get((_name(found), found.stamp))

    def note(self, found: Found, sha256: str) -> None:
        """Note a finished hash; only inside ``with``."""
        # Times in nanoseconds exceed the integers that our formats admit: as text they do not.
        line = {"name": _name(found), "stamp": [str(one) for one in found.stamp], "sha256": sha256}
        if self._file is not None:
            self._file.write(json.dumps(line).encode() + b"\n")
        self._known[_name(found), found.stamp] = sha256


def receipt_bytes(index: int, receipt: str) -> bytes:
    """Return the file of an admission: the log index and the registry's receipt."""
    return canonical({"index": index, "receipt": receipt}) + b"\n"


def _name(found: Found) -> str:
    return os.fsencode(found.name).hex()
