"""Deeds about people: the registers of competence and of interests, and who is assigned to which part of a case.

Who is assigned must be suitable then, and again when acting: a competence may end and a relation may begin in between.
A desk that has never registered a competence keeps no such register yet, and acting is refused by relations only; the
first row begins the register for good, and to be assigned one always needs a row.
"""

from __future__ import annotations

from dataclasses import replace

from issuer import queries_register as queries
from issuer.case import FINAL, Case
from issuer.listing import check_tester_listed
from issuer.record import Part
from issuer.suitability import Competence, Interest, check_suitable, conflicts, obstacles
from issuer.workplace import Workplace, rules_of
from verifier.errors import RefusedError
from verifier.identifier import parse_identifier
from verifier.schema import Closed, Label, read_model


class _Party(Closed):
    party: Label


def assign(place: Workplace, case_id: str, part: Part, party: str) -> Case:
    """Assign a part of a case: to a holder by pseudonym, technical verification to a body by its URI.

    Raises RefusedError with every obstacle and what to do about it; UnavailableError when the log cannot be read.
    """
    case, now = place.case(case_id), place.clock()
    if case.state in FINAL:
        raise RefusedError(f"case {case.id} is {case.state}: nobody is assigned any more")
    if part == "technical_verifier":
        check_tester_listed(place.registry, party, at=now)
    else:
        read_model(_Party, {"party": party}, what="pseudonym")
    with place.database.transaction() as session:
        registers = replace(queries.registers_of(session, party), are_kept=True)
    found = obstacles(case, part, party, registers, at=now, zone=rules_of(case).zone)
    check_suitable(found, case_id=case.id, part=part, party=party)
    assignment = case.handling.assignment.model_copy(update={part: party})
    handling = case.handling.model_copy(update={"assignment": assignment})
    by = place.identity.holder("desk")
    return place.change(replace(case, handling=handling), by=by, event="assign", note=f"{part} {party}")


def check_acting(place: Workplace, case: Case, part: Part, party: str) -> None:
    """Check that who is about to do a part of a case is suitable for it now. Raises RefusedError."""
    with place.database.transaction() as session:
        registers = queries.registers_of(session, party)
    found = obstacles(case, part, party, registers, at=place.clock(), zone=rules_of(case).zone)
    check_suitable(found, case_id=case.id, part=part, party=party)


def check_impartial(place: Workplace, case: Case, *, expert: str) -> None:
    """Check that no relation of the expert to the organisations of the case is declared. Raises RefusedError."""
    with place.database.transaction() as session:
        interests = queries.registers_of(session, expert).interests
    found = conflicts(case, expert, interests, at=place.clock(), zone=rules_of(case).zone)
    check_suitable(found, case_id=case.id, part="expert", party=expert)


def add_competence(place: Workplace, competence: Competence) -> int:
    """Register a competence and return the number of its row. Raises RefusedError, StatementError."""
    read_model(_Party, {"party": competence.holder}, what="pseudonym")
    if competence.begins >= competence.ends:
        raise RefusedError("a competence ends after it begins")
    with place.database.transaction() as session:
        return queries.add_competence(session, competence)


def end_competence(place: Workplace, no: int) -> None:
    """End a row of the register of competence now. Raises NotFoundError, RefusedError."""
    with place.database.transaction() as session:
        queries.end_competence(session, no, at=place.clock())


def competences(place: Workplace) -> tuple[Competence, ...]:
    """Return the register of competence, oldest row first."""
    with place.database.transaction() as session:
        return queries.list_competences(session)


def declare_interest(place: Workplace, interest: Interest) -> int:
    """Register a declared relation and return the number of its row. Raises RefusedError, MalformedError."""
    declared = replace(interest, organisation=str(parse_identifier(interest.organisation)))
    if declared.ends is not None and declared.ends < declared.begins:
        raise RefusedError("a relation does not end before it began", hint="--since says when it began; otherwise now.")
    with place.database.transaction() as session:
        return queries.add_interest(session, declared)


def end_interest(place: Workplace, no: int, *, at: int) -> None:
    """Record when a declared relation ended; it counts for a while after. Raises NotFoundError, RefusedError."""
    with place.database.transaction() as session:
        queries.end_interest(session, no, at=at)


def interests(place: Workplace) -> tuple[Interest, ...]:
    """Return the register of interests, oldest row first."""
    with place.database.transaction() as session:
        return queries.list_interests(session)
