"""Published planes in memory: every file that a registry would have written, so that any bit can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.publishing.entity import sign_entity_configuration
from registry.publishing.federation_files import federation_files, federation_of
from registry.publishing.mark_status_job import status_words, version_path
from registry.publishing.marked_entities import Listing, marked_files
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_world import World
from registry.scenario.simulator import RegistrySimulator
from verifier.audit.plane import trust_list_path
from verifier.directory.changes import changes_since
from verifier.directory.growing import GrowingDirectory
from verifier.directory.proven import delta_path, index_path
from verifier.encoding import b64u, canonical, digest
from verifier.errors import NotFoundError
from verifier.keys import import_jwk
from verifier.log.tile import entries_path, tiles_between
from verifier.mark_status import sign_mark_status
from verifier.names import body_uri, directory_uri, log_origin, parse_name
from verifier.statement import Draft
from verifier.statement.commitment import Disclosure, committed, salt_from
from verifier.status_book import status_book
from verifier.status_list import AGGREGATION, aggregation_uri, sign_status_list, write_aggregation
from verifier.trust.entity_statement import sign_body_configuration
from verifier.trust.federation_metadata import body_configuration_path, mark_status_path
from verifier.trust.notice_list import PATH as NOTICES
from verifier.trust.notice_list import notice_list
from verifier.trust.recognition_list import LATEST as RECOGNITION_LIST
from verifier.trust.recognition_list import recognition_list_path, sign_recognition_list
from verifier.trust.trustlist import sign_trust_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass
class Plane:
    """A plane and its listing. ``fetch`` serves the files, nothing else."""

    files: dict[str, bytes]

    def fetch(self, path: str) -> bytes:
        """Return a file. Raises NotFoundError."""
        try:
            return self.files[path]
        except KeyError:
            raise NotFoundError(path) from None

    def names(self, folder: str) -> list[str]:
        """Return the names directly below a folder."""
        start = len(folder) + 1
        return sorted({path[start:].partition("/")[0] for path in self.files if path.startswith(f"{folder}/")})

    def paths(self) -> Iterator[str]:
        """Yield every path, in order."""
        return iter(sorted(self.files))

    def changed(self, path: str, data: bytes) -> Plane:
        """Return the plane with other bytes under a path."""
        return Plane({**self.files, path: data})

    def without(self, path: str) -> Plane:
        """Return the plane without a file."""
        return Plane({name: data for name, data in self.files.items() if name != path})


def published(sim: RegistrySimulator) -> Plane:
    """Return everything that the simulated registry publishes, with the tiles of every kept checkpoint."""
    files = dict(sim.files)
    kept = [int(path.rpartition("/")[2]) for path in files if path.startswith("log/checkpoints/")]
    for size in kept:
        for tile in tiles_between(0, size):
            paths = [tile.path] + ([entries_path(tile.index, tile.width)] if tile.level == 0 else [])
            files |= {path: sim.fetch(path) for path in paths}
    return Plane(status_lists(sim) | status_responses(sim) | files)


def status_lists(sim: RegistrySimulator, *, void: Iterable[str] = ()) -> dict[str, bytes]:
    """Return the status lists over everything in the log, as they are now."""
    book, signer = status_book(sim.state, void=void), sim.ceremony.keys.status
    made = ((no, book.entries(no, now=sim.now)) for no in book.numbers)
    files = {
        f"status/{no}": sign_status_list(
            entries,
            host=HOST,
            no=no,
            size=sim.state.size,
            iat=sim.now,
            signer=signer,
            aggregation_uri=aggregation_uri(HOST),
        ).encode()
        for no, entries in made
    }
    return {**files, AGGREGATION: write_aggregation(HOST, book.numbers)}


def status_responses(sim: RegistrySimulator) -> dict[str, bytes]:
    """Return the signed status of every published mark, as it is now, and the lists of who holds a valid one."""
    listing = Listing()
    for record in sim.state.marks.values():
        listing.read(record.uri, sim.fetch(version_path(record, record.version)))
    files = marked_files(sim.state.marks.values(), frozenset(), listing.over(lambda path: None), now=sim.now)
    for record in sim.state.marks.values():
        for version, word in status_words(record, now=sim.now, is_void=False):
            mark = sim.fetch(version_path(record, version)).decode("ascii")
            signed = sign_mark_status(HOST, mark, word, iat=sim.now, signer=sim.ceremony.keys.directory)
            files[mark_status_path(parse_name(record.uri).value, version.mark_sha256)] = signed.encode()
    return files


def federation(world: World) -> dict[str, bytes]:
    """Return what the authority says for OpenID Federation, and what the body says of itself."""
    sim, body = world.sim, world.body
    said = federation_of(sim.state, sim.root, time_of=lambda index: sim.now)
    files = federation_files(said, lambda path: None, iat=sim.now, signer=sim.ceremony.keys.directory)
    decider = body.keys["decider"]
    own = sign_body_configuration(
        HOST, body.no, organisation="Sample body", keys=[import_jwk(decider.jwk)], iat=sim.now, signer=decider
    )
    return {**files, body_configuration_path(body.no): own.encode()}


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
    recognition_list = sign_recognition_list(
        sim.state, iat=sim.now, nonce=b64u(sim.entropy(16)), signer=directory
    ).encode()
    files = {
        index_path(epoch.size): epoch.files.index,
        trust_list_path(epoch.size): trust_list.encode(),
        recognition_list_path(epoch.size): recognition_list,
    }
    if epoch.delta is not None:
        files[delta_path(epoch.size)] = epoch.delta.serialize()
    logged = [
        {"uri": path, "sha256": digest(data.rpartition(b".")[0] if path.endswith("jwt") else data)}
        for path, data in files.items()
    ]
    public = {"size": epoch.size, "bits": epoch.bits, "root": b64u(epoch.root), "files": logged}
    draft = Draft(log_origin(HOST), "directory.published", directory_uri(HOST), public)
    entry = sim.append(sim.signed(draft, directory))
    configuration = sign_entity_configuration(sim.state, organisation="Sample", iat=sim.now, signer=directory)
    sim.publish()
    sim.files |= files | {f"directory/shards/{shard}": data for shard, data in epoch.files.shards.items()}
    sim.files["trust/list.jwt"] = trust_list.encode()
    sim.files[RECOGNITION_LIST] = recognition_list
    sim.files[NOTICES] = notice_list(sim.state, epoch.size)
    sim.files[".well-known/openid-federation"] = configuration.encode()
    sim.files |= federation(world)
    sim.files["directory/latest"] = canonical({"entry": entry, "size": epoch.size}) + b"\n"
