"""The monitor: goes on from what it verified, tells what is new once, and proves a rewritten history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER, OTHER_HOLDER
from tests.audit.planes import ANOTHER, Plane, honest, published
from tests.world import World, changed, fork, fork_issued
from verifier.audit.audit import Asked, audit
from verifier.audit.kinds import Code
from verifier.audit.memory import Memory, fresh_memory, load_memory, save_memory
from verifier.audit.monitor import Look, Monitor, Watched
from verifier.audit.settings import Settings, read_settings
from verifier.encoding import sha256
from verifier.errors import MalformedError, UnavailableError, WrongUseError
from verifier.log.checkpoint import SignedCheckpoint, sign_checkpoint
from verifier.names import log_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.gather import Fetcher

ORIGIN = sha256(log_origin(HOST).encode()).hex()


def silent(done: int, total: int) -> None:
    """Show no progress."""


class Desk:
    """A monitor with its state in lines, as a file would have it, over a plane that can be exchanged."""

    def __init__(self, world: World, settings: Settings | None = None, *subjects: str, **others: object) -> None:
        self.world = world
        self.plane: Fetcher | None = None
        self.lines: list[bytes] = []
        watched = Watched(self, world.pinned, settings or Settings(), frozenset(subjects))
        self.watched = replace(watched, **others)  # type: ignore[arg-type]
        self.monitor = Monitor(self.watched, self.load)

    def fetch(self, path: str) -> bytes:
        return (self.plane or self.world.sim).fetch(path)

    def load(self) -> Memory:
        return load_memory(self.lines, self.world.pinned) if self.lines else fresh_memory(HOST)

    def look(self, *, after: int = 0, restart: bool = True) -> Look:
        """Look as a program that is started for it, and saves what it has verified."""
        if restart:
            self.monitor = Monitor(self.watched, self.load)
        look = self.monitor.look(self.world.sim.now + after, silent)
        self.lines = list(save_memory(self.monitor.memory, self.world.pinned))
        return look

    def codes(self, *, after: int = 0) -> list[Code]:
        return [finding.code for finding in self.look(after=after).findings]


# --- going on --------------------------------------------------------------------------------------------------------


def test_an_honest_registry_gives_nothing_to_tell() -> None:
    desk = Desk(honest().world)
    look = desk.look()
    assert (look.findings, look.is_clean, look.size) == ((), True, 12)


@pytest.mark.parametrize("restart", [True, False])
def test_many_looks_reach_the_state_of_one(restart: bool) -> None:
    world, mark_id = fork_issued()
    desk = Desk(world)
    desk.look()
    for step in range(4):
        world.sim.now += 60
        world.issue(idx=20 + step, identifier=ANOTHER, directory=step % 2 == 0) if step == 1 else None
        world.suspend(mark_id, directory=step == 2) if step == 0 else None
        world.show(directory=step == 3)
        assert desk.look(restart=restart).findings == ()
    once = Desk(world)
    once.look()
    grown, fresh = desk.monitor.memory.reached, once.monitor.memory.reached
    assert grown.state == fresh.state
    assert (grown.frontier.root(), grown.waiting, grown.signed) == (fresh.frontier.root(), fresh.waiting, fresh.signed)


def test_a_saved_state_is_the_state() -> None:
    desk = Desk(honest().world)
    desk.look()
    loaded = desk.load()
    assert loaded.reached.state == desk.monitor.memory.reached.state
    assert loaded.reached.frontier.hashes == desk.monitor.memory.reached.frontier.hashes
    assert replace(loaded, reached=desk.monitor.memory.reached) == desk.monitor.memory


@pytest.mark.parametrize("harm", ["cut", "changed", "swapped", "foreign"])
def test_a_damaged_state_is_refused(harm: str) -> None:
    desk = Desk(honest().world)
    desk.look()
    lines, pinned = desk.lines, desk.world.pinned
    match harm:
        case "cut":
            lines = lines[:-1]
        case "changed":
            lines = [*lines[:3], lines[3].replace(b"active", b"archive"), *lines[4:]]
            assert lines != desk.lines
        case "swapped":
            lines = [lines[0], lines[2], lines[1], *lines[3:]]
        case _:
            pinned = World("elsewhere").pinned
    with pytest.raises(MalformedError):
        load_memory(lines, pinned)


def test_a_lie_is_told_once_and_only_by_the_look_that_meets_it() -> None:
    world = fork()
    desk = Desk(world)
    prepared = world.prepare()
    world.issue(changed(prepared, exp=prepared.draft.exp + DAY), judged=False)
    assert desk.codes() == [Code.TERM_TOO_LONG]
    world.sim.now += 60
    world.show()
    assert desk.codes() == []


def test_the_same_lie_is_found_whether_one_looks_often_or_once() -> None:
    world = fork()
    desk = Desk(world)
    desk.look()
    world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1])
    world.show()
    assert desk.codes() == [Code.SECOND_PERSON_MISSING]
    report = audit(Asked(world.sim, world.pinned), silent)
    assert [one.code for one in report.findings] == [Code.SECOND_PERSON_MISSING]


# --- two histories ---------------------------------------------------------------------------------------------------


def rewritten() -> tuple[Desk, World]:
    """Return a desk that verified one history, and the registry that goes on with another one."""
    world = fork()
    other = world.fork()
    world.issue()
    other.sim.now += 5
    other.announce("body.suspended", other.body.uri, {"reason": "urgent"})
    other.issue(judged=False, idx=9)
    desk = Desk(world)
    desk.look()
    return desk, other


def test_a_rewritten_history_is_proven_by_two_checkpoints_and_changes_nothing_here() -> None:
    desk, other = rewritten()
    before = desk.monitor.memory.reached.state.size
    desk.plane = other.sim
    look = desk.look()
    (finding,) = [one for one in look.findings if one.code is Code.HISTORY_REWRITTEN]
    assert [SignedCheckpoint.parse(note.encode()).checkpoint.origin for note in finding.evidence] == [
        log_origin(HOST)
    ] * 2
    assert not look.is_clean
    assert look.size == before == desk.load().reached.state.size
    desk.plane = None
    desk.world.show()
    assert desk.look().findings == ()


def test_another_tree_of_the_same_size_is_a_second_history() -> None:
    world = fork()
    other = world.fork()
    world.issue(directory=False)
    other.sim.now += 5
    other.issue(directory=False, idx=9)
    desk = Desk(world)
    desk.look()
    desk.plane = other.sim
    assert desk.codes() == [Code.HISTORY_REWRITTEN]


def test_an_older_checkpoint_is_told_when_it_begins() -> None:
    world, _ = fork_issued()
    older = published(world.sim)
    desk = Desk(world)
    world.show()
    desk.look()
    desk.plane = older
    assert desk.codes() == [Code.ROLLED_BACK]
    assert desk.codes() == []
    assert not desk.look().is_clean


def test_a_checkpoint_without_a_quorum_is_not_followed() -> None:
    world, _ = fork_issued()
    desk = Desk(world)
    size = desk.look().size
    world.sim.cosigning = 2
    world.sim.accredit(1002)
    world.sim.publish()
    look = desk.look()
    assert ([one.code for one in look.findings], look.size) == ([Code.QUORUM_MISSING], size)


def test_a_plane_that_fails_in_the_middle_costs_nothing_that_was_verified() -> None:
    world, mark_id = fork_issued()
    desk = Desk(world)
    desk.look()
    world.suspend(mark_id)

    class Failing(Plane):
        def fetch(self, path: str) -> bytes:
            if path.startswith("log/checkpoints/"):
                raise UnavailableError("the connection broke")
            return super().fetch(path)

    desk.plane = Failing(published(world.sim).files)
    with pytest.raises(UnavailableError):
        desk.look()
    desk.plane = None
    look = desk.look(restart=False)
    assert (look.findings, look.size) == ((), len(world.sim.entries))


# --- witnesses -------------------------------------------------------------------------------------------------------


class Witnesses:
    """Witnesses that show the checkpoints that they are given, by their address."""

    def __init__(self, notes: Mapping[str, bytes]) -> None:
        self.notes = notes

    def __call__(self, address: str) -> Fetcher:
        if address not in self.notes:
            raise UnavailableError(f"{address} is silent")
        return Plane({f"{ORIGIN}/checkpoint": self.notes[address]})


def with_addresses(world: World) -> World:
    """Give the witnesses of the world addresses, in a renewed root that is pinned from the beginning."""
    policy = world.sim.root.content.policy
    lines = [
        f"{line} https://{line.split()[1]}.example" if line.startswith("witness ") else line
        for line in policy.splitlines()
    ]
    world.sim.renew_root(policy="\n".join(lines) + "\n")
    return world


def seen_by(world: World, number: int, *, wait: int = 0) -> bytes:
    """Return the latest checkpoint under the log's signature and one witness's."""
    signed = SignedCheckpoint.parse(world.sim.files["log/checkpoint"])
    bare = sign_checkpoint(signed.checkpoint, world.sim.log_signer)
    return bare.adding(world.sim.witnesses[number - 1].cosign(bare, world.sim.now + wait)).serialize()


def test_a_witness_that_saw_another_history_is_evidence() -> None:
    world = with_addresses(fork())
    other = world.fork()
    world.issue(directory=False)
    other.sim.now += 5
    other.issue(directory=False, idx=9)
    desk = Desk(world, ask_witness=Witnesses({"https://w4.example": seen_by(other, 4)}))
    (finding,) = desk.look().findings
    assert (finding.code, finding.object) == (Code.WITNESS_DISAGREES, "witness-4.example")
    assert len(finding.evidence) == 2


def test_a_witness_that_saw_the_beginning_or_the_same_agrees() -> None:
    world = with_addresses(fork())
    early = seen_by(world, 1)
    world.issue()
    desk = Desk(world, ask_witness=Witnesses({"https://w1.example": early, "https://w2.example": seen_by(world, 2)}))
    assert desk.look().findings == ()


def test_what_a_witness_saw_later_is_compared_once_the_log_has_grown_there() -> None:
    world = with_addresses(fork())
    other = world.fork()
    other.sim.now += 5
    other.issue(directory=False, idx=9)
    desk = Desk(world, ask_witness=Witnesses({"https://w3.example": seen_by(other, 3)}))
    assert desk.look().findings == ()
    world.sim.now += 60
    world.issue(directory=False)
    assert desk.codes() == [Code.WITNESS_DISAGREES]


def test_a_witness_line_that_does_not_verify_is_no_view() -> None:
    world = with_addresses(fork())
    harmed = seen_by(world, 1).replace(b"witness-1", b"witness-2")
    desk = Desk(world, ask_witness=Witnesses({"https://w1.example": harmed}))
    assert desk.look().findings == ()


def test_a_witness_that_stays_away_too_long_is_silent() -> None:
    world, mark_id = fork_issued()
    desk = Desk(world, Settings(witness_silence=3600))
    desk.look()
    world.sim.cosigning = 3
    world.sim.now += 3000
    world.suspend(mark_id)
    assert desk.codes() == []
    assert desk.codes(after=700) == [Code.WITNESS_SILENT]
    assert desk.codes(after=710) == []


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_log_that_stands_still_is_told_once_and_again_after_it_went_on() -> None:
    world, _ = fork_issued()
    desk = Desk(world, Settings(witness_silence=10 * DAY))
    assert desk.codes(after=7000) == []
    assert sorted(code.value for code in desk.codes(after=7300)) == ["checkpoint_old", "growth_stalled"]
    assert desk.codes(after=7400) == []
    world.sim.now += 7500
    world.show()
    look = desk.look()
    assert (look.findings, look.is_clean) == ((), True)


def test_an_expired_root_is_told() -> None:
    world, _ = fork_issued()
    desk = Desk(world)
    desk.look()
    assert Code.TRUST_ROOT_EXPIRED in desk.codes(after=400 * DAY)


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_mark_that_names_my_number_is_told_and_is_no_fault() -> None:
    world = fork()
    desk = Desk(world, None, HOLDER)
    desk.look()
    world.issue()
    world.issue(idx=8, identifier=ANOTHER)
    look = desk.look()
    assert [(one.code, one.detail) for one in look.findings] == [(Code.SUBJECT_NAMED, HOLDER)]
    assert look.is_clean


def test_an_evaluator_that_certifies_itself_or_a_related_party() -> None:
    world = fork()
    world.issue(identifier=OTHER_HOLDER)
    world.issue(idx=8, identifier=ANOTHER)
    assert Desk(world).codes() == [Code.OWN_CERTIFICATION]
    related = Settings(related={"1001": (ANOTHER,)})
    assert Desk(world, related).codes() == [Code.OWN_CERTIFICATION] * 2


def test_two_marks_in_force_for_the_same_holder_and_scope() -> None:
    world = fork()
    world.issue()
    world.issue(idx=8)
    assert Desk(world).codes() == [Code.DUPLICATE_LIVE_MARK]
    world = fork()
    first = world.issue()
    world.issue(idx=8, retell=lambda said: said | {"supersedes": first})
    assert Desk(world).codes() == []
    world = fork()
    world.change("mark.cancelled", world.issue())
    world.issue(idx=8)
    assert Desk(world).codes() == []


def test_more_marks_than_declared_or_than_usual_are_told_once_a_day() -> None:
    world = fork()
    for idx in range(5):
        world.issue(idx=idx, identifier=ANOTHER if idx % 2 else HOLDER, directory=False)
    world.show()

    def bursts(settings: Settings) -> int:
        return Desk(world, settings).codes().count(Code.ISSUE_BURST)

    assert [bursts(Settings(capacity={"1001": most})) for most in (3, 5)] == [1, 0]
    assert [bursts(Settings(burst_least=least)) for least in (4, 5)] == [1, 0]


def test_a_reported_mark_is_told_when_it_is_missing_and_not_again() -> None:
    world, good = fork_issued()
    missing = world.issue(logged=False, idx=8)
    desk = Desk(world, seen=(world.mark(good), world.mark(missing)))
    world.sim.now += 600
    world.show()
    assert desk.codes() == [Code.MARK_NOT_LOGGED]
    assert desk.codes() == []


def test_settings_are_read_strictly() -> None:
    assert read_settings(b'{"checkpoint_age": 60, "capacity": {"1001": 5}}').capacity == {"1001": 5}
    assert read_settings(b"{}") == Settings()
    for data in (b"[]", b'{"checkpoint_age": 0}', b'{"burst": 3}'):
        with pytest.raises(WrongUseError):
            read_settings(data)
