"""All SQL about people, passkeys, sessions and what lets somebody in. Rows never leave this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlmodel import col, delete, select, update

from verifier.edge.console.people import Invitation, JournalLine, Passkey, Person, Session
from verifier.edge.console.tables import (
    ChallengeRow,
    InvitationRow,
    JournalRow,
    PasskeyRow,
    PersonRow,
    RecoveryCodeRow,
    SessionRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session as Open

    from verifier.edge.console.people import Way


def insert_person(db: Open, person: Person) -> None:
    """Keep a new person."""
    db.add(
        PersonRow(
            id=person.id,
            name=person.name,
            roles=_joined(person.roles),
            unit=person.unit,
            created_at=person.created_at,
            blocked_at=person.blocked_at,
        )
    )
    db.flush()


def load_person(db: Open, person_id: str) -> Person | None:
    """Return a person."""
    row = db.get(PersonRow, person_id)
    return _person(row) if row else None


def list_people(db: Open) -> tuple[Person, ...]:
    """Return everybody, oldest first."""
    rows = db.exec(select(PersonRow).order_by(col(PersonRow.created_at), col(PersonRow.id)))
    return tuple(_person(row) for row in rows)


def block_person(db: Open, person_id: str, *, at: int | None) -> None:
    """Block a person, or with None let them in again; a blocked person's sessions end."""
    db.exec(update(PersonRow).where(col(PersonRow.id) == person_id).values(blocked_at=at))
    if at is not None:
        db.exec(delete(SessionRow).where(col(SessionRow.person) == person_id))


def insert_passkey(db: Open, passkey: Passkey) -> None:
    """Keep a new passkey."""
    db.add(PasskeyRow(**vars(passkey)))


def load_passkey(db: Open, passkey_id: str) -> Passkey | None:
    """Return a passkey by the id that its authenticator gave it."""
    row = db.get(PasskeyRow, passkey_id)
    return _passkey(row) if row else None


def passkeys_of(db: Open, person_id: str) -> tuple[Passkey, ...]:
    """Return a person's passkeys, oldest first."""
    rows = db.exec(select(PasskeyRow).where(col(PasskeyRow.person) == person_id).order_by(col(PasskeyRow.created_at)))
    return tuple(_passkey(row) for row in rows)


def note_passkey_used(db: Open, passkey_id: str, *, sign_count: int, at: int) -> None:
    """Keep the new counter of a passkey."""
    db.exec(update(PasskeyRow).where(col(PasskeyRow.id) == passkey_id).values(sign_count=sign_count, used_at=at))


def remove_passkey(db: Open, passkey_id: str) -> None:
    """Forget a passkey."""
    db.exec(delete(PasskeyRow).where(col(PasskeyRow.id) == passkey_id))


def replace_recovery_codes(db: Open, person_id: str, digests: Iterable[str]) -> None:
    """Put new codes in the place of a person's old ones."""
    db.exec(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.person) == person_id))
    db.add_all(RecoveryCodeRow(id=one, person=person_id) for one in digests)


def take_recovery_code(db: Open, code: str) -> str | None:
    """Use a code up, by its digest, and return whose it was."""
    row = db.get(RecoveryCodeRow, code)
    if row is None:
        return None
    db.delete(row)
    return row.person


def count_recovery_codes(db: Open, person_id: str) -> int:
    """Return how many codes a person has left."""
    return len(db.exec(select(RecoveryCodeRow.id).where(col(RecoveryCodeRow.person) == person_id)).all())


def insert_session(db: Open, session: Session) -> None:
    """Keep a new session."""
    db.add(SessionRow(**vars(session)))


def load_session(db: Open, session_id: str) -> Session | None:
    """Return a session."""
    row = db.get(SessionRow, session_id)
    return _session(row) if row else None


