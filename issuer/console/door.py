"""The way from a page to the desk: one database and one connection for the process, keys for one deed only.

A page that reads is given the desk without a key. A deed that signs is given the key of its person's role, opened with
the passphrase that this person unlocked it with, and closed again when the deed is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import Signers
from issuer.keyring import open_key
from issuer.office import ROOT, Settings, load_settings
from issuer.submit import RegistryClient
from issuer.trust import PinnedRoot
from verifier.edge.client import open_client
from verifier.injected import Clock, Entropy
from verifier.statement.public import KeyRole


@dataclass(frozen=True)
class Door:
    """One desk's folder as the pages of one process enter it."""

    folder: Path
    clock: Clock
    entropy: Entropy
    database: Database
    http: httpx.Client

    @property
    def settings(self) -> Settings:
        """The settings as the file has them now: a key may have been switched since the process began."""
        return load_settings(self.folder)

    @property
    def packages(self) -> Path:
        """Where the packages of issued marks are."""
        return self.folder / "packages"

    def desk(self, signers: Signers | None = None) -> Desk:
        """Return the desk, by default without any key."""
        settings = self.settings
        root = PinnedRoot(self.folder / ROOT, settings.host)
        registry = RegistryClient(self.http, read=settings.read, api=settings.api, root=root)
        return Desk(self.database, settings.identity, signers or {}, registry, self.clock, self.entropy)

    @contextmanager
    def unlocked(self, passphrases: Mapping[KeyRole, bytes]) -> Iterator[Desk]:
        """Give the desk with these keys open. Raises KeyRefusedError, NotFoundError or UnavailableError."""
        settings = self.settings
        with ExitStack() as stack:
            opened = {
                role: stack.enter_context(open_key(self.folder, role, settings.place(role), secret))
                for role, secret in passphrases.items()
            }
            yield self.desk(opened)

    def check_passphrase(self, role: KeyRole, passphrase: bytes) -> None:
        """Check that a passphrase opens a role's key. Raises as ``unlocked`` does."""
        with self.unlocked({role: passphrase}):
            pass


@contextmanager
def open_door(folder: Path, *, clock: Clock, entropy: Entropy) -> Iterator[Door]:
    """Give the way into a desk's folder until the context ends. Raises WrongUseError where there is no desk."""
    load_settings(folder)
    database = Database(folder / "desk.db")
    try:
        with open_client() as http:
            yield Door(folder, clock, entropy, database, http)
    finally:
        database.close()
