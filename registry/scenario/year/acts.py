"""What bodies, the authority and the clock say about marks after their issue; each act is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.envelope import DAY
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from registry.scenario.year.people import HeldMark
    from registry.scenario.year.voices import Voice, Voices


class MarkActs:
    """Speaks about marks in one registry."""

    def __init__(self, voices: Voices) -> None:
        self._voices = voices

    @property
    def now(self) -> int:
        """The simulated time, UTC seconds."""
        return self._voices.now

    def suspend(self, held: HeldMark, reason: str, *, days: int, by_authority: bool = False) -> None:
        """Suspend a mark; at the end of so many days it withdraws itself."""
        voice = self._voices.authority() if by_authority else self._voices.body(held.body)
        self._suspend(held, reason, days, voice)

    def suspend_overdue(self, held: HeldMark, *, days: int) -> None:
        """Log that the clock suspended a mark whose report is overdue."""
        self._suspend(held, "report_overdue", days, self._voices.clock_work())

    def lift(self, held: HeldMark, *, by_authority: bool = False) -> None:
        """Lift a suspension."""
        held.lift_by = None
        self._change(held, "mark.reinstated", "active", by=self._two(held, by_authority=by_authority))

    def withdraw(self, held: HeldMark, reason: str) -> None:
        """Withdraw a mark for cause: two people of its body."""
        self._change(held, "mark.withdrawn", "withdrawn", {"reason": reason}, by=self._two(held, by_authority=False))

    def withdraw_by_clock(self, held: HeldMark) -> None:
        """Log that a suspended mark has withdrawn itself."""
        public = {"reason": "suspension_not_lifted"}
        self._change(held, "mark.withdrawn", "withdrawn", public, by=self._voices.clock_work())

    def cancel(self, held: HeldMark) -> None:
        """Cancel a mark as its holder wishes."""
        self._change(held, "mark.cancelled", "cancelled", by=self._voices.body(held.body))

    def annul(self, held: HeldMark, reason: str) -> None:
        """Annul a mark: it was void from its start."""
        self._change(held, "mark.annulled", "annulled", {"reason": reason}, by=self._voices.authority())

    def follow(self, old: HeldMark, *, scope_only: bool = False, by_authority: bool = False) -> None:
        """Say that a mark's successor has taken its place."""
        successor = old.successor
        if successor is None:
            raise RefusedError("nothing was issued to follow the mark")
        type_ = "mark.scope_changed" if scope_only else "mark.superseded"
        self._change(
            old, type_, "superseded", {"successor": successor.id}, by=self._two(old, by_authority=by_authority)
        )

    def report(self, held: HeldMark, *, by_operator: bool = False) -> None:
        """File the next report: the body does, or an operator for a holder that filed it with the authority."""
        voice = self._voices.authority(alone=True) if by_operator else self._voices.body(held.body)
        self._voices.say("annual_report.filed", held.uri, {"due": held.due}, by=voice)
        held.reports, held.extended = held.reports + 1, 0

    def extend(self, held: HeldMark, *, until: int) -> None:
        """Put off the next report."""
        public = {"duty": "annual_report", "until": until}
        self._voices.say("duty.extended", held.uri, public, by=self._voices.authority())
        held.extended = until

    def _two(self, held: HeldMark, *, by_authority: bool) -> Voice:
        return self._voices.authority() if by_authority else self._voices.body(held.body, two=True)

    def _suspend(self, held: HeldMark, reason: str, days: int, by: Voice) -> None:
        held.lift_by = self._voices.now + days * DAY
        self._change(held, "mark.suspended", "suspended", {"reason": reason, "lift_by": held.lift_by}, by=by)

    def _change(
        self, held: HeldMark, type_: str, state: str, public: dict[str, Any] | None = None, *, by: Voice
    ) -> None:
        self._voices.say(type_, held.uri, public or {}, by=by)
        held.state = state
        if state != "suspended":
            held.lift_by = None
