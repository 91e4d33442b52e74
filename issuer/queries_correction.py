"""All SQL about corrections. As in queries.py rows stay inside, and nothing commits."""

from __future__ import annotations

from sqlmodel import Session, col, delete, select, update

from issuer.issuance import Admitted, Corrected, Signed
from issuer.tables import CaseRow, CorrectionRow


def case_of_mark(session: Session, mark_id: str) -> str | None:
    """Return the case for which the registry reserved this mark id."""
    # Records are canonical JSON, so that the member stands in the text exactly so.
    named = col(CaseRow.reservation).contains(f'"mark":"{mark_id}"', autoescape=True)
    return session.exec(select(CaseRow.id).where(named)).first()


def keep_correction(session: Session, case_id: str | None, corrected: Corrected) -> Corrected:
    """Store what was signed, before it is sent."""
    signed = corrected.signed
    row = CorrectionRow(
        mark=corrected.mark,
        case_id=case_id,
        at=corrected.at,
        seal=signed.seal,
        corrected=signed.mark,
        statement=signed.statement,
        approval=corrected.approval,
        credential=signed.credential,
    )
    session.add(row)
    session.flush()
    return _correction(row)


def latest_correction(session: Session, mark_id: str) -> Corrected | None:
    """Return what was signed last for a mark, whether the registry took it or not."""
    statement = select(CorrectionRow).where(CorrectionRow.mark == mark_id).order_by(col(CorrectionRow.id).desc())
    row = session.exec(statement).first()
    return _correction(row) if row is not None else None


def corrected_marks(session: Session) -> dict[str, str]:
    """Return the newest corrected mark token of every case that has one in the log."""
    logged = select(CorrectionRow.case_id, CorrectionRow.corrected).where(col(CorrectionRow.entry_index).is_not(None))
    rows = session.exec(logged.order_by(col(CorrectionRow.id))).all()
    return {case_id: mark for case_id, mark in rows if case_id is not None}


def keep_corrected(session: Session, corrected: Corrected, admitted: Admitted) -> None:
    """Store the registry's answer."""
    values = {"entry_index": admitted.index, "receipt": admitted.receipt}
    session.exec(update(CorrectionRow).where(col(CorrectionRow.id) == corrected.no).values(**values))


def forget_correction(session: Session, corrected: Corrected) -> None:
    """Drop what the registry refused: it is in no log."""
    session.exec(delete(CorrectionRow).where(col(CorrectionRow.id) == corrected.no))


def _correction(row: CorrectionRow) -> Corrected:
    signed = Signed(row.seal, row.corrected, row.statement, row.credential)
    admitted = None
    if row.entry_index is not None and row.receipt is not None:
        admitted = Admitted(row.entry_index, row.receipt)
    return Corrected(row.mark, row.at, signed, row.approval, admitted, row.id)
