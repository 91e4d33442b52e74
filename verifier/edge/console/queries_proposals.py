"""All SQL about proposals. Rows never leave this file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from sqlmodel import col, select, update

from verifier.edge.console.proposal import Proposal, State
from verifier.edge.console.tables import ProposalRow

if TYPE_CHECKING:
    from sqlmodel import Session as Open


def insert(db: Open, proposal: Proposal) -> int:
    """Keep a proposal and return its number."""
    members = json.dumps(proposal.members, ensure_ascii=False)
    row = ProposalRow(**{**vars(proposal), "id": None, "members": members})
    db.add(row)
    db.flush()
    return int(row.id or 0)


def load(db: Open, number: int) -> Proposal | None:
    """Return a proposal."""
    row = db.get(ProposalRow, number)
    return _proposal(row) if row else None


def latest(db: Open, *, unit: str, most: int) -> tuple[Proposal, ...]:
    """Return the latest proposals of a unit, the latest first."""
    chosen = select(ProposalRow).where(col(ProposalRow.unit) == unit).order_by(col(ProposalRow.id).desc())
    return tuple(_proposal(row) for row in db.exec(chosen.limit(most)))


def move(db: Open, number: int, old: State, values: dict[str, Any]) -> bool:
    """Change a proposal that is in a state; say whether it was."""
    here = (col(ProposalRow.id) == number) & (col(ProposalRow.state) == old)
    return int(db.exec(update(ProposalRow).where(here).values(**values)).rowcount) == 1


def free_interrupted(db: Open) -> int:
    """Put back what was in hand, and return how many that were."""
    here = col(ProposalRow.state) == "under_way"
    values = {"state": "open", "settled_by": "", "outcome": "interrupted"}
    return int(db.exec(update(ProposalRow).where(here).values(**values)).rowcount)


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        int(row.id or 0),
        row.kind,
        row.about,
        json.loads(row.members),
        row.unit,
        row.by,
        row.at,
        cast("State", row.state),
        row.settled_by,
        row.settled_at,
        row.outcome,
    )
