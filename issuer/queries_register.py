"""SQL of the registers of competence and of interests, of invitations and of the desk's secret values."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from issuer.case_register import CaseLine
from issuer.invitation import Invitation, Purpose
from issuer.suitability import PARTS, RELATIONS, Competence, Interest, Registers
from issuer.tables import CaseRow, CompetenceRow, EventRow, InterestRow, InvitationRow, SecretRow
from verifier.errors import NotFoundError, RefusedError
from verifier.injected import Entropy

SECRET_BYTES = 32


def add_competence(session: Session, competence: Competence) -> int:
    """Store a row of the register of competence and return its number."""
    row = CompetenceRow(**{name: value for name, value in vars(competence).items() if name != "no"})
    session.add(row)
    session.flush()
    return row.id or 0


def list_competences(session: Session) -> tuple[Competence, ...]:
    """Return the register of competence, oldest row first."""
    rows = session.exec(select(CompetenceRow).order_by(col(CompetenceRow.id))).all()
    return tuple(_competence(row) for row in rows)


def end_competence(session: Session, no: int, *, at: int) -> None:
    """End a row at an instant; what it allowed before stays allowed. Raises NotFoundError, RefusedError."""
    row = session.get(CompetenceRow, no)
    if row is None:
        raise NotFoundError(f"the register of competence has no row {no}")
    if row.ends <= at:
        raise RefusedError(f"row {no} has ended already")
    row.ends = max(at, row.begins)
    session.add(row)


def add_interest(session: Session, interest: Interest) -> int:
    """Store a row of the register of interests and return its number."""
    row = InterestRow(**{name: value for name, value in vars(interest).items() if name != "no"})
    session.add(row)
    session.flush()
    return row.id or 0


def list_interests(session: Session) -> tuple[Interest, ...]:
    """Return the register of interests, oldest row first."""
    rows = session.exec(select(InterestRow).order_by(col(InterestRow.id))).all()
    return tuple(_interest(row) for row in rows)


def end_interest(session: Session, no: int, *, at: int) -> None:
    """Record when a relation ended. Raises NotFoundError, RefusedError."""
    row = session.get(InterestRow, no)
    if row is None:
        raise NotFoundError(f"the register of interests has no row {no}")
    if row.ends is not None or at < row.begins:
        raise RefusedError(f"row {no} has ended already" if row.ends else "a relation does not end before it began")
    row.ends = at
    session.add(row)


def registers_of(session: Session, party: str) -> Registers:
    """Return what both registers say of one party."""
    kept = session.exec(select(func.count(col(CompetenceRow.id)))).one() > 0
    competences = session.exec(select(CompetenceRow).where(CompetenceRow.holder == party)).all()
    interests = session.exec(select(InterestRow).where(InterestRow.party == party)).all()
    return Registers(tuple(map(_competence, competences)), tuple(map(_interest, interests)), kept)


def add_invitation(session: Session, invitation: Invitation) -> None:
    """Store an invitation; an earlier open one for the same purpose and case is replaced by it."""
    session.execute(
        update(InvitationRow)
        .where(
            col(InvitationRow.case_id) == invitation.case_id,
            col(InvitationRow.purpose) == invitation.purpose,
            col(InvitationRow.state) == "open",
        )
        .values(state="replaced")
    )
    session.add(InvitationRow(**vars(invitation)))
    session.flush()


def find_invitation(session: Session, token_sha256: str) -> Invitation | None:
    """Return the invitation of a token's digest."""
    row = session.get(InvitationRow, token_sha256)
    if row is None:
        return None
    purpose: Purpose = next(one for one in get_args(Purpose) if one == row.purpose)
    return Invitation(
        row.token_sha256,
        row.case_id,
        purpose,
        row.invited,
        row.result_sha256,
        row.created_at,
        row.expires_at,
        next(one for one in ("open", "used", "replaced") if one == row.state),
    )


def use_invitation(session: Session, token_sha256: str) -> bool:
    """Mark an open invitation as used; say whether it was open until now."""
    used = session.execute(
        update(InvitationRow)
        .where(col(InvitationRow.token_sha256) == token_sha256, col(InvitationRow.state) == "open")
        .values(state="used")
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]  # as in queries.save_case


def case_lines(session: Session, *, until: int) -> tuple[CaseLine, ...]:
    """Return every case that was opened before an instant, with what had happened to it by then."""
    events = dict[str, list[tuple[int, str, str]]]()
    told = select(EventRow).where(col(EventRow.at) < until).order_by(col(EventRow.id))
    for event in session.exec(told):
        events.setdefault(event.case_id, []).append((event.at, event.event, event.state))
    opened = select(CaseRow).where(col(CaseRow.opened_at) < until).order_by(col(CaseRow.id))
    return tuple(
        CaseLine(row.id, row.scheme, row.level, row.subject, row.opened_at, tuple(events.get(row.id, ())))
        for row in session.exec(opened)
    )


def secret(session: Session, name: str, entropy: Entropy) -> bytes:
    """Return the desk's secret of this name, made at first use: 32 random bytes."""
    row = session.get(SecretRow, name)
    if row is None:
        row = SecretRow(name=name, value=entropy(SECRET_BYTES))
        session.add(row)
        session.flush()
    return row.value


def _competence(row: CompetenceRow) -> Competence:
    part = next(one for one in PARTS if one == row.part)
    return Competence(row.holder, part, row.scheme, row.level, row.begins, row.ends, row.id or 0)


def _interest(row: InterestRow) -> Interest:
    relation = next(one for one in RELATIONS if one == row.relation)
    return Interest(row.party, row.organisation, relation, row.begins, row.ends, row.id or 0)
