"""A small registry with all that can be published, for tests of whoever checks it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from registry.scenario.simulated_life import correct
from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_plane import Plane, disclose_name, publish_epoch, published, status_lists
from registry.scenario.simulated_treaty import list_foreign_operator
from registry.scenario.simulated_world import World
from verifier.directory.growing import GrowingDirectory
from verifier.scheme.tables import files_digest
from verifier.statement.document import write_document

if TYPE_CHECKING:
    from verifier.trust.root import TrustRoot

__all__ = [
    "ANOTHER",
    "Plane",
    "Story",
    "corrected",
    "disclose_name",
    "honest",
    "publish_epoch",
    "published",
    "status_lists",
]

ANOTHER = "0188-7000012050002"
"""An organisation that neither holds the first mark nor is the body."""


@dataclass(frozen=True)
class Story:
    """A small registry with all that can be published, honest to the last byte."""

    world: World
    plane: Plane
    marks: tuple[str, ...]

    @property
    def root(self) -> TrustRoot:
        return self.world.pinned


def publish_notice(world: World) -> None:
    files = {"ja.md": "# お知らせ\n".encode(), "en.md": b"# Notice\n"}
    public = {"kind": "fake_mark", "sha256": files_digest(files)}
    one = world.sim.ceremony.keys.operators[:1]
    uri = f"https://{HOST}/n/1"
    world.sim.say("notice.published", uri, public, operators=one, document=write_document(files))
    world.sim.publish()


@cache
def honest() -> Story:
    """Return the story: two marks, one of them suspended, a disclosed name, two directories."""
    return _story(is_corrected=False)


@cache
def corrected() -> Story:
    """Return the same story, with a mark that was corrected and an agreement that was proposed."""
    return _story(is_corrected=True)


def _story(*, is_corrected: bool) -> Story:
    world, growing, name = World("audited"), GrowingDirectory(), "見本評価機構"
    disclose_name(world, name)
    first = world.issue(directory=False)
    world.sim.now += 600
    second = world.issue(idx=8, identifier=ANOTHER, name="別会社", directory=False)
    publish_epoch(world, growing, name)
    world.sim.now += 600
    world.suspend(first, directory=False)
    if is_corrected:
        correct(world, second, name="株式会社別会社", directory=False)
        list_foreign_operator(world).propose()
        publish_notice(world)
    publish_epoch(world, growing, name)
    return Story(world, published(world.sim), (first, second))
