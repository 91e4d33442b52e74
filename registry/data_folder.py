"""The data folder of a registry: where its database, keys, witnesses and published files stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry.publishing.published import witness_policy
from registry.rows.database_postgresql import check_url
from registry.settings import read_settings
from verifier.edge.keystore import save_lattice_key, save_note_key, save_signer
from verifier.errors import NotFoundError, WrongUseError
from verifier.trust.root import TrustRoot, follow, pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from registry.root.ceremony import AuthorityKeys, MadeCustodian
    from verifier.log.tlog_policy import PolicyWitness

OPERATORS = ("operator-1", "operator-2")
DIRECTORY = "directory"
RECEIPT = "receipt"
STATUS = "status"
LOG = "log"


@dataclass(frozen=True)
class DataFolder:
    """The places below one folder."""

    path: Path

    @property
    def database(self) -> Path:
        """The file of the registry's database, where it is one."""
        return self.path / "registry.db"

    @property
    def database_place(self) -> Path | str:
        """Where the registry's database is: the URL in the settings, else the file here. Raises WrongUseError."""
        settings = read_settings(self.path)
        if settings.database:
            check_url(settings.database)
        elif settings.api_workers > 1:
            raise WrongUseError("several workers of the API need PostgreSQL", hint="Set database, or api_workers = 1.")
        return settings.database or self.database

    @property
    def signer_store(self) -> Path:
        """What the log key signed last; never part of a backup."""
        return self.path / "signer.db"

    @property
    def casebook(self) -> Path:
        """Complaints, appeals and reports of misuse: private, and never part of what is copied or published."""
        return self.path / "casebook.db"

    @property
    def reports(self) -> Path:
        """Reports of misuse from the public form, until the casebook takes them in: private like it."""
        return self.path / "reports"

    @property
    def applications(self) -> Path:
        """Bodies' applications to be accredited: private like the casebook."""
        return self.path / "applications.db"

    @property
    def verification(self) -> Path:
        """What the verification service derives, and lists that it is checking: to be thrown away at any time."""
        return self.path / "verification"

    @property
    def portal(self) -> Path:
        """What clients of the portal keep, where its database is a file: private, and never part of what is copied."""
        return self.path / "portal.db"

    @property
    def follow_key(self) -> Path:
        """The key under which the portal keeps who follows a number by mail; beside its database, never in it."""
        return self.path / "followings.key"

    @property
    def documents(self) -> Path:
        """Documents of marks that were made and signed: to be thrown away at any time."""
        return self.path / "documents"

    @property
    def sandbox(self) -> Path:
        """What a sandbox has to practise on: public, but no part of the read plane."""
        return self.path / "sandbox"

    @property
    def programmes(self) -> Path:
        """The programmes that pages tell of, one folder each; without it, the illustrative ones of the product."""
        return self.path / "programmes"

    @property
    def timers(self) -> Path:
        """What the clock made due and waits for two operators, and their word on it."""
        return self.path / "timers"

    @property
    def public(self) -> Path:
        """The read plane."""
        return self.path / "public"

    @property
    def run_file(self) -> Path:
        """Which processes run and where they answer."""
        return self.path / "run.json"

    def key(self, name: str) -> Path:
        """Return the file of a key, such as ``log`` or ``operator-1``."""
        return self.path / "keys" / f"{name}.pem"

    def witness_key(self, name: str) -> Path:
        """Return the key file of a demonstration witness, by its name in the policy."""
        return self.key(f"witness-{name}")

    def witness_store(self, name: str) -> Path:
        """Return the store of a demonstration witness."""
        return self.path / "witnesses" / f"{name}.db"

    def trust_root(self) -> TrustRoot:
        """Return the newest trust root that follows from version 1. Raises NotFoundError before the ceremony."""
        try:
            first = (self.public / "trust/1.json").read_bytes()
        except OSError as error:
            raise NotFoundError(f"{self.path} holds no trust root", hint="shirushi registry init makes one.") from error
        others = [path.read_bytes() for path in (self.public / "trust").glob("[0-9]*.json")]
        return follow(pin(first), others)

    def own_witnesses(self) -> list[PolicyWitness]:
        """Return the witnesses of the policy whose keys are in this folder: those of a demonstration."""
        return [one for one in witness_policy(self.trust_root()).witnesses if self.witness_key(one.name).exists()]

    def keep_custodians(self, custodians: Iterable[MadeCustodian], *, passphrase: bytes) -> None:
        """Write the custodians' keys of a ceremony held on this machine; they sign the next trust root."""
        for one in custodians:
            save_signer(self.key(one.holder), one.es256, passphrase)
            save_lattice_key(self.key(f"{one.holder}-ml-dsa-65"), one.ml_dsa_65, passphrase)

    def keep_keys(self, keys: AuthorityKeys, witnesses: Mapping[str, Ed25519PrivateKey], *, passphrase: bytes) -> None:
        """Write the keys of a ceremony and of demonstration witnesses, encrypted. Raises WrongUseError."""
        signers = dict(zip(OPERATORS, keys.operators, strict=True))
        for name, signer in {**signers, DIRECTORY: keys.directory, STATUS: keys.status, RECEIPT: keys.receipt}.items():
            save_signer(self.key(name), signer, passphrase)
        save_note_key(self.key(LOG), keys.log, passphrase)
        for name, key in witnesses.items():
            save_note_key(self.witness_key(name), key, passphrase)
