"""When the term of a decided mark begins, seen from the day on which it is signed.

A mark may not claim to be valid from before the day of its signature. A decision that waited overnight, or through an
outage of the registry, keeps everything but its first day: the term begins anew on the day of the signature and is as
long as before. The decider's own key is open then, and the case's history says so.
"""

from __future__ import annotations

from dataclasses import replace

from issuer.case import Case, Step
from issuer.decision import Granted, granted
from issuer.guards import still_decided
from issuer.identity import Identity
from verifier.dates import day_start, local_date
from verifier.errors import RefusedError

EVENT = "term"


def begun_by(decided: Granted, identity: Identity, *, at: int) -> Granted:
    """Return the granted case with a term that does not begin before the day of ``at``, not yet stored.

    Raises RefusedError when the scheme's version takes no decisions on that day any more.
    """
    zone, decision = decided.rules.zone, decided.decision
    today = day_start(local_date(at, zone), zone)
    if decided.draft.nbf >= today:
        return decided
    ends = decision.ends if decision.ends is None or decision.ends > today else None
    case: Case = replace(decided.case, decision=decision.model_copy(update={"nbf": today, "ends": ends}))
    objections = list(still_decided(Step(case, decision.by, at, decided.rules)))
    if objections:
        raise RefusedError(f"case {case.id} cannot be issued any more: " + "; ".join(objections))
    return granted(case, decided.rules, identity)


def told(before: Granted, after: Granted) -> str:
    """Return the line of history for a term that begins later than it was decided."""
    zone = after.rules.zone
    first, then = (local_date(one.draft.nbf, zone) for one in (before, after))
    return f"signed on a later day than it was decided: begins {then} instead of {first}"
