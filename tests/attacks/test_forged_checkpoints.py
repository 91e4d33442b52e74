"""A thousand forged checkpoints, each shown to everybody who reads checkpoints: none believes one, and each says why.

With every kind an honest checkpoint goes through the same hands, so that nobody gets by with refusing everything.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulated_world import World
from tests.attacks.forged_checkpoints import KINDS, Forger, Kind, honest
from tests.directory.histories import Shelf
from tests.world import fork_issued
from verifier.audit.finding import Findings
from verifier.audit.heads import Heads
from verifier.audit.kinds import Code
from verifier.audit.memory import Memory, fresh_memory, load_memory, save_memory
from verifier.audit.monitor import Look, Monitor, Watched
from verifier.bundle import Bundle
from verifier.directory.copying import DirectoryCopy, Pulled
from verifier.errors import MarkError
from verifier.examine.log_evidence import policy_at
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tlog_policy import CosignedAt
from verifier.verdict import Headline, Result, Verdict

EACH = 31


@dataclass
class Readers:
    """Everybody who has seen the newest checkpoint of one registry, and is shown another one now."""

    world: World
    mark_id: str
    bundle: Bundle
    shelf: Shelf = field(default_factory=Shelf)
    memory: list[bytes] = field(default_factory=list)
    note: bytes | None = None

    def fetch(self, path: str) -> bytes:
        """Serve what the registry publishes, with the checkpoint that is shown."""
        return self.note if self.note is not None and path == "log/checkpoint" else self.world.sim.fetch(path)

    def policy(self) -> CosignedAt:
        """Judge by the trust root's policy alone."""
        signed = SignedCheckpoint.parse(self.note or b"")
        return policy_at(self.world.pinned, signed.checkpoint.size).check_checkpoint(signed)

    def audit(self) -> set[Code] | MarkError:
        """Judge as an auditor who sees this log for the first time, without its entries."""
        findings = Findings()
        try:
            Heads(self, self.world.pinned, findings).latest()
        except MarkError as error:
            return error
        return {finding.code for finding in findings}

    def monitor(self) -> Look:
        """Look as a monitor that goes on from its memory."""
        pinned = self.world.pinned
        monitor = Monitor(Watched(self, pinned), self._memory)
        look = monitor.look(self.world.sim.now, lambda done, total: None)
        self.memory = self.memory or list(save_memory(monitor.memory, pinned))
        return look

    def _memory(self) -> Memory:
        return load_memory(self.memory, self.world.pinned) if self.memory else fresh_memory(HOST)

    def copy(self) -> Pulled:
        """Bring a copy of the directory up to date."""
        store = deepcopy(self.shelf) if self.note is not None else self.shelf
        return DirectoryCopy(store, self.world.pinned, now=self.world.sim.now).pull(self)

    def verdict(self) -> Verdict:
        """Judge the mark by a bundle with this checkpoint."""
        return self.world.verdict(self.mark_id, bundle=replace(self.bundle, latest=self.note))


@cache
def _readers() -> Readers:
    world, mark_id = fork_issued()
    readers = Readers(world, mark_id, world.bundle(mark_id))
    readers.copy()
    assert readers.monitor().is_clean
    return readers


def refuse(readers: Readers, kind: Kind) -> None:
    """Assert that every reader refuses what is shown, as the kind says."""
    if kind.policy is None:
        assert readers.policy().witnesses
    else:
        with pytest.raises(kind.policy):
            readers.policy()
    with pytest.raises(kind.copy):
        readers.copy()
    assert _told_by(kind, readers.audit())
    look = readers.monitor()
    assert not look.is_clean
    assert kind.monitor & {finding.code for finding in look.findings}
    verdict = readers.verdict()
    assert verdict.headline is Headline.NOT_CONFIRMED
    assert kind.verdict & {check.name for check in verdict.checks if check.result is not Result.PASSED}


def _told_by(kind: Kind, told: set[Code] | MarkError) -> bool:
    """Say whether an auditor told what the kind demands."""
    if isinstance(told, MarkError):
        return isinstance(kind.audit, type) and isinstance(told, kind.audit)
    if isinstance(kind.audit, frozenset):
        return told >= kind.audit
    return not told if kind.audit is None else bool(told & kind.monitor)


def accept(readers: Readers) -> None:
    """Assert that every reader takes what is shown."""
    assert len(readers.policy().witnesses) >= 3
    assert readers.audit() == set()
    look = readers.monitor()
    assert (look.findings, look.is_clean) == ((), True)
    assert readers.copy().way == "current"
    assert readers.verdict().headline is Headline.VALID_OFFLINE


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_reader_believes_a_checkpoint_that_is(name: str) -> None:
    readers, kind = _readers(), KINDS[name]
    forger = Forger(readers.world.sim, Random(f"forged {name}"))
    for number in range(EACH):
        readers.note = kind.forge(forger)
        refuse(readers, kind)
        if number % 10 == 0:
            readers.note = honest(forger)
            accept(readers)


@pytest.mark.prove
def test_no_reader_believes_any_of_ten_thousand() -> None:
    readers = _readers()
    forger = Forger(readers.world.sim, Random("ten thousand"))
    for number in range(10_000):
        kind = KINDS[forger.chance.choice(sorted(KINDS))]
        readers.note = kind.forge(forger)
        refuse(readers, kind)
        if number % 10 == 0:
            readers.note = honest(forger)
            accept(readers)


def test_they_are_a_thousand_and_differ() -> None:
    sim = _readers().world.sim
    forged = {
        (name, kind.forge(forger))
        for name, kind in KINDS.items()
        for forger in [Forger(sim, Random(f"forged {name}"))]
        for _ in range(EACH)
    }
    assert len(forged) >= 1000
