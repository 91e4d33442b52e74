"""The stage with real processes: keys on disk, HTTP on loopback, the clock on the wall."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from registry.data_folder import OPERATORS, DataFolder
from registry.document.document_key import make_document_key
from registry.household.household import Household, free_port
from registry.root.founding import QUORUM_OF_FOUR, found_registry
from registry.scenario import cast
from registry.scenario.stage import Stage
from registry.settings import PASSPHRASE, PREFIX, read_settings
from verifier.edge.client import open_client
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import Addresses
from verifier.errors import WrongUseError

PASSPHRASE_FILE = "passphrase"
LOOPBACK = "127.0.0.1"


def wall_clock() -> int:
    """Return the present time in UTC seconds."""
    return int(time.time())


def write_passphrase(data: DataFolder) -> bytes:
    """Draw the passphrase of a folder's keys, keep it beside them, and return it."""
    passphrase = secrets.token_urlsafe(32)
    descriptor = os.open(data.path / PASSPHRASE_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(passphrase + "\n")
    return passphrase.encode()


def found(data: DataFolder) -> None:
    """Hold the demonstration's ceremony in an empty folder; its passphrase is drawn and kept beside the keys."""
    data.path.mkdir(parents=True, exist_ok=True)
    passphrase = write_passphrase(data)
    found_registry(
        data,
        host=cast.HOST,
        zone=cast.ZONE,
        witnesses=(),
        quorum=QUORUM_OF_FOUR,
        passphrase=passphrase,
        clock=wall_clock,
        entropy=secrets.token_bytes,
    )
    make_document_key(data, passphrase=passphrase, now=wall_clock(), entropy=secrets.token_bytes)


@contextmanager
def household(
    data: DataFolder, *, read_port: int, verification_port: int = 0, api_port: int = 0, portal_port: int = 0
) -> Iterator[Household]:
    """Yield the running processes of a founded demonstration; 0 takes a free port. All end with the context."""
    place = data.path / PASSPHRASE_FILE
    if not place.exists():
        raise WrongUseError(f"{data.path} holds no demonstration", hint="Delete the folder or choose another --dir.")
    # Only its own passphrase opens its keys, whatever this shell holds for another registry.
    os.environ.pop(PASSPHRASE, None)
    os.environ[f"{PASSPHRASE}_FILE"] = str(place)
    # Without a web server before them, the pages of the two services lead to each other by their own addresses.
    own = {"read": read_port, "verification": verification_port}
    for name, port in own.items():
        own[name] = port or free_port(LOOPBACK, taken=(*own.values(), api_port, portal_port))
    for name, port in own.items():
        os.environ[f"{PREFIX}{name.upper()}_URL"] = f"http://{LOOPBACK}:{port}"
    ports = {f"{name}_port": port for name, port in own.items()}
    ports |= {"api_port": api_port, "witness_port": 0, "portal_port": portal_port}
    with Household(data, read_settings(data.path, given=ports), with_witnesses=True) as running:
        yield running


@contextmanager
def served_stage(data: DataFolder, running: Household) -> Iterator[Stage]:
    """Yield the stage before the running processes."""
    passphrase = (data.path / PASSPHRASE_FILE).read_bytes().strip()
    first, second = (load_signer(data.key(name), passphrase) for name in OPERATORS)
    with open_client() as http:
        yield Stage(
            root=data.trust_root(),
            operators=(first, second),
            http=http,
            addresses=Addresses(read=running.urls["reader"], api=running.urls["api"]),
            desk=data.path / "desk.db",
            clock=wall_clock,
            entropy=secrets.token_bytes,
            pass_time=time.sleep,
        )
