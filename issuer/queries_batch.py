"""All SQL about batches. As in queries.py rows stay inside, and nothing commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from issuer.batch.record import Batch, Member
from issuer.case import State
from issuer.tables import BatchMemberRow, BatchRow, CaseRow, IssuanceRow

_MEMBERS = BatchMemberRow.metadata.tables[str(BatchMemberRow.__tablename__)].c
_ISSUANCES = IssuanceRow.metadata.tables[str(IssuanceRow.__tablename__)].c
_CASES = CaseRow.metadata.tables[str(CaseRow.__tablename__)].c
_BATCHES = BatchRow.metadata.tables[str(BatchRow.__tablename__)].c


def find_batch(session: Session, sheet_sha256: str) -> Batch | None:
    """Return the batch of a list of cases."""
    return _one(session, _BATCHES.sheet_sha256 == sheet_sha256)


def load_batch(session: Session, batch_id: str) -> Batch | None:
    """Return a batch by its id."""
    return _one(session, _BATCHES.id == batch_id)


def list_batches(session: Session) -> tuple[Batch, ...]:
    """Return all batches, oldest first."""
    return tuple(Batch(*row) for row in session.execute(select(*_BATCHES).order_by(_BATCHES.id)))


def begin_batch(
    session: Session, sheet_sha256: str, filename: str, case_ids: Sequence[str], *, at: int, by: str
) -> Batch:
    """Record the intent to issue these cases, in this order."""
    count = session.execute(select(func.count()).select_from(BatchRow)).scalar_one()
    batch = Batch(f"B-{count + 1:06}", sheet_sha256, filename[:255], at, by)
    session.execute(insert(BatchRow).values(**vars(batch)))
    rows = [{"batch_id": batch.id, "position": at, "case_id": one} for at, one in enumerate(case_ids)]
    session.execute(insert(BatchMemberRow), rows)
    return batch


def members_of(session: Session, batch_id: str) -> tuple[Member, ...]:
    """Return the cases of a batch in their order."""
    joined = select(_MEMBERS.case_id, _ISSUANCES.statement, _ISSUANCES.entry_index).outerjoin(
        IssuanceRow, _ISSUANCES.case_id == _MEMBERS.case_id
    )
    rows = session.execute(joined.where(_MEMBERS.batch_id == batch_id).order_by(_MEMBERS.position))
    return tuple(Member(*row) for row in rows)


def unfinished_batches(session: Session) -> dict[str, str]:
    """Return the batch of every case that stands in one which is not finished."""
    joined = select(_MEMBERS.case_id, _MEMBERS.batch_id).join(BatchRow, _BATCHES.id == _MEMBERS.batch_id)
    return dict(session.execute(joined.where(_BATCHES.finished_at.is_(None))).all())


def finish_batch(session: Session, batch_id: str, *, receipt: str, at: int) -> None:
    """Store the receipt of a batch whose cases are all admitted; one that stands there already stays."""
    values = {"receipt": receipt, "finished_at": at}
    open_one = (col(BatchRow.id) == batch_id) & col(BatchRow.receipt).is_(None)
    session.execute(update(BatchRow).where(open_one).values(**values))


def ready_cases(session: Session) -> list[tuple[str, str, int]]:
    """Return id, first identifier and level of every granted case that is not issued and in no open batch."""
    joined = select(_CASES.id, _CASES.subject, _CASES.level).outerjoin(IssuanceRow, _ISSUANCES.case_id == _CASES.id)
    ready = joined.where(_CASES.state == State.GRANTED.value, _ISSUANCES.entry_index.is_(None)).order_by(_CASES.id)
    taken = unfinished_batches(session)
    return [(case, subject, level) for case, subject, level in session.execute(ready) if case not in taken]


def spooled_cases(session: Session) -> tuple[str, ...]:
    """Return the cases whose mark is signed and not admitted, in the order in which their issuance began."""
    waiting = select(_ISSUANCES.case_id).where(_ISSUANCES.statement.is_not(None), _ISSUANCES.entry_index.is_(None))
    return tuple(session.execute(waiting.order_by(_ISSUANCES.begun_at, _ISSUANCES.case_id)).scalars())


def unpacked_cases(session: Session, case_ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of these cases whose package is not written yet."""
    done = set(session.execute(select(_ISSUANCES.case_id).where(_ISSUANCES.finished_at.is_not(None))).scalars())
    return tuple(one for one in case_ids if one not in done)


def _one(session: Session, condition: Any) -> Batch | None:
    row = session.execute(select(*_BATCHES).where(condition)).first()
    return None if row is None else Batch(*row)
