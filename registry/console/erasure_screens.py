"""Erasing the disclosed name of a body: one operator asks for it, another one looks and does it. There is no way back.

The log takes the word of one operator that a disclosure is erased. That two people look is a rule of this console: what
is gone cannot be had back by any third one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.bodies import find_body
from registry.console.showing import OPERATORS, show_cards
from registry.desk.saying import say
from registry.rows.database import Database
from verifier.edge.authority.erasure_view import erasure_cards, erasure_proposal_cards
from verifier.edge.authority.words import ERASURE, PROPOSED
from verifier.edge.console.plan import Deed, ProposalKind, Screen
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.identifier import parse_identifier
from verifier.names import log_origin, org_uri
from verifier.statement.commitment import commit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from registry.console.desk import Desk
    from registry.console.read_log import Reading
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit


@dataclass(frozen=True)
class Disclosed:
    """A body's disclosed name: the organisation that it is of, and the commitments that open it."""

    name: str | None
    organisation: str
    commitments: tuple[str, ...]


@dataclass(frozen=True)
class ErasureScreens:
    """The page about a body's name."""

    desk: Desk

    def screens(self) -> Sequence[Screen]:
        """Return the page."""
        return (Screen("/bodies/{no:int}/erase-name", self.show, OPERATORS),)

    def deeds(self) -> Sequence[Deed]:
        """Return what is proposed on it."""
        return (Deed("/bodies/{no:int}/erase-name", self.propose, OPERATORS, again=self.show),)

    def kinds(self) -> dict[str, ProposalKind]:
        """Return what a second operator does."""
        return {ERASURE: ProposalKind(OPERATORS, "operator/proposal.html", self.shown, self.carry_out)}

    def show(self, visit: Visit) -> Response:
        """Show what would be erased. Raises NotFoundError."""
        no = int(visit.params["no"])
        with self.desk.log.look() as reading:
            found = _disclosed(reading, no, log=log_origin(self.desk.host))
        return show_cards(visit, erasure_cards(no, _members(found), visit.t))

    def propose(self, visit: Visit) -> Response:
        """Propose the erasure. Raises NotFoundError where no name is disclosed, RefusedError for whoever has no key."""
        no, hand = int(visit.params["no"]), self.desk.hand(visit)
        with self.desk.log.look() as reading:
            found = _disclosed(reading, no, log=log_origin(self.desk.host))
        if not found.commitments:
            raise NotFoundError(f"body {no} has no disclosed name", hint="It may have been erased before.")
        # The name itself stays out of the proposal: it would outlive its erasure there.
        members = {"no": no, "commitments": [*found.commitments], "key": hand.key}
        number = visit.house.proposals.propose(visit.person, ERASURE, about=str(no), members=members)
        return visit.go(f"/proposals/{number}", PROPOSED)

    def shown(self, visit: Visit, proposal: Proposal) -> Mapping[str, object]:
        """Return what would be erased, as it stands now. Raises NotFoundError."""
        no = int(proposal.members["no"])
        with self.desk.log.look() as reading:
            found = _disclosed(reading, no, log=log_origin(self.desk.host))
        said = {"commitments": proposal.members["commitments"], "key": proposal.members["key"]}
        return {"cards": erasure_proposal_cards(no, {**_members(found), **said}, visit.t)}

    def carry_out(self, visit: Visit, proposal: Proposal) -> str:
        """Say that it is erased, and take it out of the registry's own files too.

        Raises ConflictError where something else is disclosed by now, NotFoundError, RefusedError, LockedError, and
        what the registry answers with.
        """
        no, hand = int(proposal.members["no"]), self.desk.hand(visit)
        with self.desk.log.look() as reading:
            found = _disclosed(reading, no, log=log_origin(self.desk.host))
        if hand.key == proposal.members["key"]:
            raise RefusedError("both would act with one key", hint="Another operator approves, with another key.")
        if not set(found.commitments) <= set(proposal.members["commitments"]):
            raise ConflictError("another name is disclosed by now", hint="Look at it again and propose it anew.")
        entries = []
        for commitment in found.commitments:
            public = {"commitment": commitment}
            saying = say(self.desk.host, ERASURE, found.organisation, public, entropy=self.desk.entropy)
            entries.append(str(self.desk.say_alone(visit, saying).index))
        database = Database(self.desk.data.database_place)
        try:
            database.forget("disclosure")
        finally:
            database.close()
        return f"log entries {', '.join(entries) or '-'}"


def _disclosed(reading: Reading, no: int, *, log: str) -> Disclosed:
    body = find_body(reading, no)
    names = [one for one in reading.disclosures(body.uri) if one.name == "name"]
    organisation = org_uri(reading.state.host, parse_identifier(body.identifier))
    commitments = tuple(commit(log=log, object=body.uri, disclosure=one) for one in names)
    return Disclosed(reading.name(body.uri), organisation, commitments)


def _members(found: Disclosed) -> dict[str, Any]:
    return {"name": found.name, "organisation": found.organisation, "count": len(found.commitments)}
