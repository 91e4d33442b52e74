"""The spool: marks that are signed and wait for the registry, whether of a batch or alone.

They are sent as they are for as long as the registry takes them, which is 23 hours from their anchor. After that they
are anchored again: the statement is signed anew under a fresh anchor, with it whatever of seal and mark the rules tie
to its time, for the same mark id. That needs the decider's key; sending does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuer import queries, queries_batch
from issuer.batch.group import Rulebook, Settled, in_groups, load, settle
from issuer.batch.run import Pace
from issuer.identity import open_signer
from issuer.workplace import Workplace
from verifier.errors import StoppedError
from verifier.names import parse_name
from verifier.statement import parse_statement


@dataclass(frozen=True)
class Spooled:
    """A signed mark that waits: its case, its id, when it was signed and over which checkpoint."""

    case_id: str
    mark: str
    signed_at: int
    anchor_size: int


def spooled(place: Workplace) -> tuple[Spooled, ...]:
    """Return what waits, oldest first."""
    with place.database.transaction() as session:
        found = [queries.load_issuance(session, one) for one in queries_batch.spooled_cases(session)]
    waiting = []
    for issuance in found:
        if issuance is not None and issuance.signed is not None:
            statement = parse_statement(issuance.signed.statement)
            size = statement.anchor.size if statement.anchor else 0
            mark = parse_name(statement.object).value
            waiting.append(Spooled(issuance.case_id, mark, statement.iat, size))
    return tuple(waiting)


def send_spooled(place: Workplace, pace: Pace, *, renew: bool) -> Settled:
    """Send all that waits; with ``renew`` what the registry refused for its age is anchored again and sent.

    Raises WrongUseError when ``renew`` is asked for and the decider's key is closed, StoppedError when asked to stop.
    """
    if renew:
        open_signer(place.signers, "decider")
    with place.database.transaction() as session:
        waiting = queries_batch.spooled_cases(session)
    total, rulebook, done = Settled(), Rulebook(), 0
    for group in in_groups(waiting, pace.group):
        if pace.stop():
            raise StoppedError(f"stopped after {done} of {len(waiting)} marks", hint="Run it again.")
        total.merge(settle(place, load(place, group, rulebook), signs=renew))
        done += len(group)
        pace.progress(done, len(waiting))
        if total.away is not None:
            break
    return total
