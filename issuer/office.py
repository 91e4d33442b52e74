"""The desk's folder: ``desk.toml`` (who and where), ``keys/`` (encrypted key files), ``desk.db``, ``root.json``.

Each key may have a passphrase of its own, which is what keeps assessor and decider two people at one machine. A key may
be in a security module instead; then ``desk.toml`` says in which, and nothing of it is here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from issuer.database import Database
from issuer.desk import Desk
from issuer.identity import ROLES, Identity, KeyPlace
from issuer.keyring import Place, all_or_no_keys, make_key, open_key
from issuer.submit import RegistryClient
from issuer.trust import PinnedRoot
from verifier.edge.client import open_client
from verifier.edge.whole_file import write_whole
from verifier.errors import WrongUseError
from verifier.injected import Clock, Entropy
from verifier.names import HOST
from verifier.schema import Closed, Count, read_model
from verifier.scheme.tables import read_toml
from verifier.statement.public import KeyRole

SETTINGS = "desk.toml"
ROOT = "root.json"

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"<>?#]{1,200}$")]


class Keys(Closed):
    """The three keys of a desk."""

    assessor: Place
    decider: Place
    desk: Place


class Others(Closed):
    """Keys beside the three that sign: those that were announced, or those that were signed with before."""

    assessor: Place | None = None
    decider: Place | None = None
    desk: Place | None = None


class Settings(Closed):
    """Which body this desk is, and where the registry is read and written."""

    host: Annotated[str, Field(pattern=f"^{HOST.pattern}$")]
    body: Count
    read: Address
    api: Address
    keys: Keys
    announced: Others = Others()
    former: Others = Others()

    def place(self, role: KeyRole) -> Place:
        """Return where the key is that signs in this role."""
        place: Place = getattr(self.keys, role)
        return place

    @property
    def identity(self) -> Identity:
        """The body and its people."""
        named = ((role, self.place(role)) for role in ROLES)
        return Identity(self.host, self.body, {role: KeyPlace(place.holder, place.no) for role, place in named})

    def checked(self) -> Settings:
        """Return these settings. Raises WrongUseError when two people or two numbers are one."""
        groups = (self.keys, self.announced, self.former)
        places = [place for one in groups for role in ROLES if (place := getattr(one, role)) is not None]
        if self.keys.assessor.holder == self.keys.decider.holder:
            raise WrongUseError("assessor and decider must be two people", hint="Name two holders.")
        if len({place.no for place in places}) != len(places):
            raise WrongUseError("every key of a body has its own number")
        return self


def read_settings(members: Mapping[str, object]) -> Settings:
    """Return settings under their schema; assessor and decider must be two holders, all numbers different.

    Raises StatementError, WrongUseError.
    """
    return read_model(Settings, members, what="settings").checked()


def found_office(
    folder: Path,
    settings: Settings,
    *,
    passphrases: Mapping[KeyRole, bytes],
    entropy: Entropy,
    root: bytes | None = None,
) -> None:
    """Make the folder with its settings, its database and three new keys, encrypted or inside their tokens.

    ``root`` is the trust root to pin. Raises WrongUseError when there is a desk already, TrustRootError or
    MalformedError for a root that does not hold, and as ``make_key`` does.
    """
    if (folder / SETTINGS).exists():
        raise WrongUseError(f"{folder} is a desk already", hint="Choose another folder with --desk.")
    (folder / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    if root is not None:
        PinnedRoot(folder / ROOT, settings.host).give(root)
    with all_or_no_keys(folder):
        places = {role: settings.place(role) for role in ROLES}
        made = {role: make_key(folder, role, places[role], passphrases[role], entropy=entropy) for role in ROLES}
        Database(folder / "desk.db").close()
        write_settings(folder, settings.model_copy(update={"keys": Keys(**made)}))


def load_settings(folder: Path) -> Settings:
    """Return the settings of a desk. Raises WrongUseError where there is none, MalformedError for a wrong file."""
    try:
        text = (folder / SETTINGS).read_bytes()
    except FileNotFoundError as error:
        raise WrongUseError(f"{folder} is not a desk", hint="Make one with `shirushi issuer init`.") from error
    return read_toml(text, Settings, file=SETTINGS).checked()


def write_settings(folder: Path, settings: Settings) -> None:
    """Put the settings in the place of the old ones, whole. Raises WrongUseError for settings that contradict."""
    write_whole(folder / SETTINGS, _toml(settings.checked().members()).encode())


@contextmanager
def open_office(
    folder: Path, *, roles: Iterable[KeyRole], passphrase: bytes, clock: Clock, entropy: Entropy
) -> Iterator[Desk]:
    """Give the desk of a folder with the keys of these roles open; ``passphrase`` may be a token's PIN.

    Raises WrongUseError, KeyRefusedError, NotFoundError or UnavailableError.
    """
    settings = load_settings(folder)
    with ExitStack() as stack:
        opened = {role: open_key(folder, role, settings.place(role), passphrase) for role in roles}
        signers = {role: stack.enter_context(key) for role, key in opened.items()}
        database = Database(folder / "desk.db")
        stack.callback(database.close)
        http = stack.enter_context(open_client())
        root = PinnedRoot(folder / ROOT, settings.host)
        registry = RegistryClient(http, read=settings.read, api=settings.api, root=root)
        yield Desk(database, settings.identity, signers, registry, clock, entropy)


def _toml(members: Mapping[str, object], table: str = "") -> str:
    """Return the members as TOML. A JSON string is a TOML basic string; no list and no null is let in."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in _plain(members)]
    text = "\n".join([f"[{table}]", *lines] if table and lines else lines) + "\n" if lines else ""
    for name, value in members.items():
        if isinstance(value, dict):
            inner = _toml(value, f"{table}.{name}" if table else name)
            text += f"\n{inner}" if inner and text else inner
    return text


def _plain(members: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in members.items() if not isinstance(value, dict)]
