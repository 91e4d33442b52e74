"""What one person proposes and another one approves; nobody approves their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.console import queries_proposals
from verifier.edge.console.errors import SecondPersonError
from verifier.edge.console.proposal import Proposal, State
from verifier.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from verifier.edge.console.accounts_database import AccountsDatabase
    from verifier.edge.console.people import Person
    from verifier.injected import Clock


@dataclass(frozen=True)
class Proposals:
    """The proposals of one console."""

    database: AccountsDatabase
    now: Clock

    def propose(self, person: Person, kind: str, *, about: str, members: dict[str, Any]) -> int:
        """Keep a proposal and return its number."""
        with self.database.transaction() as db:
            return queries_proposals.insert(
                db, Proposal(0, kind, about[:300], members, person.unit, person.id, self.now(), "open")
            )

    def load(self, number: int, *, unit: str) -> Proposal:
        """Return a proposal of this unit. Raises NotFoundError."""
        with self.database.transaction() as db:
            found = queries_proposals.load(db, number)
        if found is None or found.unit != unit:
            raise NotFoundError(f"there is no proposal {number}")
        return found

    def list(self, *, unit: str, most: int = 200) -> tuple[Proposal, ...]:
        """Return the latest proposals of this unit, the latest first."""
        with self.database.transaction() as db:
            return queries_proposals.latest(db, unit=unit, most=most)

    def take(self, proposal: Proposal, person: Person) -> None:
        """Take an open proposal in hand to carry it out. Raises SecondPersonError, ConflictError."""
        if proposal.by == person.id:
            raise SecondPersonError("another person has to approve this", hint="Ask a colleague to look at it.")
        self._move(proposal, "open", "under_way", by=person.id)

    def settle(self, proposal: Proposal, person: Person, *, outcome: str) -> None:
        """Note that a proposal in hand was carried out."""
        self._move(proposal, "under_way", "approved", by=person.id, outcome=outcome)

    def give_back(self, proposal: Proposal, *, outcome: str) -> None:
        """Put a proposal back that could not be carried out; ``outcome`` says why."""
        self._move(proposal, "under_way", "open", by="", outcome=outcome)

    def refuse(self, proposal: Proposal, person: Person, *, reason: str) -> None:
        """Refuse a proposal, or withdraw one's own. Raises ConflictError."""
        state: State = "withdrawn" if proposal.by == person.id else "refused"
        self._move(proposal, "open", state, by=person.id, outcome=reason)

    def _move(self, proposal: Proposal, old: State, new: State, *, by: str, outcome: str = "") -> None:
        settled = None if new in ("open", "under_way") else self.now()
        values = {"state": new, "settled_by": by, "settled_at": settled, "outcome": outcome[:2000]}
        with self.database.transaction() as db:
            if not queries_proposals.move(db, proposal.id, old, values):
                raise ConflictError("the proposal was settled meanwhile", hint="Look at it again.")

    def free_interrupted(self) -> int:
        """Put back what was in hand when the console ended, and return how many; the deeds may have been done."""
        with self.database.transaction() as db:
            return queries_proposals.free_interrupted(db)
