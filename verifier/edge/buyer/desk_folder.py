"""The folder of a buyer's desk: the trust root that is trusted, the copy of the directory, and everything private.

buyer.json         where the directory is published, and at which portal watches are kept
trust-root.json    version 1 of the trust root
directory/         the copy
checks/            lists with their answers and receipts
receipts/          receipts of others
requests/          level requests and the answers to them
watched/           lists that are looked at again
recognitions.txt   statements about recognitions, one a line, beside those that the copy keeps
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from verifier.check.recognised import Recognitions
from verifier.directory.recognitions import recognitions_path
from verifier.edge.check.kept_recognitions import recognitions_of
from verifier.edge.check.supplier_list import Copy, open_copy, read_recognitions
from verifier.edge.root_store import read_root
from verifier.edge.whole_file import write_whole
from verifier.encoding import canonical, read_object
from verifier.errors import MarkError, NotFoundError, UnavailableError, WrongUseError
from verifier.schema import Closed, One, read_model

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.requirement import Requirement
    from verifier.trust.root import TrustRoot

Address = Annotated[str, Field(max_length=300, pattern=r"^(https?://[^\s\"<>]+)?$")]


class Settings(Closed):
    """What an administrator sets. ``client`` is the id under which the portal knows this desk by a public key."""

    v: One = 1
    source: Annotated[str, Field(min_length=1, max_length=300)]
    portal: Address = ""
    client: Annotated[str, Field(pattern=r"^[a-z2-7]{0,8}$")] = ""


@dataclass(frozen=True)
class DeskFolder:
    """The places in one folder, and what stands there."""

    path: Path
    _read: dict[bool, tuple[tuple[object, ...], Recognitions]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def root_file(self) -> Path:
        """Version 1 of the trust root."""
        return self.path / "trust-root.json"

    @property
    def copy(self) -> Path:
        """The copy of the directory."""
        return self.path / "directory"

    @property
    def checks(self) -> Path:
        """Lists that were checked, a folder each."""
        return self.path / "checks"

    @property
    def receipts(self) -> Path:
        """Receipts that came from elsewhere."""
        return self.path / "receipts"

    @property
    def requests(self) -> Path:
        """Level requests and answers."""
        return self.path / "requests"

    @property
    def watched(self) -> Path:
        """Lists that are looked at again, a folder each."""
        return self.path / "watched"

    @property
    def recognitions(self) -> Path:
        """Statements about recognitions beside those that the copy keeps."""
        return self.path / "recognitions.txt"

    @property
    def api_key(self) -> Path:
        """The API key of the portal, readable by its owner alone."""
        return self.path / "portal-api.key"

    @property
    def client_key(self) -> Path:
        """The key with which assertions for the portal are signed, behind a passphrase."""
        return self.path / "portal-client.pem"

    @property
    def client_jwk(self) -> Path:
        """The public part of that key, for whoever registers this desk."""
        return self.path / "portal-client.jwk.json"

    def settings(self) -> Settings:
        """Return the settings. Raises WrongUseError."""
        try:
            return read_model(Settings, read_object((self.path / "buyer.json").read_bytes()), what="buyer.json")
        except OSError as error:
            raise WrongUseError(f"{self.path} is no buyer's desk", hint="Make one: shirushi buyer init.") from error
        except MarkError as error:
            raise WrongUseError(f"{self.path}/buyer.json: {error.message}", hint=error.hint) from error

    def keep_settings(self, settings: Settings) -> None:
        """Change the settings."""
        write_whole(self.path / "buyer.json", canonical(settings.members()) + b"\n")

    def trust_root(self) -> TrustRoot:
        """Return the pinned trust root."""
        return read_root(self.root_file)

    def directory(self) -> Copy:
        """Return the copy. Raises UnavailableError for none or a bad one, WrongUseError for one of another registry."""
        try:
            return open_copy(self.copy, self.root_file)
        except NotFoundError as error:
            raise UnavailableError("there is no copy of the directory yet", hint="Pull one.") from error

    def statements(self, copy: Copy, policy: Requirement | None = None) -> Recognitions:
        """Return the statements about recognitions that the copy keeps and that were put here.

        That nothing is left out is proven as ``recognitions_of`` does under a policy. Files that did not change since
        are not read again. Raises UnavailableError for a damaged copy, WrongUseError for a file put here that cannot be
        read.
        """
        kept = self.copy / recognitions_path(copy.epoch.size)
        accepts = policy is None or bool(policy.recognition)
        key = (copy.epoch.entry, copy.epoch.index.root, _stamp(kept), _stamp(self.recognitions))
        known = self._read.get(accepts)
        if known is not None and known[0] == key:
            return known[1]
        given = read_recognitions(self.recognitions if self.recognitions.exists() else None)
        found = recognitions_of(copy, given, policy=policy)
        self._read[accepts] = (key, found)
        return found


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def make_desk(path: Path, *, root: Path, source: str) -> DeskFolder:
    """Make a desk's folder. Raises WrongUseError, TrustRootError."""
    folder = DeskFolder(path)
    if (path / "buyer.json").exists():
        raise WrongUseError(f"{path} is a buyer's desk already")
    read_root(root)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for place in (folder.checks, folder.receipts, folder.requests, folder.watched):
        place.mkdir(exist_ok=True, mode=0o700)
    shutil.copyfile(root, folder.root_file)
    folder.keep_settings(read_model(Settings, {"v": 1, "source": source}, what="the settings"))
    return folder


def open_desk(path: Path) -> DeskFolder:
    """Return a desk's folder. Raises WrongUseError where there is none."""
    folder = DeskFolder(path)
    folder.settings()
    return folder