def sessions_of(db: Open, person_id: str) -> tuple[Session, ...]:
    """Return a person's sessions, the latest first."""
    rows = db.exec(
        select(SessionRow).where(col(SessionRow.person) == person_id).order_by(col(SessionRow.seen_at).desc())
    )
    return tuple(_session(row) for row in rows)


def change_session(db: Open, session_id: str, **values: int | str) -> None:
    """Change what a session keeps."""
    db.exec(update(SessionRow).where(col(SessionRow.id) == session_id).values(**values))


def end_session(db: Open, session_id: str) -> None:
    """End a session."""
    db.exec(delete(SessionRow).where(col(SessionRow.id) == session_id))


def insert_invitation(db: Open, invitation: Invitation) -> None:
    """Keep an invitation."""
    db.add(InvitationRow(**{**vars(invitation), "roles": _joined(invitation.roles)}))


def load_invitation(db: Open, invitation_id: str) -> Invitation | None:
    """Return an invitation by the digest of its token."""
    row = db.get(InvitationRow, invitation_id)
    return _invitation(row) if row else None


def list_invitations(db: Open) -> tuple[Invitation, ...]:
    """Return the invitations that nobody used."""
    return tuple(_invitation(row) for row in db.exec(select(InvitationRow).order_by(col(InvitationRow.until))))


def remove_invitation(db: Open, invitation_id: str) -> None:
    """Take an invitation back, or note that it was used."""
    db.exec(delete(InvitationRow).where(col(InvitationRow.id) == invitation_id))


def remove_invitations_of(db: Open, person: Person) -> None:
    """Take back the invitations to a person, and those in that person's name."""
    theirs = (col(InvitationRow.person) == person.id) | (col(InvitationRow.by) == person.name)
    db.exec(delete(InvitationRow).where(theirs & (col(InvitationRow.unit) == person.unit)))


def insert_challenge(db: Open, challenge: str, *, purpose: str, until: int) -> None:
    """Keep the digest of a challenge."""
    db.add(ChallengeRow(id=challenge, purpose=purpose, until=until))


def take_challenge(db: Open, challenge: str, *, purpose: str, now: int) -> bool:
    """Use a challenge up; say whether it was there for this purpose and in time."""
    row = db.get(ChallengeRow, challenge)
    if row is None:
        return False
    db.delete(row)
    return row.purpose == purpose and now < row.until


def forget_over(db: Open, *, now: int, idle: int, longest: int) -> None:
    """Forget challenges, invitations and sessions whose time is over."""
    db.exec(delete(ChallengeRow).where(col(ChallengeRow.until) <= now))
    db.exec(delete(InvitationRow).where(col(InvitationRow.until) <= now))
    over = (col(SessionRow.seen_at) <= now - idle) | (col(SessionRow.began_at) <= now - longest)
    db.exec(delete(SessionRow).where(over))


def insert_line(db: Open, line: JournalLine) -> None:
    """Add a line to the journal."""
    db.add(JournalRow(**vars(line)))


def latest_lines(db: Open, *, most: int) -> tuple[JournalLine, ...]:
    """Return the latest lines of the journal, the latest first."""
    rows = db.exec(select(JournalRow).order_by(col(JournalRow.id).desc()).limit(most))
    return tuple(JournalLine(row.at, row.person, row.act, row.about, row.outcome) for row in rows)


def _joined(roles: Iterable[str]) -> str:
    return " ".join(sorted(roles))


def _person(row: PersonRow) -> Person:
    return Person(row.id, row.name, frozenset(row.roles.split()), row.unit, row.created_at, row.blocked_at)


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(row.id, row.person, row.public_key, row.sign_count, row.label, row.created_at, row.used_at)


def _session(row: SessionRow) -> Session:
    way = cast("Way", row.way)
    return Session(row.id, row.person, way, row.began_at, row.seen_at, row.lang, row.told)


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(row.id, row.name, frozenset(row.roles.split()), row.unit, row.person, row.by, row.until)
