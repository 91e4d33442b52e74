"""All SQL of the desk. Rows stay in here: functions take and return domain values and never commit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from issuer.answers import Answers, ItemAnswer, Word
from issuer.case import FINAL, Case, State
from issuer.issuance import Admitted, CaseEvent, Issuance, Signed
from issuer.record import Attested, Confirmation, Decision, Handling, Oath, Reservation
from issuer.tables import METADATA, AnswerRow, CaseRow, EventRow, ImportRow, IssuanceRow
from verifier.encoding import canonical, read_object
from verifier.errors import ConflictError, NotFoundError
from verifier.mark import Holder, Scope
from verifier.schema import Closed, read_model
from verifier.statement.attestation import TechnicalVerification

Record = TypeVar("Record", bound=Closed)
_WORDS: dict[str, Word] = {
    "unanswered": "unanswered",
    "met": "met",
    "not_met": "not_met",
    "not_applicable": "not_applicable",
}


def next_case_id(session: Session) -> str:
    """Return the next case id: C- and a running number."""
    count = session.exec(select(func.count(col(CaseRow.id)))).one()
    return f"C-{count + 1:06}"


def insert_case(session: Session, case: Case) -> None:
    """Store a new case."""
    session.add(CaseRow(id=case.id, **_columns(case)))
    session.flush()


def load_case(session: Session, case_id: str) -> Case:
    """Return a case with its answers. Raises NotFoundError."""
    row = session.get(CaseRow, case_id)
    if row is None:
        raise NotFoundError(f"there is no case {case_id[:20]!r}", hint="`shirushi issuer case list` shows all cases.")
    return _case(session, row)


def list_cases(session: Session) -> tuple[Case, ...]:
    """Return all cases, oldest first."""
    rows = session.exec(select(CaseRow).order_by(col(CaseRow.id))).all()
    return tuple(_case(session, row) for row in rows)


def cases_in(session: Session, states: Collection[State], *, opened_before: int) -> tuple[Case, ...]:
    """Return the cases that stand in one of these states and were opened before an instant, oldest first."""
    statement = (
        select(CaseRow)
        .where(col(CaseRow.state).in_([state.value for state in states]), col(CaseRow.opened_at) < opened_before)
        .order_by(col(CaseRow.id))
    )
    return tuple(_case(session, row) for row in session.exec(statement).all())


def save_case(session: Session, case: Case) -> Case:
    """Store a changed case and its answers; return it at its new revision.

    Raises ConflictError when somebody else changed it since it was loaded.
    """
    changed = session.execute(
        update(CaseRow)
        .where(col(CaseRow.id) == case.id, col(CaseRow.revision) == case.revision)
        .values(**_columns(case) | {"revision": case.revision + 1})
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it; the stub names the general class
        raise ConflictError(f"case {case.id} was changed meanwhile", hint="Look at it again.")
    if case.answers != _answers(session, case.id):
        rows = [{"case_id": case.id, "position": at, **vars(one)} for at, one in enumerate(case.answers)]
        session.execute(delete(AnswerRow).where(col(AnswerRow.case_id) == case.id))
        session.execute(insert(AnswerRow), rows)
    return replace(case, revision=case.revision + 1)


def open_case_like(session: Session, case: Case) -> str | None:
    """Return the id of an unfinished case of the same organisation, tier and scope."""
    statement = select(CaseRow.id).where(
        CaseRow.subject == case.holder.identifiers[0],
        CaseRow.scheme == case.scheme,
        CaseRow.level == case.level,
        CaseRow.scope_sha256 == case.scope.digest,
        col(CaseRow.state).not_in([state.value for state in FINAL]),
    )
    return session.exec(statement).first()


def add_event(session: Session, case: Case, event: CaseEvent) -> None:
    """Add a line to a case's history."""
    session.add(EventRow(case_id=case.id, **vars(event)))


def events_of(session: Session, case_id: str) -> tuple[CaseEvent, ...]:
    """Return a case's history, oldest first."""
    rows = session.exec(select(EventRow).where(EventRow.case_id == case_id).order_by(col(EventRow.id))).all()
    return tuple(CaseEvent(row.at, row.by, row.event, row.state, row.note) for row in rows)


def add_import(session: Session, case_id: str, *, at: int, filename: str, content: bytes) -> None:
    """Keep an imported file."""
    session.add(ImportRow(case_id=case_id, at=at, filename=filename[:255], content=content))


def imports_of(session: Session, case_id: str) -> tuple[tuple[str, bytes], ...]:
    """Return name and content of every file imported into a case, oldest first."""
    rows = session.exec(select(ImportRow).where(ImportRow.case_id == case_id).order_by(col(ImportRow.id))).all()
    return tuple((row.filename, row.content) for row in rows)


def load_issuance(session: Session, case_id: str) -> Issuance | None:
    """Return how far the issuance of a case has come, or None before it began."""
    row = session.get(IssuanceRow, case_id)
    if row is None:
        return None
    signed = admitted = None
    if row.seal is not None and row.mark is not None and row.statement is not None:
        signed = Signed(row.seal, row.mark, row.statement, row.credential)
    if row.entry_index is not None and row.receipt is not None:
        admitted = Admitted(row.entry_index, row.receipt)
    return Issuance(row.case_id, row.begun_at, signed, admitted, row.finished_at)


