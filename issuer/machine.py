"""The case machine: from which state an event leads where, and what may stand against it, as one closed table.

Pure. ``draft -> submitted -> accepted -> in assessment -> assessed -> in review -> granted | refused | returned``; an
applicant may withdraw, and what is not finished in time lapses: by the clock in every answer, by a deed for the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from issuer.case import FINAL, Case, Event, Rules, State, Step, lapse_time
from issuer.guards import (
    Guard,
    applied_for,
    assessor_assigned,
    attested,
    complete,
    confirmed,
    decider_assigned,
    described,
    exclusions_approved,
    in_time,
    issued_by_bodies,
    overdue,
    reserved,
    returnable,
    separated,
    still_decided,
    sworn,
    verified_technically,
)
from issuer.record import Handling, Round
from verifier.errors import RefusedError

RESULT: tuple[Guard, ...] = (
    described,
    issued_by_bodies,
    reserved,
    complete,
    exclusions_approved,
    confirmed,
    sworn,
    verified_technically,
)
DECIDED: tuple[Guard, ...] = (attested, separated, decider_assigned)

LAPSING = frozenset({State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.IN_ASSESSMENT, State.RETURNED})
"""Where a case waits for its applicant. That a body is slow to decide takes nothing from anybody."""

_S, _E = State, Event
TABLE: dict[tuple[State, Event], tuple[State, tuple[Guard, ...]]] = {
    (_S.DRAFT, _E.SUBMIT): (_S.SUBMITTED, (described, issued_by_bodies, applied_for, in_time)),
    (_S.SUBMITTED, _E.ACCEPT): (_S.ACCEPTED, (reserved, in_time)),
    (_S.ACCEPTED, _E.BEGIN): (_S.IN_ASSESSMENT, (assessor_assigned, in_time)),
    (_S.RETURNED, _E.BEGIN): (_S.IN_ASSESSMENT, (assessor_assigned, in_time)),
    (_S.IN_ASSESSMENT, _E.ATTEST): (_S.ASSESSED, (*RESULT, assessor_assigned, in_time)),
    (_S.ASSESSED, _E.REVIEW): (_S.IN_REVIEW, DECIDED),
    (_S.IN_REVIEW, _E.GRANT): (_S.GRANTED, (*RESULT, *DECIDED, still_decided)),
    (_S.IN_REVIEW, _E.REFUSE): (_S.REFUSED, DECIDED),
    (_S.IN_REVIEW, _E.RETURN): (_S.RETURNED, (*DECIDED, returnable)),
    **{(state, _E.WITHDRAW): (_S.WITHDRAWN, ()) for state in State if state not in FINAL},
    **{(state, _E.LAPSE): (_S.LAPSED, (overdue,)) for state in State if state in LAPSING},
}


def advance(step: Step, event: Event) -> Case:
    """Return the case after the event. Raises RefusedError with everything that stands against it."""
    case = step.case
    if (case.state, event) not in TABLE:
        raise RefusedError(f"case {case.id} is {case.state}: `{event}` is not possible now", hint=_possible(case))
    target, guards = TABLE[case.state, event]
    objections = [objection for guard in guards for objection in guard(step)]
    if objections:
        raise RefusedError(f"case {case.id}, `{event}`: " + "; ".join(objections))
    match event:
        case Event.BEGIN:
            # What was attested and decided before a return speaks of answers that are now open to change.
            return replace(case, state=target, assessing_since=step.at, attested=None, decision=None)
        case Event.RETURN:
            return replace(case, state=target, handling=_one_more_round(step))
        case _:
            return replace(case, state=target)


def state_at(case: Case, at: int, rules: Rules) -> State:
    """Return the state that the clock makes of the stored one: an unfinished application that has lapsed is lapsed."""
    return State.LAPSED if case.state in LAPSING and at >= lapse_time(case.opened_at, rules.zone) else case.state


def check_result(step: Step) -> None:
    """Check once more, before anything is signed, all that the tier demands. Raises RefusedError."""
    objections = [objection for guard in (*RESULT, *DECIDED) for objection in guard(step)]
    if step.case.state is not State.GRANTED:
        objections.insert(0, f"it is {step.case.state}, not granted")
    if objections:
        raise RefusedError(f"case {step.case.id} cannot be issued: " + "; ".join(objections))


def table_rows() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield the table as text for the documentation: state, event, next state, and the first line of every guard."""
    for (state, event), (target, guards) in TABLE.items():
        told = tuple((guard.__doc__ or "").partition("\n")[0] for guard in guards)
        yield state.value, event.value, target.value, told


def _one_more_round(step: Step) -> Handling:
    case, rounds = step.case, step.case.handling.rounds
    reason = case.decision.reason if case.decision else ""
    back = Round(no=len(rounds) + 1, at=step.at, by=step.by, reason=reason, result_sha256=case.digest)
    return case.handling.model_copy(update={"rounds": (*rounds, back)})


def _possible(case: Case) -> str:
    events = [event for state, event in TABLE if state is case.state]
    return f"Possible now: {', '.join(events)}." if events else "This state is final."
