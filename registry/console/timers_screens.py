"""Timed acts that wait: two operators confirm exactly the list that both saw, each with their own key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.console.showing import HANDLERS, OPERATORS, show_cards
from registry.timers.confirmation import Confirmation, add_approval, approve, check_approval
from registry.timers.store import TimerFolder
from verifier.edge.authority.timers_view import timers_cards
from verifier.edge.authority.words import KEPT
from verifier.edge.console.errors import SecondPersonError
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import ConflictError, MarkError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from registry.timers.confirmation import Hold
    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class TimersScreens:
    """The page about what the clock made due."""

    desk: Desk

    @property
    def folder(self) -> TimerFolder:
        """What waits, and the operators' word on it."""
        return TimerFolder(self.desk.data.timers)

    def screens(self) -> Sequence[Screen]:
        """Return the page."""
        return (Screen("/timers", self.show, HANDLERS),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is done on it."""
        return (Deed("/timers", self.confirm, OPERATORS, again=self.show),)

    def show(self, visit: Visit) -> Response:
        """Show what waits and who confirmed it."""
        held = self.folder.held()
        answer = {
            "held": held.members() if held else None,
            "digest": held.digest(self.desk.host) if held else "",
            "approved": self._approved(held, now=visit.now) if held else [],
        }
        return show_cards(visit, timers_cards(answer, visit.house.plan.zone, visit.t))

    def confirm(self, visit: Visit) -> Response:
        """Confirm the list of that digest. Raises ConflictError for another list, SecondPersonError, LockedError."""
        held, host, hand = self.folder.held(), self.desk.host, self.desk.hand(visit)
        if held is None:
            raise NotFoundError("nothing waits")
        if held.digest(host) != visit.form.need("digest"):
            raise ConflictError("what waits is another list by now", hint="Look at it again.")
        if self._holder(hand.signer.kid) in self._approved(held, now=visit.now):
            raise SecondPersonError("you confirmed this list already", hint="Another operator confirms it too.")
        approval = approve(held, host=host, iat=visit.now, signer=hand.signer, entropy=self.desk.entropy)
        self.folder.confirm(lambda said: add_approval(said, held, approval, host=host))
        return visit.go("/timers", KEPT)

    def _approved(self, held: Hold, *, now: int) -> list[str]:
        """Return the operators whose word on this list holds now."""
        said: Confirmation | None = self.folder.confirmed()
        if said is None or said.subject != held.digest(self.desk.host):
            return []
        found = []
        with self.desk.log.look() as reading:
            for one in said.approvals:
                try:
                    state = reading.state
                    found.append(check_approval(one, held, root=self.desk.root, book=state, size=state.size, now=now))
                except MarkError:
                    # Too old, or no operator's: the job will not count it either.
                    continue
        return found

    def _holder(self, kid: str) -> str:
        listed, _ = self.desk.root.keys[kid]
        return listed.holder
