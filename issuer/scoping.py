"""Deeds about what a case holds besides its answers: what the scope leaves out and why, and a person's name.

Each exclusion has a reason, and somebody of this body accepts it or not.

Exclusions and their reasons stay at this desk. What the mark shows is the scope's summary, which says them in words
that may be published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from issuer import queries
from issuer.case import Case, State
from issuer.record import Excluded, Exclusion
from issuer.workplace import Workplace
from verifier.errors import RefusedError
from verifier.schema import read_model

OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.IN_ASSESSMENT, State.RETURNED})


def exclude(place: Workplace, case_id: str, kind: Excluded, *, what: str, justification: str) -> Case:
    """Record that the scope leaves something out, and why. Raises RefusedError, StatementError."""
    case = _open_case(place, case_id)
    taken = case.handling.exclusions
    no = max((one.no for one in taken), default=0) + 1
    members = {"no": no, "kind": kind, "what": what.strip(), "justification": justification.strip()}
    added = read_model(Exclusion, members, what="exclusion")
    return _keep(place, case, (*taken, added), by=place.identity.holder("desk"), event="exclude", note=f"{no} {kind}")


def accept_exclusions(place: Workplace, case_id: str, numbers: Iterable[int]) -> Case:
    """Accept, as the assessor, the reasons of these exclusions. Raises RefusedError."""
    case, by, named = _open_case(place, case_id), place.identity.holder("assessor"), set(numbers)
    _check_known(case, named)
    accepted = tuple(
        one.model_copy(update={"approved_by": by}) if one.no in named else one for one in case.handling.exclusions
    )
    return _keep(place, case, accepted, by=by, event="accept_exclusion", note=_listed(named))


def drop_exclusions(place: Workplace, case_id: str, numbers: Iterable[int]) -> Case:
    """Take these exclusions back: what they left out is in the scope again. Raises RefusedError."""
    case, named = _open_case(place, case_id), set(numbers)
    _check_known(case, named)
    kept = tuple(one for one in case.handling.exclusions if one.no not in named)
    return _keep(place, case, kept, by=place.identity.holder("desk"), event="drop_exclusion", note=_listed(named))


def erase_person(place: Workplace, case_id: str) -> Case:
    """Erase a sole proprietor's name and salt at this desk, in any state; every proof stays what it was.

    Sheets that were imported are the applicant's own and are not looked into. Raises RefusedError.
    """
    case = place.case(case_id)
    if case.handling.person is None:
        raise RefusedError(f"case {case.id} holds no person's name")
    handling = case.handling.model_copy(update={"person": None, "wallet": None})
    by = place.identity.holder("desk")
    with place.database.transaction() as session:
        # The credential shows the name; the holder has it, and this desk needs it no more. None can be signed now.
        queries.forget_credential(session, case.id)
        return place.store(session, replace(case, handling=handling), by=by, event="erase_person")


def _keep(place: Workplace, case: Case, exclusions: tuple[Exclusion, ...], *, by: str, event: str, note: str) -> Case:
    handling = case.handling.model_copy(update={"exclusions": exclusions})
    return place.change(replace(case, handling=handling), by=by, event=event, note=note)


def _open_case(place: Workplace, case_id: str) -> Case:
    case = place.case(case_id)
    if case.state not in OPEN:
        raise RefusedError(
            f"case {case.id} is {case.state}: its scope is closed to changes",
            hint="Exclusions are taken until the assessor attests.",
        )
    return case


def _check_known(case: Case, named: set[int]) -> None:
    unknown = named - {one.no for one in case.handling.exclusions}
    if unknown or not named:
        raise RefusedError(f"case {case.id} has no exclusion {_listed(unknown)}", hint="`issuer case show` lists them.")


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
