"""The stage in one process: a clock that stands still until it is moved, seeded keys, HTTP without a network.

With the same seed and start the story gives the same log root, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.admission.api import create_api
from registry.log.service import Registry
from registry.log.whole_plane import WholePlane
from registry.publishing.files import PublicFolder
from registry.publishing.publisher import Publisher
from registry.publishing.signer_store import SignerStore
from registry.reading.reader import create_reader
from registry.root.ceremony import Ceremony, Environment, WitnessPlace, hold_ceremony, log_vkey
from registry.root.genesis import open_log
from registry.rows.database import Database
from registry.scenario import cast
from registry.scenario.stage import Stage
from registry.web.in_process import InProcessTransport
from registry.witness.client import WitnessClient
from registry.witness.house import HouseConfig, create_app
from registry.witness.service import WitnessConfig
from verifier.edge.write_api import Addresses
from verifier.injected import Entropy, seeded_entropy
from verifier.log.cosignature import Cosigner
from verifier.log.note import NoteSigner, parse_vkey
from verifier.names import log_origin


@dataclass(frozen=True)
class Place:
    """Where a story is played: under which host, in which environment."""

    host: str = cast.HOST
    environment: Environment = "demonstration"

    def witness(self, name: str) -> str:
        """Return the name by which a witness of this place signs."""
        return f"{name}.{self.host}"


class HandClock:
    """A clock that only its owner moves; reads as UTC seconds."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class OneProcess:
    """A whole registry in one process, stepped by ``pass_time``."""

    def __init__(self, folder: Path, *, seed: str, start: int, place: Place, database: str | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = HandClock(start)
        self.directories = 0
        """How many directories were logged."""

        entropy = seeded_entropy(seed)
        self.witness_keys = {name: Ed25519PrivateKey.from_private_bytes(entropy(32)) for name, _, _ in cast.WITNESSES}
        self.ceremony = _ceremony(place, self.witness_keys, now=start, entropy=entropy)
        root, keys = self.ceremony.root, self.ceremony.keys
        self.public = folder / "public"
        self.registry = Registry(
            database=database or folder / "registry.db",
            public=self.public,
            root=root,
            directory_signer=keys.directory,
            status_signer=keys.status,
            organisation="Demonstration authority",
            clock=self.clock,
            entropy=entropy,
        )
        self._plane = WholePlane(self.registry)
        log_key = parse_vkey(log_vkey(place.host, keys.log))
        house = {
            name: WitnessConfig(place.witness(name), key, folder / f"{name}.db", (log_key,), self.clock)
            for name, key in self.witness_keys.items()
        }
        services = {
            "api": create_api(self._plane.api_side, keys.receipt),
            "read": create_reader(self.public, trust_root=root, now=self.clock),
            "witness": create_app(HouseConfig(house)),
        }
        self._transport = InProcessTransport(services)
        http = httpx.Client(transport=self._transport)
        self._publisher = Publisher(
            database=Database(database or folder / "registry.db"),
            signer_store=SignerStore(folder / "signer.db"),
            public=PublicFolder(self.public, writer="publisher"),
            root=root,
            signer=NoteSigner(log_origin(place.host), keys.log),
            witnesses={name: WitnessClient(f"http://witness/{name}", http) for name in house},
            clock=self.clock,
        )
        first, second = keys.operators
        self.registry.ledger.take()
        open_log(self.registry.ledger, self.registry.office, self.registry.public, first=first, second=second)
        self._publisher.recover()
        self._plane.start()
        self.pass_time(1)
        self.stage = Stage(
            root=root,
            operators=(first, second),
            http=http,
            addresses=Addresses(read="http://read", api="http://api"),
            desk=folder / "desk.db",
            clock=self.clock,
            entropy=entropy,
            pass_time=self.pass_time,
        )

    def pass_time(self, seconds: float) -> None:
        """Let publisher and jobs take a turn, and move the clock by whole seconds, one at least."""
        self.clock.now += max(1, int(seconds))
        self._publisher.publish_once()
        self.directories += self.registry.directory.step().outcome == "submitted"
        self.registry.status.step()
        self.registry.mark_status.step()

    def close(self) -> None:
        """Stop the writer and the thread that serves."""
        self._plane.stop()
        self._transport.close()


@contextmanager
def one_process(
    folder: Path, *, seed: str, start: int, place: Place = Place(), database: str | None = None
) -> Iterator[OneProcess]:
    """Yield a registry in one process over an empty folder, and an empty database where a URL names one."""
    world = OneProcess(folder, seed=seed, start=start, place=place, database=database)
    try:
        yield world
    finally:
        world.close()


def _ceremony(place: Place, keys: dict[str, Ed25519PrivateKey], *, now: int, entropy: Entropy) -> Ceremony:
    places = [
        WitnessPlace(name, str(Cosigner(place.witness(name), keys[name]).key), operator, country)
        for name, operator, country in cast.WITNESSES
    ]
    return hold_ceremony(
        host=place.host,
        zone=cast.ZONE,
        environment=place.environment,
        witnesses=places,
        quorum=cast.QUORUM,
        now=now,
        entropy=entropy,
    )
