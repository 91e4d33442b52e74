"""Published planes in memory: every file that a registry would have written, so that any bit can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from registry.entity import sign_entity_configuration
from tests.simulator import HOST, RegistrySimulator
from tests.world import World
from verifier.audit.plane import trust_list_path
from verifier.directory.changes import changes_since
from verifier.directory.growing import GrowingDirectory
from verifier.directory.proven import delta_path, index_path
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token
from verifier.errors import NotFoundError
from verifier.log.tile import entries_path, tiles_between
from verifier.names import body_uri, directory_uri, log_origin
from verifier.statement import Draft
from verifier.statement.commitment import Disclosure, committed, salt_from
from verifier.trust.trustlist import TYP as TRUST_LIST
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.trust.root import TrustRoot

ANOTHER = "0188-7000012050002"
"""An organisation that neither holds the first mark nor is the body."""


@dataclass
class Plane:
    """A plane and its listing. ``fetch`` serves the files, nothing else."""

    files: dict[str, bytes]

    def fetch(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise NotFoundError(path) from None

    def names(self, folder: str) -> list[str]:
        start = len(folder) + 1
        return sorted({path[start:].partition("/")[0] for path in self.files if path.startswith(f"{folder}/")})

    def paths(self) -> Iterator[str]:
        return iter(sorted(self.files))

    def changed(self, path: str, data: bytes) -> Plane:
        return Plane({**self.files, path: data})

    def without(self, path: str) -> Plane:
        return Plane({name: data for name, data in self.files.items() if name != path})


def published(sim: RegistrySimulator) -> Plane:
    """Return everything that the simulated registry publishes, with the tiles of every kept checkpoint."""
    files = dict(sim.files)
    kept = [int(path.rpartition("/")[2]) for path in files if path.startswith("log/checkpoints/")]
    for size in kept:
        for tile in tiles_between(0, size):
            paths = [tile.path] + ([entries_path(tile.index, tile.width)] if tile.level == 0 else [])
            files |= {path: sim.fetch(path) for path in paths}
    return Plane(files)


def disclose_name(world: World, name: str) -> None:
    """Have the body's name committed to in the log, and published."""
    sim = world.sim
    uri = body_uri(HOST, world.body.no)
    disclosure = Disclosure(salt_from(sim.entropy), "name", name)
    sd = committed(log=log_origin(HOST), object=uri, disclosures=(disclosure,), entropy=sim.entropy)
    draft = Draft(log_origin(HOST), "body.amended", uri, sim.terms((3, 4)), sd)
    first, second = sim.ceremony.keys.operators
    sim.speak(draft, first, second=second)
    shown = {"object": uri, "disclosures": [disclosure.members()]}
    sim.files[f"e/{world.body.no}.json"] = canonical(shown) + b"\n"


def publish_epoch(world: World, growing: GrowingDirectory, name: str) -> None:
    """Log and serve a directory with all files that a registry writes for it."""
    sim, directory = world.sim, world.sim.ceremony.keys.directory
    epoch = growing.advance(changes_since(sim.state, growing.size))
    trust_list = sign_trust_list(
        sim.state,
        sim.root,
        names={world.body.uri: name},
        iat=sim.now,
        nonce=b64u(sim.entropy(16)),
        signer=directory,
    )
    files = {index_path(epoch.size): epoch.files.index, trust_list_path(epoch.size): trust_list.encode()}
    if epoch.delta is not None:
        files[delta_path(epoch.size)] = epoch.delta.serialize()
    logged = [
        {"uri": path, "sha256": parse_token(data, TRUST_LIST).digest if path.endswith("jwt") else digest(data)}
        for path, data in files.items()
    ]
    public = {"size": epoch.size, "bits": epoch.bits, "root": b64u(epoch.root), "files": logged}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, directory))
    configuration = sign_entity_configuration(sim.state, organisation="Sample", iat=sim.now, signer=directory)
    sim.publish()
    sim.files |= files | {f"directory/shards/{shard}": data for shard, data in epoch.files.shards.items()}
    sim.files["trust/list.jwt"] = trust_list.encode()
    sim.files[".well-known/openid-federation"] = configuration.encode()
    sim.files["directory/latest"] = canonical({"entry": entry, "size": epoch.size}) + b"\n"


@dataclass(frozen=True)
class Story:
    """A small registry with all that can be published, honest to the last byte."""

    world: World
    plane: Plane
    marks: tuple[str, ...]

    @property
    def root(self) -> TrustRoot:
        return self.world.pinned


@cache
def honest() -> Story:
    """Return the story: two marks, one of them suspended, a disclosed name, two directories."""
    world, growing, name = World("audited"), GrowingDirectory(), "見本評価機構"
    disclose_name(world, name)
    first = world.issue(directory=False)
    world.sim.now += 600
    second = world.issue(idx=8, identifier=ANOTHER, name="別会社", directory=False)
    publish_epoch(world, growing, name)
    world.sim.now += 600
    world.suspend(first, directory=False)
    publish_epoch(world, growing, name)
    return Story(world, published(world.sim), (first, second))
