"""What waits for a second person: the list, one proposal with everything that it says, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.edge.console import queries
from verifier.edge.console.errors import LockedError, NotAllowedError
from verifier.edge.console.plan import Deed, Screen
from verifier.errors import MarkError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from verifier.edge.console.plan import ProposalKind
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

STATES = ("open", "under_way", "approved", "refused", "withdrawn")


def screens() -> Sequence[Screen]:
    """Return the screens of every console's proposals."""
    return (Screen("/proposals", show_proposals), Screen("/proposals/{number:int}", show_proposal))


def deeds() -> Sequence[Deed]:
    """Return the deeds of every console's proposals."""
    return (
        Deed("/proposals/{number:int}/approve", approve, again=show_proposal),
        Deed("/proposals/{number:int}/refuse", refuse, again=show_proposal),
    )


def show_proposals(visit: Visit) -> Response:
    """Show the latest proposals."""
    names = _names(visit)
    found = visit.house.proposals.list(unit=visit.person.unit)
    rows = [_row(visit, one, names) for one in found]
    waiting = [row for row, one in zip(rows, found, strict=True) if one.state in ("open", "under_way")]
    settled = [row for row, one in zip(rows, found, strict=True) if one.state not in ("open", "under_way")]
    return visit.show("console/proposals.html", waiting=waiting, settled=settled)


def show_proposal(visit: Visit) -> Response:
    """Show one proposal as its kind shows it. Raises NotFoundError."""
    proposal, kind = _found(visit)
    is_open = proposal.state == "open"
    own = proposal.by == visit.person.id
    may = visit.person.may(kind.roles) if kind.roles else True
    return visit.show(
        kind.template,
        proposal=_row(visit, proposal, _names(visit)),
        approvals=[proposal.id] if is_open and may and not own else [],
        refusals=[proposal.id] if is_open and (may or own) else [],
        owns=[proposal.id] if is_open and own else [],
        **kind.shown(visit, proposal),
    )


def approve(visit: Visit) -> Response:
    """Carry a proposal out in the name of the second person. Raises SecondPersonError, and as its kind does."""
    proposal, kind = _found(visit)
    _check_may(visit, kind)
    visit.house.proposals.take(proposal, visit.person)
    try:
        outcome = kind.carry_out(visit, proposal)
    except LockedError:
        visit.house.proposals.give_back(proposal, outcome="")
        raise
    except BaseException as error:
        told = f"{error.code}: {error.message}" if isinstance(error, MarkError) else "interrupted"
        visit.house.proposals.give_back(proposal, outcome=told)
        raise
    visit.house.proposals.settle(proposal, visit.person, outcome=outcome)
    return visit.go(f"/proposals/{proposal.id}", "console.proposals.done")


def refuse(visit: Visit) -> Response:
    """Refuse a proposal, or withdraw one's own. Raises ConflictError."""
    proposal, kind = _found(visit)
    if proposal.by != visit.person.id:
        _check_may(visit, kind)
    visit.house.proposals.refuse(proposal, visit.person, reason=visit.form.get("reason"))
    return visit.go("/proposals", "console.proposals.closed")


def _found(visit: Visit) -> tuple[Proposal, ProposalKind]:
    proposal = visit.house.proposals.load(int(visit.params["number"]), unit=visit.person.unit)
    kind = visit.house.plan.kinds.get(proposal.kind)
    if kind is None:
        raise NotFoundError(f"this console knows no proposal of kind {proposal.kind}")
    return proposal, kind


def _check_may(visit: Visit, kind: ProposalKind) -> None:
    if kind.roles and not visit.person.may(kind.roles):
        raise NotAllowedError("this needs another role", hint="Roles: " + ", ".join(sorted(kind.roles)))


def _names(visit: Visit) -> dict[str, str]:
    with visit.house.accounts.database.transaction() as db:
        return {one.id: one.name for one in queries.list_people(db)}


def _row(visit: Visit, proposal: Proposal, names: dict[str, str]) -> dict[str, object]:
    settled = proposal.settled_at
    return {
        "id": str(proposal.id),
        "href": f"/proposals/{proposal.id}",
        "kind": visit.t.gettext(f"{visit.house.plan.name}.kind.{proposal.kind}"),
        "about": proposal.about,
        "by": names.get(proposal.by, ""),
        "at": visit.moment(proposal.at),
        "state": visit.t.gettext(f"console.proposals.state.{proposal.state}"),
        "settled": [(names.get(proposal.settled_by, ""), visit.moment(settled))] if settled is not None else [],
        "outcome": [proposal.outcome] if proposal.outcome else [],
    }


def proposal_message_ids() -> tuple[str, ...]:
    """Return the message ids that are put together out of codes."""
    return tuple(f"console.proposals.state.{one}" for one in STATES)
