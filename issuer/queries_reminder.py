"""All SQL about addresses and reminders. As in queries.py rows stay inside, and nothing commits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_unless
from sqlmodel import Session, col

from issuer.queries_correction import corrected_marks
from issuer.reminder.record import Contact, Key, Reminded, State
from issuer.tables import ContactRow, IssuanceRow, ReminderRow

_CONTACTS = ContactRow.metadata.tables[str(ContactRow.__tablename__)].c
_REMINDERS = ReminderRow.metadata.tables[str(ReminderRow.__tablename__)].c
_ISSUANCES = IssuanceRow.metadata.tables[str(IssuanceRow.__tablename__)].c
_STATES: dict[str, State] = {"sending": "sending", "sent": "sent", "refused": "refused"}


def replace_contacts(session: Session, subject: str, contacts: Sequence[Contact]) -> None:
    """Put these addresses in the place of all that a holder had; none erases them."""
    session.execute(delete(ContactRow).where(col(ContactRow.subject) == subject))
    if contacts:
        session.execute(insert(ContactRow), [vars(one) for one in contacts])


def contacts(session: Session) -> tuple[Contact, ...]:
    """Return every address, by holder."""
    rows = session.execute(select(*_CONTACTS).order_by(_CONTACTS.subject, _CONTACTS.position))
    return tuple(Contact(*row) for row in rows)


def issued_marks(session: Session) -> list[tuple[str, str]]:
    """Return case and mark token, as last corrected, of everything that the registry admitted."""
    issued = select(_ISSUANCES.case_id, _ISSUANCES.mark).where(_ISSUANCES.entry_index.is_not(None))
    rows = session.execute(issued.order_by(_ISSUANCES.case_id)).all()
    corrected = corrected_marks(session)
    return [(case, corrected.get(case, mark)) for case, mark in rows if mark is not None]


def reminded(session: Session) -> dict[Key, Reminded]:
    """Return every reminder that was begun."""
    found = {}
    for mark, days, position, message_id, state, at, note in session.execute(select(*_REMINDERS)):
        key = Key(mark, days, position)
        found[key] = Reminded(key, message_id, _STATES[state], at, note)
    return found


def begin_reminder(session: Session, key: Key, message_id: str, *, at: int) -> bool:
    """Record, before a letter is handed over, that it is; say whether nobody else had."""
    values = {**vars(key), "message_id": message_id, "state": "sending", "at": at, "note": ""}
    begun = session.execute(insert_unless(ReminderRow).values(**values).on_conflict_do_nothing())
    return bool(begun.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it; the stub names the general class


def settle_reminder(session: Session, key: Key, state: State, *, at: int, note: str = "") -> None:
    """Record what became of a letter."""
    session.execute(update(ReminderRow).where(_is(key)).values(state=state, at=at, note=note[:400]))


def drop_reminder(session: Session, key: Key) -> None:
    """Forget a letter that certainly was not taken, so that it is due again."""
    session.execute(delete(ReminderRow).where(_is(key)))


def _is(key: Key) -> ColumnElement[bool]:
    return (
        (col(ReminderRow.mark) == key.mark)
        & (col(ReminderRow.days) == key.days)
        & (col(ReminderRow.position) == key.position)
    )
