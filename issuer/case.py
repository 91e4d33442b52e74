"""The case: one application of one organisation for one tier, from draft to decision, as one closed table.

Pure. A step names its event, who does it and when; the table says from which state it leads where, and its guards say
what still stands against it. There is no score: a guard has objections or it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from issuer.answers import Answers, answers_digest, open_items
from issuer.record import Attested, Confirmation, Decision, Oath, Reservation
from verifier.dates import term_end
from verifier.errors import RefusedError
from verifier.mark import Holder, Scope
from verifier.scheme.pack import SchemePack
from verifier.scheme.rule import TierRule
from verifier.scheme.transition import ACCEPTING, Transition
from verifier.statement.attestation import TechnicalVerification

LAPSE_MONTHS = 6
"""Illustrative: the scheme's own figure was not published."""


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_ASSESSMENT = "in_assessment"
    ASSESSED = "assessed"
    IN_REVIEW = "in_review"
    GRANTED = "granted"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Event(StrEnum):
    """What can happen to a case."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    BEGIN = "begin"
    ATTEST = "attest"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"
    RETURN = "return"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


FINAL = frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN, State.LAPSED})


@dataclass(frozen=True)
class Rules:
    """What the scheme demands of a case: the tier's rule, the ids of all items, its zone, the days of its version."""

    tier: TierRule
    items: frozenset[str]
    zone: str
    transition: Transition = field(default_factory=Transition)

    @classmethod
    def of(cls, pack: SchemePack, level: int) -> Rules:
        """Return the rules of one level of a pack. Raises RefusedError when it cannot be issued."""
        items = frozenset(item.id for item in pack.items_for(level))
        return cls(pack.issuable_tier(level), items, pack.zone, pack.head.transition)

    def mark_end(self, nbf: int) -> int:
        """Return the first second after the longest mark that begins at ``nbf``: its term, cut at the sunset."""
        end, sunset = term_end(nbf, self.tier.term_months, self.zone), self.transition.sunset(self.zone)
        return end if sunset is None else min(end, sunset)


@dataclass(frozen=True)
class Case:
    """Everything the desk knows about an application. ``revision`` counts its stored changes."""

    id: str
    scheme: str
    version: str
    level: int
    criteria_sha256: str
    holder: Holder
    scope: Scope
    opened_at: int
    state: State = State.DRAFT
    assessing_since: int | None = None
    reservation: Reservation | None = None
    answers: Answers = ()
    confirmation: Confirmation | None = None
    oath: Oath | None = None
    technical: TechnicalVerification | None = None
    attested: Attested | None = None
    decision: Decision | None = None
    revision: int = 0


@dataclass(frozen=True)
class Step:
    """One attempt to move a case: by the holder of which key, when, under which rules."""

    case: Case
    by: str
    at: int
    rules: Rules


Objections = Iterator[str]
Guard = Callable[[Step], Objections]


def described(step: Step) -> Objections:
    """The organisation has an identifier, and the scope says what it covers."""
    own, covered = step.case.holder.identifiers, step.case.scope.covered
    if not own:
        yield "the holder has no identifier"
    if not step.case.scope.scope_summary.strip():
        yield "the scope is not described"
    if step.case.scope.scope_kind == "group" and not covered:
        yield "the scope is a group, but names no organisation that it covers"
    if set(own) & set(covered):
        yield "the scope covers the holder a second time"


def applied_for(step: Step) -> Objections:
    """This version of the criteria takes applications on that day."""
    phase = step.rules.transition.phase(step.at, step.rules.zone)
    if phase not in ACCEPTING:
        yield f"version {step.case.version} of the criteria takes no applications: it is {phase}"


def still_decided(step: Step) -> Objections:
    """This version of the criteria is still decided upon, and its sunset leaves something of the term."""
    phase = step.rules.transition.phase(step.at, step.rules.zone)
    if phase not in ACCEPTING:
        yield f"version {step.case.version} of the criteria takes no decisions any more: it is {phase}"
    decision = step.case.decision
    if decision is not None and decision.nbf is not None and step.rules.mark_end(decision.nbf) <= decision.nbf:
        yield f"marks under version {step.case.version} of the criteria have ended by then"


def issued_by_bodies(step: Step) -> Objections:
    """The tier is one that bodies issue."""
    if step.rules.tier.issuer != "body":
        yield "a mark of this tier is not issued by a body"


def reserved(step: Step) -> Objections:
    """The registry reserved id, number and status index."""
    if step.case.reservation is None:
        yield "the registry has reserved no mark id"


