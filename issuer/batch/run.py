"""Issuing a batch: group by group, in one session of the decider's key. A run may be killed at any time.

What is finished is in the database, so the next run of the same list goes on with it: every case has its reserved id,
its signed bytes are stored before they are sent and sent again unchanged, and the log takes an id once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from issuer import queries_batch
from issuer.batch.group import Rulebook, Settled, in_groups, load, settle
from issuer.batch.receipt import row_of, sign_batch_receipt
from issuer.batch.record import Batch, Member
from issuer.batch.rows import BatchSheet
from issuer.batch.standing import Progress, preview
from issuer.identity import open_signer
from issuer.wallet import ask
from issuer.workplace import Workplace
from verifier.errors import MarkError, RefusedError, StoppedError, UnavailableError

GROUP = 100
LARGEST_GROUP = 500


@dataclass(frozen=True)
class Pace:
    """How many cases make a group, who is told of progress, and whether somebody asked to stop after this group."""

    progress: Progress
    checking: Progress
    group: int = GROUP
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Outcome:
    """How a batch stands after a run. ``refused`` tells why for each case; ``waiting`` counts what is in the spool."""

    batch: Batch
    members: tuple[Member, ...]
    refused: dict[str, MarkError]
    away: UnavailableError | None

    @property
    def admitted(self) -> int:
        """How many marks are in the log."""
        return sum(one.index is not None for one in self.members)

    @property
    def waiting(self) -> int:
        """How many are signed and not admitted."""
        return sum(one.statement is not None and one.index is None for one in self.members)

    def check(self) -> None:
        """Raise what keeps the batch from being finished: RefusedError for cases, UnavailableError for the registry."""
        count = len(self.members)
        if self.refused:
            told = "\n".join(f"{case}: {error.message}" for case, error in list(self.refused.items())[:50])
            raise RefusedError(
                f"{len(self.refused)} of {count} were refused, {self.admitted} are issued:\n{told}",
                hint="The others are issued. Look at these cases; the same command tries them again.",
            )
        if self.away is not None:
            raise UnavailableError(
                f"{self.admitted} of {count} are issued, {self.waiting} are signed and wait: {self.away.message}",
                hint="Run the same command again, or `shirushi issuer spool send` when the registry is back.",
            )


def issue_batch(place: Workplace, sheet: BatchSheet, pace: Pace, *, credentials: bool = False) -> Outcome:
    """Issue every case of the sheet, or go on where an earlier run stopped; sign the receipt when all are admitted.

    With ``credentials`` every case of it that is not signed yet asks for one from now on, also in later runs.

    Raises MalformedError that names the faults of the sheet before anything is begun, WrongUseError when the decider's
    key is closed, StoppedError when asked to stop, UnavailableError when not even an anchor is to be had.
    """
    open_signer(place.signers, "decider")
    seen = preview(place, sheet, progress=pace.checking)
    seen.check()
    batch = seen.batch or _begin(place, sheet)
    if credentials:
        for lines in in_groups(sheet.lines, LARGEST_GROUP):
            ask(place, [line.case for line in lines])
    total = _run(place, batch, pace)
    members = _members(place, batch)
    if all(one.index is not None for one in members):
        batch = finish(place, batch, members)
    return Outcome(batch, members, total.refused, total.away)


def finish(place: Workplace, batch: Batch, members: tuple[Member, ...]) -> Batch:
    """Return the batch with its receipt, signed and stored unless it was before."""
    if batch.receipt is not None:
        return batch
    token = sign_batch_receipt(
        [row_of(one) for one in members],
        batch=batch,
        identity=place.identity,
        at=place.clock(),
        signer=open_signer(place.signers, "decider"),
        entropy=place.entropy,
    )
    with place.database.transaction() as session:
        queries_batch.finish_batch(session, batch.id, receipt=token, at=place.clock())
        return queries_batch.load_batch(session, batch.id) or batch


def _begin(place: Workplace, sheet: BatchSheet) -> Batch:
    by = place.identity.holder("decider")
    cases = [line.case for line in sheet.lines]
    with place.database.transaction() as session:
        # Another process may have begun the same list meanwhile.
        return queries_batch.find_batch(session, sheet.sha256) or queries_batch.begin_batch(
            session, sheet.sha256, sheet.filename, cases, at=place.clock(), by=by
        )


def _run(place: Workplace, batch: Batch, pace: Pace) -> Settled:
    members = _members(place, batch)
    left = [one.case_id for one in members if one.index is None]
    done, total, rulebook = len(members) - len(left), Settled(), Rulebook()
    pace.progress(done, len(members))
    for group in in_groups(left, pace.group):
        if pace.stop():
            raise StoppedError(f"stopped after {done} of {len(members)} marks", hint="Run it again: it goes on there.")
        settled = settle(place, load(place, group, rulebook), signs=True, sends=total.away is None)
        total.merge(settled)
        done += len(settled.admitted)
        pace.progress(done, len(members))
    if total.away is not None:
        _once_more(place, batch, pace, total)
    return total


def _once_more(place: Workplace, batch: Batch, pace: Pace, total: Settled) -> None:
    """Send once more what waits: a registry that was away for a moment is back by now."""
    total.away, rulebook = None, Rulebook()
    waiting = [one.case_id for one in _members(place, batch) if one.index is None and one.statement is not None]
    for group in in_groups(waiting, pace.group):
        total.merge(settle(place, load(place, group, rulebook), signs=False))
        if total.away is not None:
            return


def _members(place: Workplace, batch: Batch) -> tuple[Member, ...]:
    with place.database.transaction() as session:
        return queries_batch.members_of(session, batch.id)
