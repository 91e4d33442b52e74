"""The state machines: the whole tables, and terminal states without an exit."""

from __future__ import annotations

import pytest

from registry.scenario.simulated_log import HOST
from tests.statement_samples import SAMPLES
from tests.world import fork
from verifier.errors import RefusedError
from verifier.names import log_origin
from verifier.replay.machines import ENDS, MACHINES, event_of, next_state, type_of
from verifier.statement import Draft, parse_statement
from verifier.statement.kinds import KINDS, Effect

# Each history as (state, events that are possible there -> next state); written out a second time.
TABLES: dict[str, dict[str | None, dict[str, str]]] = {
    "m": {
        None: {"mark.issued": "active"},
        "active": {
            "mark.corrected": "active", "annual_report.filed": "active", "duty.extended": "active",
            "mark.suspended": "suspended", "mark.scope_changed": "superseded", "mark.superseded": "superseded",
            "mark.withdrawn": "withdrawn", "mark.cancelled": "cancelled", "mark.annulled": "annulled",
        },
        "suspended": {
            "annual_report.filed": "suspended", "duty.extended": "suspended", "mark.reinstated": "active",
            "mark.scope_changed": "superseded", "mark.superseded": "superseded", "mark.withdrawn": "withdrawn",
            "mark.cancelled": "cancelled", "mark.annulled": "annulled",
        },
        "superseded": {}, "withdrawn": {}, "cancelled": {}, "annulled": {},
    },
    "e": {
        None: {"body.accredited": "active"},
        "active": {"body.amended": "active", "body.suspended": "suspended", "body.withdrawn": "withdrawn"},
        "suspended": {"body.reinstated": "active", "body.withdrawn": "withdrawn"},
        "withdrawn": {},
    },
    "x": {
        None: {"expert.listed": "active"},
        "active": {"expert.listed": "active", "expert.delisted": "delisted"},
        "delisted": {"expert.listed": "active"},
    },
    "k": {
        None: {"key.added": "active"},
        "active": {"key.retired": "retired", "key.revoked": "revoked"},
        "retired": {"key.revoked": "revoked"},
        "revoked": {"key.revoked": "revoked"},
    },
    "o": {
        None: {"declaration.registered": "declared", "disclosure.erased": "noted"},
        "noted": {"declaration.registered": "declared", "disclosure.erased": "noted"},
        "declared": {
            "declaration.registered": "declared", "declaration.stopped": "stopped", "disclosure.erased": "declared",
        },
        "stopped": {"declaration.registered": "declared", "disclosure.erased": "stopped"},
    },
    "v": {
        None: {"evidence.sealed plan": "planned", "evidence.sealed results": "unplanned"},
        "planned": {"evidence.sealed plan": "planned", "evidence.sealed results": "sealed"},
        "sealed": {"evidence.sealed results": "sealed", "evidence.sealed correction": "corrected"},
        "corrected": {"evidence.sealed results": "corrected", "evidence.sealed correction": "corrected"},
        "unplanned": {
            "evidence.sealed plan": "unplanned", "evidence.sealed results": "unplanned",
            "evidence.sealed correction": "unplanned",
        },
    },
    "n": {None: {"notice.published": "published"}, "published": {"notice.published": "published"}},
    "policy": {None: {"policy.changed": "published"}, "published": {"policy.changed": "published"}},
}  # fmt: skip
EVENTS = {event for machine in MACHINES.values() for _, event in machine} | set(KINDS)


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_step_is_possible_or_refused_as_the_table_says(kind: str) -> None:
    assert set(TABLES[kind]) == {None, *MACHINES[kind].values()}
    for state, steps in TABLES[kind].items():
        for event in EVENTS:
            if event in steps:
                assert next_state(kind, state, event) == steps[event]
                continue
            with pytest.raises(RefusedError, match="not possible"):
                next_state(kind, state, event)


@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_a_machine_has_a_beginning_and_only_types_of_its_kind(kind: str) -> None:
    machine = MACHINES[kind]
    assert any(state is None for state, _ in machine)
    assert {KINDS[type_of(event)].object_kind for _, event in machine} == {kind}


@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_every_state_of_a_machine_can_be_reached(kind: str) -> None:
    machine, reached = MACHINES[kind], {None}
    for _ in range(len(machine)):
        reached |= {following for (state, _), following in machine.items() if state in reached}
    assert {state for state, _ in machine} <= reached


def test_nothing_leads_out_of_an_end() -> None:
    for kind, machine in MACHINES.items():
        for state in ENDS & set(machine.values()):
            assert [event for start, event in machine if start == state] == [], (kind, state)


def test_what_takes_away_never_leads_back_to_active() -> None:
    for machine in MACHINES.values():
        for (state, event), following in machine.items():
            if KINDS[type_of(event)].effect is Effect.TAKING_AWAY:
                assert following not in ("active", "declared"), (state, event)


def test_evidence_that_began_without_a_plan_never_looks_planned() -> None:
    assert {state for (start, _), state in MACHINES["v"].items() if start == "unplanned"} == {"unplanned"}


def test_every_type_with_a_history_is_an_event_of_its_machine() -> None:
    sim = fork().sim
    for type_, (path, public) in SAMPLES.items():
        draft = Draft(log_origin(HOST), type_, f"https://{HOST}/{path}", public)
        event = event_of(parse_statement(sim.signed(draft, sim.ceremony.keys.operators[0])))
        assert type_of(event) == type_
        machine = MACHINES[KINDS[type_].object_kind]
        # log.key_rotated waits for rotation of the log's key.
        if type_ != "log.key_rotated":
            assert event in {one for _, one in machine}, event
