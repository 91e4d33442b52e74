"""Who may do which part of a case: the registers of competence and of interests, and what they say against somebody.

Pure. ISO/IEC 17065 wants people who are competent for what they do and impartial towards whom they do it to. A relation
that ended counts for two years more. Each obstacle says what it is, in a word and in a sentence, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from issuer.case import Case
from issuer.record import Part
from verifier.dates import local_date, term_end
from verifier.errors import RefusedError

COOLING_MONTHS = 24
"""How long a relation counts after its end. ISO/IEC 17021-1 names two years for consultants; illustrative here."""

Relation = Literal["employment", "consulting", "ownership", "family", "supply", "other"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True)
class Competence:
    """A holder may do a part of cases of one level of a scheme at instants in [begins, ends). ``no`` names the row."""

    holder: str
    part: Part
    scheme: str
    level: int
    begins: int
    ends: int
    no: int = 0


@dataclass(frozen=True)
class Interest:
    """What a party has to do with an organisation: a holder, an expert's number, or a body's URI, and an identifier."""

    party: str
    organisation: str
    relation: Relation
    begins: int
    ends: int | None = None
    no: int = 0


@dataclass(frozen=True)
class Registers:
    """Both registers as they stand for one party. ``are_kept`` says whether the desk keeps one of competence at all."""

    competences: tuple[Competence, ...]
    interests: tuple[Interest, ...]
    are_kept: bool = True


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands against somebody's doing a part of a case."""

    code: Literal["not_competent", "conflict_of_interest", "same_person"]
    says: str
    do: str


def obstacles(case: Case, part: Part, party: str, registers: Registers, *, at: int, zone: str) -> Iterator[Obstacle]:
    """Yield what stands against the party's doing this part of the case at that instant."""
    yield from _same_person(case, part, party)
    yield from _not_competent(case, part, party, registers, at=at, zone=zone)
    yield from conflicts(case, party, registers.interests, at=at, zone=zone)


def conflicts(case: Case, party: str, interests: Iterable[Interest], *, at: int, zone: str) -> Iterator[Obstacle]:
    """Yield the declared relations between the party and an organisation of the case that count at that instant."""
    concerned = {*case.holder.identifiers, *case.scope.covered}
    for one in interests:
        if one.party != party or one.organisation not in concerned or at < one.begins:
            continue
        if one.ends is None:
            until = "and still has"
        elif at < term_end(one.ends, COOLING_MONTHS, zone):
            until = f"until {local_date(one.ends, zone)}"
        else:
            continue
        yield Obstacle(
            "conflict_of_interest",
            f"{party} had to do with {one.organisation} ({one.relation}) {until}",
            "Assign somebody without a relation to the applicant or to whom the scope covers.",
        )


def check_suitable(found: Iterable[Obstacle], *, case_id: str, part: str, party: str) -> None:
    """Raise RefusedError with every obstacle and what to do about each, if there is any."""
    obstacles = tuple(found)
    if obstacles:
        told = "; ".join(f"{one.code}: {one.says}" for one in obstacles)
        todo = " ".join(dict.fromkeys(one.do for one in obstacles))
        raise RefusedError(f"case {case_id}, {part} {party}: {told}", hint=todo)


def _same_person(case: Case, part: Part, party: str) -> Iterator[Obstacle]:
    assignment, signed = case.handling.assignment, case.attested.holder if case.attested else None
    other = {"assessor": (assignment.decider,), "decider": (assignment.assessor, signed), "technical_verifier": ()}
    if party in other[part]:
        yield Obstacle(
            "same_person",
            f"{party} would assess and decide the same case",
            "Assign two people: who decides has had no part in the evaluation.",
        )


def _not_competent(
    case: Case, part: Part, party: str, registers: Registers, *, at: int, zone: str
) -> Iterator[Obstacle]:
    # The log lists technical verification bodies and their designation; this register is of the desk's own people.
    if part == "technical_verifier" or not registers.are_kept:
        return
    wanted = (party, part, case.scheme, case.level)
    rows = [one for one in registers.competences if (one.holder, one.part, one.scheme, one.level) == wanted]
    if any(one.begins <= at < one.ends for one in rows):
        return
    ended = [one.ends for one in rows if one.ends <= at]
    since = f" since {local_date(max(ended), zone)}" if ended else ""
    yield Obstacle(
        "not_competent",
        f"{party} is not registered as {part} for {case.scheme}/{case.level}{since}",
        "Register the competence with `shirushi issuer competence add`, or assign somebody who has it.",
    )
