"""Who may be listed and declare what: experts, registrars, declarations, evidence, policy, erasure."""

from __future__ import annotations

from typing import Any

import pytest

from registry.scenario.simulated_life import (
    DECLARED,
    accredit_registrar,
    body_says,
    declare,
    list_expert,
    register_mark,
    seal_evidence,
)
from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY, HOLDER
from tests.world import World, fork
from verifier.encoding import digest
from verifier.errors import RefusedError
from verifier.identifier import parse_identifier
from verifier.names import org_uri
from verifier.verdict import Headline

ORGANISATION = org_uri(HOST, parse_identifier(HOLDER))


def state(world: World, uri: str) -> str | None:
    return world.sim.state.state_of(uri)


# --- three topologies ------------------------------------------------------------------------------------------------


def test_a_body_issues_where_the_tier_says_so() -> None:
    world = fork()
    assert world.verdict(world.issue()).headline is Headline.VALID_OFFLINE


def test_a_registrar_issues_where_a_listed_expert_confirmed() -> None:
    world = fork()
    registrar, expert = accredit_registrar(world), list_expert(world)
    mark_id = register_mark(world, registrar, expert)
    assert world.verdict(mark_id).headline is Headline.VALID_OFFLINE


@pytest.mark.parametrize("case", ["nobody", "never listed", "delisted", "lapsed"])
def test_without_an_expert_who_was_listed_that_day_a_registrar_issues_nothing(case: str) -> None:
    world = fork()
    registrar, expert = accredit_registrar(world), f"https://{HOST}/x/riss-000009"
    if case == "delisted":
        expert = list_expert(world)
        world.announce("expert.delisted", expert, {"reason": "request"})
    if case == "lapsed":
        expert = list_expert(world, until=world.sim.now - 10 * DAY)
    with pytest.raises(RefusedError):
        register_mark(world, registrar, None if case == "nobody" else expert)


def test_a_holder_declares_and_a_registrar_takes_it_in_never_as_a_mark() -> None:
    world = fork()
    registrar = accredit_registrar(world)
    declare(world, registrar, HOLDER)
    assert state(world, ORGANISATION) == "declared"
    assert world.sim.state.marks == {}


# --- declarations ----------------------------------------------------------------------------------------------------


def test_a_new_declaration_replaces_the_one_that_stands() -> None:
    world = fork()
    registrar = accredit_registrar(world)
    declare(world, registrar, HOLDER, level=1)
    declare(world, registrar, HOLDER, level=2)
    (standing,) = world.sim.state.organisations[ORGANISATION].declarations
    assert (standing.level, standing.state) == (2, "declared")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"level": 3}, "does not award level 3"),
        ({"sub": f"https://{HOST}/o/0188-7000012050002"}, "of itself only"),
        ({"criteria_sha256": digest(b"other")}, "not a published one"),
        ({"nbf": 1_795_000_000}, "before the day of its registration"),
        ({"exp": 1_900_000_000}, "lasts longer"),
    ],
)
def test_a_declaration_outside_its_rules_is_refused(changes: dict[str, Any], rule: str) -> None:
    world = fork()
    registrar = accredit_registrar(world)
    level = changes.pop("level", 1)
    with pytest.raises(RefusedError, match=rule):
        declare(world, registrar, HOLDER, level=level, **changes)


def test_an_evaluation_body_takes_in_no_declaration() -> None:
    world = fork()
    accredit_registrar(world)
    with pytest.raises(RefusedError, match="no registrar was listed"):
        declare(world, world.body, HOLDER)


def test_only_the_registrar_that_took_a_declaration_in_or_the_authority_stops_it() -> None:
    world = fork()
    registrar = accredit_registrar(world)
    declare(world, registrar, HOLDER)
    with pytest.raises(RefusedError, match="by another body"):
        body_says(world, world.body, "declaration.stopped", ORGANISATION, {"scheme": DECLARED, "reason": "request"})
    with pytest.raises(RefusedError, match=r"no declaration under|not possible"):
        body_says(world, registrar, "declaration.stopped", ORGANISATION, {"scheme": "other", "reason": "request"})
    body_says(world, registrar, "declaration.stopped", ORGANISATION, {"scheme": DECLARED, "reason": "request"})
    assert state(world, ORGANISATION) == "stopped"


# --- experts, policy, erasure, notices -------------------------------------------------------------------------------


def test_an_expert_comes_back_under_the_same_number_and_register() -> None:
    world = fork()
    expert = list_expert(world)
    with pytest.raises(RefusedError, match="another register"):
        list_expert(world, register="other")
    world.announce("expert.delisted", expert, {"reason": "request"})
    list_expert(world)
    assert state(world, expert) == "active"
    with pytest.raises(RefusedError, match="ends before it begins"):
        list_expert(world, "riss-000002", until=1_700_000_000)


def test_versions_of_the_policy_follow_each_other() -> None:
    world = fork()
    uri = f"https://{HOST}/policy"
    with pytest.raises(RefusedError, match="next version of the policy is 1"):
        world.announce("policy.changed", uri, {"version": 2, "sha256": digest(b"policy")})
    for version in (1, 2):
        world.announce("policy.changed", uri, {"version": version, "sha256": digest(b"policy %d" % version)})
    with pytest.raises(RefusedError, match="next version of the policy is 3"):
        world.announce("policy.changed", uri, {"version": 2, "sha256": digest(b"again")})


def test_a_disclosure_is_erased_once() -> None:
    world = fork()
    erased = {"commitment": digest(b"a name")}
    first = world.sim.ceremony.keys.operators[:1]
    world.announce("disclosure.erased", ORGANISATION, erased, operators=first)
    with pytest.raises(RefusedError, match="erased before"):
        world.announce("disclosure.erased", ORGANISATION, erased, operators=first)


# --- evidence --------------------------------------------------------------------------------------------------------


def test_results_after_a_plan_are_sealed_and_then_corrected() -> None:
    world = fork()
    uri = f"https://{HOST}/v/lot-1"
    states = []
    for kind in ("plan", "results", "results", "correction"):
        seal_evidence(world, "lot-1", kind, kind.encode() + b"%d" % len(states))
        states.append(state(world, uri))
    assert states == ["planned", "sealed", "sealed", "corrected"]


def test_results_without_a_plan_stay_unplanned_for_ever() -> None:
    world = fork()
    for kind in ("results", "plan", "correction"):
        seal_evidence(world, "lot-2", kind, kind.encode())
        assert state(world, f"https://{HOST}/v/lot-2") == "unplanned"


def test_nothing_is_corrected_before_it_is_sealed_and_no_plan_comes_after_results() -> None:
    world = fork()
    with pytest.raises(RefusedError, match="not possible"):
        seal_evidence(world, "lot-3", "correction", b"first")
    seal_evidence(world, "lot-3", "plan", b"plan")
    seal_evidence(world, "lot-3", "results", b"results")
    with pytest.raises(RefusedError, match="not possible"):
        seal_evidence(world, "lot-3", "plan", b"a better plan")


def test_another_body_does_not_go_on_with_a_series() -> None:
    world = fork()
    registrar = accredit_registrar(world)
    seal_evidence(world, "lot-4", "plan", b"plan")
    with pytest.raises(RefusedError, match="another body's"):
        seal_evidence(world, "lot-4", "results", b"results", body=registrar)
