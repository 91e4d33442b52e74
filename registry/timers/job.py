"""The timer job: it logs with the directory key what the clock made due, or waits for two operators.

The rules of replay judge every act again (mark_rules.py): the directory key takes away only what is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from registry.admission.accept import read_submission
from registry.timers.acts import Due, due_acts, snapshot
from registry.timers.confirmation import Hold, check_confirmation
from registry.timers.limits import Limits, held_because
from verifier.encoding import b64u
from verifier.errors import MarkError
from verifier.names import authority_uri, log_origin
from verifier.statement import Anchor, Draft, new_token_id, sign_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from registry.admission.accept import Office
    from registry.log.ledger import Group
    from registry.log.writer import Writer
    from registry.publishing.published import PublishedCheckpoint
    from registry.timers.acts import Act
    from registry.timers.store import TimerFolder
    from verifier.replay.state import LogState
    from verifier.signer import Signer

EVERY = 60
"""Turns between two looks at the log."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class TimerResult:
    """What one run did: how many acts were logged, how many are due and were not."""

    outcome: Literal["logged", "held", "unchanged", "waiting"]
    logged: int = 0
    left: int = 0


@dataclass(frozen=True)
class _Run:
    """What one run looks at: one state of the log, the newest witnessed checkpoint, and the time."""

    state: LogState
    latest: PublishedCheckpoint
    now: int


class TimerJob:
    """Logs one registry's timed acts. It holds the directory key."""

    def __init__(
        self,
        *,
        writer: Writer,
        office: Office,
        signer: Signer,
        folder: TimerFolder,
        limits: Limits,
        lift_days: int,
    ) -> None:
        """Begin. ``lift_days`` is how long the suspension over a report may last that the job logs."""
        self._writer = writer
        self._office = office
        self._signer = signer
        self._folder = folder
        self._limits = limits
        self._lift_days = lift_days
        self._told: str | None = None
        self._turns = 0
        self._was_far = False

    def turn(self) -> TimerResult | None:
        """Take a turn of each second: look at the clock, and at the log once a minute or when the clock has jumped.

        A jump is seen before the next checkpoint, which may be dated by the same clock, hides it. Raises as ``step``.
        """
        self._turns += 1
        latest = self._office.published.latest()
        is_far = latest is not None and self._limits.is_far(self._office.clock(), latest.time)
        has_jumped, self._was_far = is_far and not self._was_far, is_far
        return self.step() if has_jumped or self._turns % EVERY == 1 else None

    def step(self) -> TimerResult:
        """Log what is due, or hold it. Raises UnavailableError or EvidenceError, and logs nothing then."""
        latest = self._office.published.latest()
        if latest is None:
            return TimerResult("waiting")
        state = self._writer.ask(_look).result()
        if state.is_closed:
            return TimerResult("unchanged")
        run = _Run(state, latest, self._office.clock())
        due = due_acts(state, now=run.now, zone=self._office.root.content.zone)
        held = self._folder.held()
        if held is not None:
            confirmed = self._confirmed(held, run)
            if confirmed is not None:
                self._folder.settle()
                return self._log(run, [one for one in due.acts if one in confirmed], len(due.acts))
        return self._judge(run, due, held)

    def _judge(self, run: _Run, due: Due, held: Hold | None) -> TimerResult:
        reasons = held_because(due, now=run.now, witnessed=run.latest.time, limits=self._limits)
        if held is not None and "clock" in held.reasons and "clock" not in reasons:
            # The next checkpoint may be dated by the same wrong clock: only people end this doubt.
            reasons = (*reasons, "clock")
        if not reasons:
            if held is not None:
                self._folder.settle()
            return self._log(run, due.acts, len(due.acts))
        hold = Hold(since=held.since if held else run.now, reasons=reasons, acts=due.acts)
        if hold != held:
            self._folder.hold(hold)
        self._tell(hold)
        return TimerResult("held", left=len(due.acts))

    def _confirmed(self, held: Hold, run: _Run) -> frozenset[Act] | None:
        """Return the acts that two operators confirmed, None while they have not."""
        try:
            said = self._folder.confirmed()
            if said is None or len(said.approvals) < 2:
                return None
            root = self._office.root
            acts = check_confirmation(
                said, since=held.since, root=root, book=run.state, size=run.state.size, now=run.now
            )
        except MarkError as error:
            _log.error("a confirmation of timed acts does not hold", error=error.message)
            self._folder.refuse()
            return None
        _log.warning("two operators confirmed timed acts", acts=len(acts), digest=said.subject)
        return frozenset(acts)

    def _log(self, run: _Run, acts: Iterable[Act], due: int) -> TimerResult:
        asked = []
        for act in acts:
            head = run.state.heads[act.object].index
            # An anchor covers what was said of the object before; a newer entry waits for its checkpoint.
            if head < run.latest.size:
                asked.append((act, self._writer.submit(read_submission(self._statement(act, head, run)))))
        logged = 0
        for act, answer in asked:
            try:
                answer.result()
                logged += 1
            except MarkError as error:
                _log.warning("a timed act was not admitted", object=act.object, type=act.type, error=error.message)
        if logged:
            return TimerResult("logged", logged, due - logged)
        return TimerResult("waiting" if due else "unchanged", left=due)

    def _statement(self, act: Act, head: int, run: _Run) -> str:
        host = self._office.root.host
        public = act.public(now=run.now, lift_days=self._lift_days)
        return sign_statement(
            Draft(log_origin(host), act.type, act.object, public),
            iss=authority_uri(host),
            iat=run.now,
            jti=new_token_id(run.now, self._office.entropy),
            prev=head,
            anchor=Anchor(size=run.latest.size, root=b64u(run.latest.root)),
            signer=self._signer,
        )

    def _tell(self, hold: Hold) -> None:
        """Write an alarm when something else waits than at the last alarm."""
        subject = hold.digest(self._office.root.host)
        if subject != self._told:
            self._told = subject
            _log.error("timed acts wait for two operators", reasons=hold.reasons, acts=len(hold.acts), digest=subject)


def _look(_: Group, state: LogState) -> Callable[[], LogState]:
    copy = snapshot(state)
    return lambda: copy
