"""A short run of the power cut: nothing that was promised is lost, and a registry that does not synchronise loses."""

from __future__ import annotations

import pytest

from bench.chaos.power import Plan, missing_part, series

pytestmark = [pytest.mark.prove, pytest.mark.system]


@pytest.fixture(autouse=True)
def _with_strace() -> None:
    if (missing := missing_part()) is not None:
        pytest.skip(missing)


def test_no_state_of_a_working_registry_that_is_killed_and_started_again_breaks_a_promise() -> None:
    outcome = series("short", Plan(marks=3, kills=(0.8,), dice_each=1, look_every=3, heal_every=50))
    assert outcome.is_clean, outcome.examples
    assert outcome.states > 200
    assert outcome.acknowledged >= 3
    assert outcome.healed > 2


@pytest.mark.parametrize("sabotage", ["normal", "folders"])
def test_a_registry_that_synchronises_less_is_seen_to_lose(sabotage: str) -> None:
    plan = Plan(marks=3, kills=(), dice_each=1, look_every=4, heal_every=0, sabotage=sabotage)
    outcome = series(sabotage, plan)
    assert not outcome.is_clean
    assert bool(outcome.states_with_loss) >= (sabotage == "normal")
