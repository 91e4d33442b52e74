"""How a proposal is shown to the second operator: exactly what will be said, and what it concerns now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.bodies import body_members, cascade_shown, cutoff_shown, find_body
from registry.console.showing import OPERATORS
from registry.desk.saying import Saying, read_saying
from verifier.dates import LAST_INSTANT
from verifier.edge.authority.proposal_view import proposal_cards
from verifier.edge.authority.words import TWO_PERSON_TYPES
from verifier.edge.console.plan import ProposalKind
from verifier.errors import MarkError
from verifier.names import parse_name
from verifier.statement.approval import parse_approval
from verifier.statement.key_proof import parse_key_proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.admission.cascade import What
    from registry.console.desk import Desk
    from registry.console.read_log import Reading
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

_WAYS = {"e": "/bodies/{}", "k": "/keys/{}", "m": "/marks/{}", "a": "/agreements/{}", "x": "/experts/{}"}
TEMPLATE = "operator/proposal.html"


@dataclass(frozen=True)
class Proposing:
    """What needs two operators, as the console's kinds of proposals."""

    desk: Desk

    def kinds(self) -> dict[str, ProposalKind]:
        """Return a kind for each type of statement."""
        kind = ProposalKind(OPERATORS, TEMPLATE, self.shown, self.desk.carry_out)
        return dict.fromkeys(TWO_PERSON_TYPES, kind)

    def shown(self, visit: Visit, proposal: Proposal) -> Mapping[str, object]:
        """Return what will be said and what it concerns as the log stands now. Raises EvidenceError."""
        saying = read_saying(self.desk.host, proposal.members["saying"])
        name = parse_name(saying.draft.object)
        approval = parse_approval(str(proposal.members["approval"]), log=saying.draft.log)
        with self.desk.log.look() as reading:
            concerned = _concerned(reading, saying.draft.type, name.value, saying.draft.public, now=visit.now)
        answer = {
            "saying": saying.members(),
            "key": proposal.members["key"],
            "until": min(approval.exp, _proof_ends(saying)) if proposal.state == "open" else None,
            "way": _WAYS[name.kind].format(name.value) if name.kind in _WAYS else None,
            **concerned,
        }
        return {"cards": proposal_cards(answer, visit.house.plan.zone, visit.t)}


def _concerned(reading: Reading, type_: str, value: str, public: dict[str, Any], *, now: int) -> dict[str, Any]:
    whats: dict[str, What] = {
        "body.suspended": "suspend",
        "body.withdrawn": "cause" if public.get("reason") == "cause" else "lapse",
    }
    found: dict[str, Any] = {"cascade": None, "cutoff": None, "present": None}
    try:
        if type_ == "body.amended":
            found["present"] = body_members(reading, find_body(reading, int(value)), now=now)
        elif type_ in whats:
            found["cascade"] = cascade_shown(reading, int(value), whats[type_], now=now)
        elif type_ == "key.revoked":
            found["cutoff"] = cutoff_shown(reading, value, public["cutoff_index"])
    except MarkError:
        # What does not exist any more concerns nothing; the registry will say so.
        pass
    return found


def _proof_ends(saying: Saying) -> int:
    """Return when a new key's proof of itself ends: a second operator has no longer than that."""
    if saying.proof is None:
        return LAST_INSTANT
    return int(parse_key_proof(saying.proof, log=saying.draft.log).token.payload["exp"])