def begin_issuance(session: Session, case_id: str, *, at: int) -> None:
    """Record the intent to issue."""
    session.add(IssuanceRow(case_id=case_id, begun_at=at))
    session.flush()


def keep_signed(session: Session, case_id: str, signed: Signed) -> bool:
    """Store what was signed unless something is stored already; say whether it was."""
    kept = session.execute(
        update(IssuanceRow)
        .where(col(IssuanceRow.case_id) == case_id, col(IssuanceRow.statement).is_(None))
        .values(**vars(signed))
    )
    return bool(kept.rowcount)  # type: ignore[attr-defined]  # as in save_case


def replace_signed(session: Session, case_id: str, old: Signed, new: Signed) -> bool:
    """Put newly signed bytes in the place of those that the registry refused; say whether they still stood there."""
    replaced = session.execute(update(IssuanceRow).where(*_refused(case_id, old)).values(**vars(new)))
    return bool(replaced.rowcount)  # type: ignore[attr-defined]  # as in save_case


def forget_signed(session: Session, case_id: str, old: Signed) -> bool:
    """Drop signed bytes that the registry refused, so that they are signed again; say whether they still stood there.

    Another run may have signed anew meanwhile: its bytes may be in the log by now.
    """
    forgotten = session.execute(
        update(IssuanceRow).where(*_refused(case_id, old)).values(seal=None, mark=None, statement=None, credential=None)
    )
    return bool(forgotten.rowcount)  # type: ignore[attr-defined]  # as in save_case


def forget_credential(session: Session, case_id: str) -> None:
    """Drop the credential that was signed beside a mark."""
    _update_issuance(session, case_id, credential=None)


def keep_admitted(session: Session, case_id: str, signed: Signed, admitted: Admitted) -> None:
    """Store the registry's answer beside the bytes that it admitted, whatever another run has put there meanwhile."""
    _update_issuance(session, case_id, **vars(signed), entry_index=admitted.index, receipt=admitted.receipt)


def keep_finished(session: Session, case_id: str, *, at: int) -> None:
    """Record that the package is written."""
    _update_issuance(session, case_id, finished_at=at)


def _refused(case_id: str, old: Signed) -> tuple[ColumnElement[bool], ...]:
    return (
        col(IssuanceRow.case_id) == case_id,
        col(IssuanceRow.statement) == old.statement,
        col(IssuanceRow.entry_index).is_(None),
    )


def _update_issuance(session: Session, case_id: str, **values: Any) -> None:
    session.execute(update(IssuanceRow).where(col(IssuanceRow.case_id) == case_id).values(**values))


def _columns(case: Case) -> dict[str, Any]:
    records = (
        "holder",
        "scope",
        "reservation",
        "confirmation",
        "oath",
        "technical",
        "attested",
        "decision",
        "handling",
    )
    plain = ("scheme", "version", "level", "criteria_sha256", "opened_at", "assessing_since", "revision")
    return {
        **{name: getattr(case, name) for name in plain},
        **{name: _text(getattr(case, name)) for name in records},
        "state": case.state.value,
        "subject": case.holder.identifiers[0],
        "scope_sha256": case.scope.digest,
    }


def _case(session: Session, row: CaseRow) -> Case:
    return Case(
        id=row.id,
        scheme=row.scheme,
        version=row.version,
        level=row.level,
        criteria_sha256=row.criteria_sha256,
        holder=_required(row.holder, Holder),
        scope=_required(row.scope, Scope),
        opened_at=row.opened_at,
        state=State(row.state),
        assessing_since=row.assessing_since,
        reservation=_record(row.reservation, Reservation),
        answers=_answers(session, row.id),
        confirmation=_record(row.confirmation, Confirmation),
        oath=_record(row.oath, Oath),
        technical=_record(row.technical, TechnicalVerification),
        attested=_record(row.attested, Attested),
        decision=_record(row.decision, Decision),
        revision=row.revision,
        handling=_record(row.handling, Handling) or Handling(),
    )


def _answers(session: Session, case_id: str) -> Answers:
    names = ("item", "word", "justification", "evidence", "approved_by")
    columns = (METADATA.tables[str(AnswerRow.__tablename__)].c[name] for name in names)
    # Plain columns: a case has up to 153 answers, and making a row object of each costs more than reading it.
    rows = session.execute(
        select_columns(*columns).where(col(AnswerRow.case_id) == case_id).order_by(col(AnswerRow.position))
    )
    return tuple(ItemAnswer(item, _WORDS[word], reason, evidence, by) for item, word, reason, evidence, by in rows)


def _text(record: Closed | None) -> str | None:
    return None if record is None else canonical(record.members()).decode()


def _required(text: str, model: type[Record]) -> Record:
    return read_model(model, read_object(text.encode()), what=f"stored {model.__name__.lower()}")


def _record(text: str | None, model: type[Record]) -> Record | None:
    return None if text is None else _required(text, model)