def complete(step: Step) -> Objections:
    """Every item of the tier is answered, and each is met or, with approval, not applicable."""
    answered = {answer.item for answer in step.case.answers}
    if answered != step.rules.items:
        yield f"{len(step.rules.items - answered)} items have no answer yet"
    still_open = open_items(step.case.answers)
    if still_open:
        yield f"items neither met nor approved as not applicable: {', '.join(still_open)}"


def confirmed(step: Step) -> Objections:
    """Where the tier asks for it, an expert confirmed exactly these answers."""
    if not step.rules.tier.expert_confirmation:
        return
    confirmation = step.case.confirmation
    if confirmation is None:
        yield "no security expert has confirmed the answers"
    elif confirmation.answers_sha256 != answers_digest(step.case.answers):
        yield "the expert confirmed other answers than these"


def sworn(step: Step) -> Objections:
    """Where the tier asks for it, an executive swore to exactly these answers."""
    if not step.rules.tier.executive_oath:
        return
    oath = step.case.oath
    if oath is None:
        yield "no executive has sworn the oath"
    elif oath.answers_sha256 != answers_digest(step.case.answers):
        yield "the oath was sworn on other answers than these"


def verified_technically(step: Step) -> Objections:
    """Where the tier asks for it, a body verified technically, and not in the future."""
    if not step.rules.tier.technical_verification:
        return
    technical = step.case.technical
    if technical is None:
        yield "there is no technical verification"
    elif technical.date > step.at:
        yield "the technical verification is dated in the future"


def attested(step: Step) -> Objections:
    """An assessor signed."""
    if step.case.attested is None:
        yield "no assessor has attested the result"


def separated(step: Step) -> Objections:
    """Another person than the assessor decides."""
    if step.case.attested is not None and step.case.attested.holder == step.by:
        yield f"{step.by} assessed this case, so another person must decide"


def overdue(step: Step) -> Objections:
    """An application lapses after its months, not before."""
    if step.at < term_end(step.case.opened_at, LAPSE_MONTHS, step.rules.zone):
        yield f"an application lapses {LAPSE_MONTHS} months after it was opened, not before"


RESULT: tuple[Guard, ...] = (described, issued_by_bodies, reserved, complete, confirmed, sworn, verified_technically)

_S, _E = State, Event
TABLE: dict[tuple[State, Event], tuple[State, tuple[Guard, ...]]] = {
    (_S.DRAFT, _E.SUBMIT): (_S.SUBMITTED, (described, issued_by_bodies, applied_for)),
    (_S.SUBMITTED, _E.ACCEPT): (_S.ACCEPTED, (reserved,)),
    (_S.ACCEPTED, _E.BEGIN): (_S.IN_ASSESSMENT, ()),
    (_S.RETURNED, _E.BEGIN): (_S.IN_ASSESSMENT, ()),
    (_S.IN_ASSESSMENT, _E.ATTEST): (_S.ASSESSED, RESULT),
    (_S.ASSESSED, _E.REVIEW): (_S.IN_REVIEW, (attested, separated)),
    (_S.IN_REVIEW, _E.GRANT): (_S.GRANTED, (*RESULT, attested, separated, still_decided)),
    (_S.IN_REVIEW, _E.REFUSE): (_S.REFUSED, (separated,)),
    (_S.IN_REVIEW, _E.RETURN): (_S.RETURNED, (separated,)),
    **{(state, _E.WITHDRAW): (_S.WITHDRAWN, ()) for state in State if state not in FINAL},
    **{(state, _E.LAPSE): (_S.LAPSED, (overdue,)) for state in State if state not in FINAL | {_S.IN_REVIEW}},
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
    if event is Event.BEGIN:
        # What was attested and decided before a return speaks of answers that are now open to change.
        return replace(case, state=target, assessing_since=step.at, attested=None, decision=None)
    return replace(case, state=target)


def check_result(step: Step) -> None:
    """Check once more, before anything is signed, all that the tier demands. Raises RefusedError."""
    objections = [objection for guard in (*RESULT, attested, separated) for objection in guard(step)]
    if step.case.state is not State.GRANTED:
        objections.insert(0, f"it is {step.case.state}, not granted")
    if objections:
        raise RefusedError(f"case {step.case.id} cannot be issued: " + "; ".join(objections))


def _possible(case: Case) -> str:
    events = [event for state, event in TABLE if state is case.state]
    return f"Possible now: {', '.join(events)}." if events else "This state is final."
