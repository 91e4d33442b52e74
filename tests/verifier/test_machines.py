"""The state machines: the whole table, and terminal states without an exit."""

from __future__ import annotations

import pytest

from verifier.errors import RefusedError
from verifier.replay.machines import MACHINES, next_state
from verifier.statement.kinds import KINDS, Effect

# Each history as (state, types that are possible there -> next state); written out a second time.
MARK = {
    None: {"issued": "active"},
    "active": {
        "corrected": "active", "suspended": "suspended", "scope_changed": "superseded", "superseded": "superseded",
        "withdrawn": "withdrawn", "cancelled": "cancelled", "annulled": "annulled",
    },
    "suspended": {
        "reinstated": "active", "withdrawn": "withdrawn", "cancelled": "cancelled", "annulled": "annulled",
    },
    "superseded": {},
    "withdrawn": {},
    "cancelled": {},
    "annulled": {},
}  # fmt: skip
BODY = {
    None: {"accredited": "active"},
    "active": {"amended": "active", "suspended": "suspended", "withdrawn": "withdrawn"},
    "suspended": {"reinstated": "active", "withdrawn": "withdrawn"},
    "withdrawn": {},
}
KEY = {
    None: {"added": "active"},
    "active": {"retired": "retired", "revoked": "revoked"},
    "retired": {"revoked": "revoked"},
    "revoked": {"revoked": "revoked"},
}


@pytest.mark.parametrize(("kind", "prefix", "table"), [("m", "mark", MARK), ("e", "body", BODY), ("k", "key", KEY)])
def test_every_step_is_possible_or_refused_as_the_table_says(
    kind: str, prefix: str, table: dict[str | None, dict[str, str]]
) -> None:
    for state, steps in table.items():
        for type_ in KINDS:
            following = steps.get(type_.removeprefix(f"{prefix}.")) if type_.startswith(f"{prefix}.") else None
            if following is not None:
                assert next_state(kind, state, type_) == following
                continue
            with pytest.raises(RefusedError, match="not possible"):
                next_state(kind, state, type_)


@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_a_machine_has_one_beginning_and_only_types_of_its_kind(kind: str) -> None:
    machine = MACHINES[kind]
    assert len({type_ for state, type_ in machine if state is None}) == 1
    assert {KINDS[type_].object_kind for _, type_ in machine} == {kind}


@pytest.mark.parametrize("kind", sorted(MACHINES))
def test_every_state_of_a_machine_can_be_reached(kind: str) -> None:
    machine, reached = MACHINES[kind], {None}
    for _ in range(len(machine)):
        reached |= {following for (state, _), following in machine.items() if state in reached}
    assert {state for state, _ in machine} <= reached


def test_nothing_that_grants_leads_out_of_an_end() -> None:
    ends = {"superseded", "withdrawn", "cancelled", "annulled", "closed"}
    for kind, machine in MACHINES.items():
        states = set(machine.values())
        for state in ends & states:
            leaving = [type_ for start, type_ in machine if start == state]
            assert leaving == [], (kind, state)


def test_what_takes_away_never_leads_back_to_active() -> None:
    for machine in MACHINES.values():
        for (state, type_), following in machine.items():
            if KINDS[type_].effect is Effect.TAKING_AWAY:
                assert following != "active", (state, type_)


@pytest.mark.parametrize("kind", ["o", "x", "a", "p", "r", "v", "n", "policy"])
def test_a_kind_without_a_history_is_refused(kind: str) -> None:
    if kind not in MACHINES:
        with pytest.raises(RefusedError, match="does not keep a history"):
            next_state(kind, None, "notice.published")
