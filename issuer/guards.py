"""Guards: what may stand against a step of a case, one function a rule. A guard has objections or it has none.

Pure. There is no score and no partial star. machine.py says which guards hold which step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from issuer.answers import open_items
from issuer.case import LAPSE_MONTHS, MOST_RETURNS, OLDEST_TEST_MONTHS, Step, lapse_time
from verifier.dates import local_date, term_end
from verifier.scheme.transition import ACCEPTING

Objections = Iterator[str]
Guard = Callable[[Step], Objections]


def described(step: Step) -> Objections:
    """The organisation has an identifier, and the scope says what it covers."""
    own, covered = step.case.holder.identifiers, step.case.scope.covered
    if not own:
        yield "the holder has no identifier"
    if step.case.holder.name_sd is not None and step.case.scope.scope_kind == "group":
        yield "a sole proprietor is no group"
    if not step.case.scope.scope_summary.strip():
        yield "the scope is not described"
    if step.case.scope.scope_kind == "group" and not covered:
        yield "the scope is a group, but names no organisation that it covers"
    if step.case.scope.scope_kind != "group" and covered:
        yield f"the scope is a {step.case.scope.scope_kind}, but covers other organisations: apply as a group"
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
    elif confirmation.answers_sha256 != step.case.digest:
        yield "the expert confirmed other answers than these"


def sworn(step: Step) -> Objections:
    """Where the tier asks for it, an executive swore to exactly these answers."""
    if not step.rules.tier.executive_oath:
        return
    oath = step.case.oath
    if oath is None:
        yield "no executive has sworn the oath"
    elif oath.answers_sha256 != step.case.digest:
        yield "the oath was sworn on other answers than these"
    elif step.case.confirmation is not None and oath.at < step.case.confirmation.at:
        yield "the oath was sworn before the expert confirmed"


def verified_technically(step: Step) -> Objections:
    """Where the tier asks for it, a body verified technically, not in the future and not long ago."""
    if not step.rules.tier.technical_verification:
        return
    technical = step.case.technical
    if technical is None:
        yield "there is no technical verification"
    elif technical.date > step.at:
        yield "the technical verification is dated in the future"
    elif step.at >= term_end(technical.date, OLDEST_TEST_MONTHS, step.rules.zone):
        yield f"the technical verification is older than {OLDEST_TEST_MONTHS} months"
    assigned = step.case.handling.assignment.technical_verifier
    if technical is not None and assigned is not None and technical.body != assigned:
        yield f"the technical verification is by {technical.body}, but was assigned to {assigned}"


def attested(step: Step) -> Objections:
    """An assessor signed."""
    if step.case.attested is None:
        yield "no assessor has attested the result"


def separated(step: Step) -> Objections:
    """Another person than the assessor decides."""
    if step.case.attested is not None and step.case.attested.holder == step.by:
        yield f"{step.by} assessed this case, so another person must decide"


def assessor_assigned(step: Step) -> Objections:
    """Who was assigned to assess assesses."""
    assigned = step.case.handling.assignment.assessor
    if assigned is not None and assigned != step.by:
        yield f"the case is assigned to {assigned} for assessment, not to {step.by}"


def decider_assigned(step: Step) -> Objections:
    """Who was assigned to decide decides."""
    assigned = step.case.handling.assignment.decider
    if assigned is not None and assigned != step.by:
        yield f"the case is assigned to {assigned} for decision, not to {step.by}"


def exclusions_approved(step: Step) -> Objections:
    """Whatever the scope leaves out was looked at, and its reason accepted."""
    pending = [str(one.no) for one in step.case.handling.exclusions if one.approved_by is None]
    if pending:
        yield f"exclusions whose reasons nobody has accepted: {', '.join(pending)}"


def returnable(step: Step) -> Objections:
    """A case goes back to its applicant so many times and no more."""
    rounds = step.case.handling.rounds
    if len(rounds) >= MOST_RETURNS:
        yield f"it was returned {len(rounds)} times already: grant or refuse it"


def in_time(step: Step) -> Objections:
    """While it is with its applicant or its assessor, an application lapses by the clock, noticed or not."""
    end = lapse_time(step.case.opened_at, step.rules.zone)
    if step.at >= end:
        yield f"it lapsed on {local_date(end, step.rules.zone)}, {LAPSE_MONTHS} months after it was opened"


def overdue(step: Step) -> Objections:
    """An application lapses after its months, not before."""
    if step.at < lapse_time(step.case.opened_at, step.rules.zone):
        yield f"an application lapses {LAPSE_MONTHS} months after it was opened, not before"
