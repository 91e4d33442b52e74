"""The outsiders: whoever verifies one mark, audits, monitors or checks the files, with nothing but what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.scenario.lies.told import Lie
from registry.scenario.simulated_plane import published
from registry.scenario.simulated_world import World
from verifier.audit.audit import Asked, audit
from verifier.audit.fsck import Published, fsck
from verifier.audit.memory import fresh_memory
from verifier.audit.monitor import Monitor, Watched
from verifier.gather import gather
from verifier.verdict import CheckName, Result
from verifier.verify import verify_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.scenario.lies.told import Shown
    from registry.scenario.simulated_plane import Plane
    from verifier.audit.finding import Finding


OPEN = " could not be made"


@dataclass(frozen=True)
class Found:
    """What one outsider found, by the name of the finding or of the failed check."""

    by: str
    name: str
    says: str


@dataclass(frozen=True)
class Outcome:
    """What became of a lie. ``honest`` is what the same outsiders found in the same story without it."""

    lie: Lie
    found: tuple[Found, ...]
    honest: tuple[Found, ...]

    @property
    def catch(self) -> Found | None:
        """What had to be found, where it was found."""
        wanted = (self.lie.caught.by, self.lie.caught.name.value)
        return next((one for one in self.found if (one.by, one.name) == wanted), None)

    @property
    def is_caught(self) -> bool:
        """Whether the named check caught the lie, and nobody found anything in the honest story."""
        return self.catch is not None and not self.honest

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        caught = self.lie.caught
        return {
            "lie": self.lie.name,
            "liar": self.lie.liar,
            "expected": {"by": caught.by, "name": caught.name.value},
            "caught": self.is_caught,
            "says": self.catch.says if self.catch else None,
            "found": [vars(one) for one in self.found],
            "found_without_the_lie": [vars(one) for one in self.honest],
        }


def play(lie: Lie, *, seed: str) -> Outcome:
    """Tell the lie, and the same story without it, and let everybody look at both."""
    return Outcome(lie, tuple(_look_at(lie, seed, lying=True)), tuple(_look_at(lie, seed, lying=False)))


def _look_at(lie: Lie, seed: str, *, lying: bool) -> Iterable[Found]:
    world = World(seed)
    shown = lie.story(world, lying=lying)
    plane = published(world.sim)
    asked = Asked(plane, world.pinned, plane, shown.seen)
    yield from _told("audit", audit(asked, _silently).findings)
    yield from _told("fsck", fsck(Published(plane, world.pinned, plane), _silently).findings)
    yield from _told("monitor", _monitored(world, plane, shown))
    yield from _verified(world, plane, shown)


def _monitored(world: World, plane: Plane, shown: Shown) -> Iterable[Finding]:
    before = shown.before or plane
    monitor = Monitor(Watched(before, world.pinned), lambda: fresh_memory(world.sim.root.host))
    first = monitor.look(world.sim.now, _silently).findings
    if shown.before is None:
        return first
    memory = monitor.memory
    return Monitor(Watched(plane, world.pinned), lambda: memory).look(world.sim.now, _silently).findings


def _verified(world: World, plane: Plane, shown: Shown) -> Iterable[Found]:
    mark = world.sim.files[f"m/{shown.mark}.jwt"].decode()
    verdict = verify_text(mark, bundle=gather(plane, shown.mark), root=world.pinned, now=world.sim.now)
    for check in verdict.checks:
        # That a mark is suspended is an answer, not a lie.
        if check.result is Result.PASSED or check.name is CheckName.STATE:
            continue
        # A check that could not be made catches nothing, and honest evidence leaves none open.
        name = check.name.value + (OPEN if check.result is Result.UNKNOWN else "")
        yield Found("verify", name, f"{verdict.headline.value}: {check.detail or check.reason}")


def _told(by: str, findings: Iterable[Finding]) -> Iterable[Found]:
    for one in findings:
        if one.counts:
            yield Found(by, one.code.value, one.kind.explanation + (f" ({one.detail})" if one.detail else ""))


def _silently(done: int, total: int) -> None:
    """Show no progress."""
