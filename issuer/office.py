"""The desk's folder: ``desk.toml`` (who and where), ``keys/`` (one encrypted file a role), ``desk.db``.

Each key may have a passphrase of its own, which is what keeps assessor and decider two people at one machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import ROLES, Identity, KeyPlace
from issuer.submit import RegistryClient
from verifier.edge.client import open_client
from verifier.edge.keystore import load_signer, save_signer
from verifier.errors import WrongUseError
from verifier.injected import Clock, Entropy
from verifier.names import HOST
from verifier.schema import Closed, Count, Label, read_model
from verifier.scheme.tables import read_toml
from verifier.signer import SoftwareSigner
from verifier.statement.public import KeyRole

SETTINGS = "desk.toml"

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"<>?#]{1,200}$")]


class Place(Closed):
    """Whose key a role has, and its number within the body."""

    holder: Label
    no: Count


class Keys(Closed):
    """The three keys of a desk."""

    assessor: Place
    decider: Place
    desk: Place


class Settings(Closed):
    """Which body this desk is, and where the registry is read and written."""

    host: Annotated[str, Field(pattern=f"^{HOST.pattern}$")]
    body: Count
    read: Address
    api: Address
    keys: Keys

    @property
    def identity(self) -> Identity:
        """The body and its people."""
        named = ((role, getattr(self.keys, role)) for role in ROLES)
        return Identity(self.host, self.body, {role: KeyPlace(place.holder, place.no) for role, place in named})


def read_settings(members: Mapping[str, object]) -> Settings:
    """Return settings under their schema; assessor and decider must be two holders, all numbers different.

    Raises StatementError, WrongUseError.
    """
    settings = read_model(Settings, members, what="settings")
    keys = settings.keys
    if keys.assessor.holder == keys.decider.holder:
        raise WrongUseError("assessor and decider must be two people", hint="Name two holders.")
    if len({keys.assessor.no, keys.decider.no, keys.desk.no}) != len(ROLES):
        raise WrongUseError("every key of a body has its own number")
    return settings


def found_office(
    folder: Path, settings: Settings, *, passphrases: Mapping[KeyRole, bytes], entropy: Entropy
) -> dict[KeyRole, SoftwareSigner]:
    """Make the folder with its settings, database and three new encrypted keys; return the open keys.

    Raises WrongUseError when there is one already.
    """
    if (folder / SETTINGS).exists():
        raise WrongUseError(f"{folder} is a desk already", hint="Choose another folder with --desk.")
    (folder / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    signers = {role: SoftwareSigner.generate(entropy) for role in ROLES}
    for role, signer in signers.items():
        save_signer(_key_file(folder, role), signer, passphrases[role])
    Database(folder / "desk.db").close()
    (folder / SETTINGS).write_text(_toml(settings), encoding="utf-8")
    return signers


@contextmanager
def open_office(
    folder: Path, *, roles: Iterable[KeyRole], passphrase: bytes, clock: Clock, entropy: Entropy
) -> Iterator[Desk]:
    """Give the desk of a folder with the keys of these roles open. Raises WrongUseError, KeyRefusedError."""
    try:
        text = (folder / SETTINGS).read_bytes()
    except FileNotFoundError as error:
        raise WrongUseError(f"{folder} is not a desk", hint="Make one with `shirushi issuer init`.") from error
    settings = read_toml(text, Settings, file=SETTINGS)
    signers = {role: load_signer(_key_file(folder, role), passphrase) for role in roles}
    database = Database(folder / "desk.db")
    try:
        with open_client() as http:
            registry = RegistryClient(http, read=settings.read, api=settings.api)
            yield Desk(database, settings.identity, signers, registry, clock, entropy)
    finally:
        database.close()


def _key_file(folder: Path, role: KeyRole) -> Path:
    return folder / "keys" / f"{role}.pem"


def _toml(settings: Settings) -> str:
    # A JSON string is a TOML basic string; the schema lets no other kind of value in.
    plain = [f"{name} = {json.dumps(getattr(settings, name))}" for name in ("host", "body", "read", "api")]
    for role in ROLES:
        place: Place = getattr(settings.keys, role)
        plain += ["", f"[keys.{role}]", f"holder = {json.dumps(place.holder)}", f"no = {place.no}"]
    return "\n".join(plain) + "\n"
