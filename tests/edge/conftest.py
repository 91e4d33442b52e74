"""Real verdicts of a simulated registry, one for each way in which a page may have to speak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, SCHEME
from tests.world import World
from verifier.bundle import Bundle
from verifier.examine.examination import Presented
from verifier.gather import gather_absence
from verifier.markid import new_mark_id
from verifier.names import mark_uri
from verifier.policy import AtLeast
from verifier.tier import Tier
from verifier.verdict import Verdict
from verifier.verify import verify

LOOK_ALIKE = "shirushi-registry.example"


@pytest.fixture(scope="session")
def world() -> World:
    """A registry with one good mark of tier 3 and one of tier 4, and one that is suspended."""
    return World("edge")


@pytest.fixture(scope="session")
def verdicts(world: World) -> dict[str, Verdict]:
    """Verdicts by headline."""
    good = world.issue()
    stopped = world.issue(tier=4, name="株式会社サンプル電子", idx=8)
    world.suspend(stopped)
    bundle, now = world.bundle(good), world.sim.now
    absent = new_mark_id(world.sim.entropy)
    missing = gather_absence(world.sim, mark_uri(HOST, absent))
    found = {
        "valid": world.verdict(good, live=True),
        "valid_offline": world.verdict(good),
        "suspended": world.verdict(stopped, live=True),
        "expired": world.verdict(good, as_of=now + 400 * DAY),
        "forged": world.verdict(good, text=world.qr(good).replace(HOST, LOOK_ALIKE)),
        "not_confirmed": world.verdict(good, bundle=replace(bundle, directory=None)),
        "seal_only": world.verdict(
            good, text=world.qr(good), bundle=Bundle(log=bundle.log, trust_list=bundle.trust_list)
        ),
        "below_requirement": world.verdict(good, demand=AtLeast(Tier(SCHEME, 4))),
        "not_found": verify(Presented(absent, HOST), bundle=missing, root=world.pinned, now=now, live=True),
    }
    assert {name: verdict.headline.value for name, verdict in found.items()} == {name: name for name in found}
    return found
