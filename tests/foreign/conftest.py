"""A foreign operator's folder before a registry that is really there, and its console with people at it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from recognition.console.desks import Desks, open_desks
from recognition.console.foreign_plan import foreign_plan
from recognition.console.operator_folder import Operator, found_folder
from recognition.foreign_desk import ForeignDesk, ForeignOperator
from registry.admission.api import create_api
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.reading.reader import create_reader
from registry.root.ceremony import WitnessPlace, hold_ceremony
from registry.scenario import cast
from registry.scenario.border import OPERATOR_NO, SCHEME
from registry.scenario.one_process import OneProcess, one_process
from tests.console.enrolled import free_port, open_console, serving
from verifier.edge.console.application import Console
from verifier.edge.keystore import load_signer, save_signer
from verifier.edge.packs import load_pack
from verifier.edge.page.pages import PageRenderer
from verifier.envelope import DAY
from verifier.injected import seeded_entropy
from verifier.log.cosignature import Cosigner
from verifier.signer import SoftwareSigner

PASSPHRASE = "a long foreign passphrase"
LABEL = "jp-partner"


@dataclass
class Alone:
    """The foreign operator's folder and console, with nobody to send anything to."""

    folder: Path
    console: Console

    @property
    def desks(self) -> Desks:
        return open_desks(self.folder)

    def day(self, days: int) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * DAY))


@dataclass
class Corridor(Alone):
    """Both sides: a registry served over HTTP, its authority, and the foreign operator's folder and console."""

    world: OneProcess
    authority: OperatorDesk

    def tick(self, times: int = 3) -> None:
        for _ in range(times):
            self.world.pass_time(1)


def hold_authority(world: OneProcess) -> OperatorDesk:
    """Return the home authority's two operators at their desk."""
    stage = world.stage
    first, second = stage.operators
    return OperatorDesk(
        host=cast.HOST,
        first=first,
        second=second,
        http=stage.http,
        addresses=stage.addresses,
        clock=stage.clock,
        entropy=stage.entropy,
        pause=lambda: stage.pass_time(1),
        root=stage.root,
    )


def list_operator(world: OneProcess, authority: OperatorDesk, folder: Path) -> None:
    """Let the authority list the foreign operator, and the key that lies in its folder."""
    stage = world.stage
    now = stage.clock()
    authority.publish_scheme(load_pack(cast.SCHEME, cast.VERSION).statement_public())
    authority.accredit(
        Accreditation(
            no=OPERATOR_NO,
            role="foreign_operator",
            identifier=cast.PARTNER.identifier,
            name=cast.PARTNER.name_latin,
            scope=(),
            operates=(SCHEME,),
            begins=now - DAY,
            ends=now + 1000 * DAY,
        )
    )
    signer = load_signer(folder / "keys" / "foreign-operator.pem", PASSPHRASE.encode())
    operator = ForeignOperator(cast.HOST, OPERATOR_NO, "h-partner")
    desk = ForeignDesk(operator, signer=signer, clock=stage.clock, entropy=stage.entropy)
    authority.add_key(desk.prove_key())


def make_folder(path: Path, root: bytes, *, read: str = "http://localhost", api: str = "http://localhost") -> None:
    """Make the operator's folder with its key."""
    said = Operator(host=cast.HOST, no=OPERATOR_NO, holder="h-partner", schemes=(SCHEME,), read=read, api=api)
    made = found_folder(path, operator=said, root=root)
    save_signer(made.key, SoftwareSigner.generate(secrets.token_bytes), PASSPHRASE.encode())


@contextmanager
def alive(app: ASGIApp) -> Iterator[str]:
    """Serve an application that has no path /alive of its own."""
    with serving(app, port := free_port()):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def open_corridor(place: Path) -> Iterator[Corridor]:
    """Yield both sides; the registry's read plane and its API answer over HTTP on loopback."""
    start = int(time.time()) - 40
    with one_process(place / "registry", seed="foreign", start=start) as world:
        keys, root = world.ceremony.keys, world.ceremony.root
        render = PageRenderer(environment=root.content.environment, zone=root.content.zone, now=world.clock)
        reader = create_reader(world.public, trust_root=root, now=world.clock, render=render)
        with alive(reader) as read, alive(create_api(world._plane.api_side, keys.receipt)) as api:
            folder = place / "foreign"
            make_folder(folder, (world.public / "trust/1.json").read_bytes(), read=read, api=api)
            authority = hold_authority(world)
            list_operator(world, authority, folder)
            console = open_console(foreign_plan(folder), folder, port=free_port())
            found = Corridor(folder, console, world, authority)
            found.tick()
            yield found


@pytest.fixture
def corridor(tmp_path: Path) -> Iterator[Corridor]:
    with open_corridor(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def trust_root() -> bytes:
    """Return a trust root to pin."""
    entropy = seeded_entropy("foreign")
    witnesses = [
        WitnessPlace(
            name,
            str(Cosigner(f"{name}.example", Ed25519PrivateKey.from_private_bytes(entropy(32))).key),
            *who,
        )
        for name, *who in cast.WITNESSES
    ]
    held = hold_ceremony(
        host=cast.HOST,
        zone=cast.ZONE,
        environment="demonstration",
        witnesses=witnesses,
        quorum=cast.QUORUM,
        now=int(time.time()) - 40,
        entropy=entropy,
    )
    return held.root.serialize()


@pytest.fixture
def alone(tmp_path: Path, trust_root: bytes) -> Alone:
    """Return a console before which there is no registry."""
    folder = tmp_path / "foreign"
    make_folder(folder, trust_root)
    return Alone(folder, open_console(foreign_plan(folder), folder, port=free_port()))


__all__ = ["alone", "corridor", "trust_root"]
