"""The tables of a console's accounts. Rows only: they stay inside queries.py.

Tokens of sessions, invitations and recovery codes stand here as digests: whoever reads the file cannot sign in.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


class ConsoleRow(SQLModel, registry=registry(metadata=METADATA)):
    """A row of this database."""


class PersonRow(ConsoleRow, table=True):
    """A person."""

    __tablename__ = "console_person"

    id: str = Field(primary_key=True, max_length=43)
    name: str = Field(max_length=100)
    roles: str = Field(max_length=200)
    unit: str = Field(max_length=64)
    created_at: int
    blocked_at: int | None = None


class PasskeyRow(ConsoleRow, table=True):
    """A passkey of a person."""

    __tablename__ = "console_passkey"

    id: str = Field(primary_key=True, max_length=1400)
    person: str = Field(foreign_key="console_person.id", index=True, max_length=43)
    public_key: str = Field(sa_type=Text)
    sign_count: int
    label: str = Field(max_length=100)
    created_at: int
    used_at: int | None = None


class RecoveryCodeRow(ConsoleRow, table=True):
    """The digest of a recovery code that was not used."""

    __tablename__ = "console_recovery_code"

    id: str = Field(primary_key=True, max_length=43)
    person: str = Field(foreign_key="console_person.id", index=True, max_length=43)


class SessionRow(ConsoleRow, table=True):
    """A session by the digest of its token."""

    __tablename__ = "console_session"

    id: str = Field(primary_key=True, max_length=43)
    person: str = Field(foreign_key="console_person.id", index=True, max_length=43)
    way: str = Field(max_length=16)
    began_at: int
    seen_at: int
    lang: str = Field(max_length=8)
    told: str = Field(max_length=1000)


class InvitationRow(ConsoleRow, table=True):
    """An invitation by the digest of its token."""

    __tablename__ = "console_invitation"

    id: str = Field(primary_key=True, max_length=43)
    name: str = Field(max_length=100)
    roles: str = Field(max_length=200)
    unit: str = Field(max_length=64)
    person: str = Field(max_length=43)
    by: str = Field(max_length=100)
    until: int


class ChallengeRow(ConsoleRow, table=True):
    """A challenge that an authenticator has not answered yet."""

    __tablename__ = "console_challenge"

    id: str = Field(primary_key=True, max_length=43)
    purpose: str = Field(max_length=64)
    until: int


class ProposalRow(ConsoleRow, table=True):
    """What one person proposed."""

    __tablename__ = "console_proposal"
    __table_args__ = (Index("ix_console_proposal_open", "state", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=64)
    about: str = Field(max_length=300)
    members: str = Field(sa_type=Text)
    unit: str = Field(max_length=64)
    by: str = Field(foreign_key="console_person.id", max_length=43)
    at: int
    state: str = Field(max_length=16)
    settled_by: str = Field(max_length=43)
    settled_at: int | None = None
    outcome: str = Field(sa_type=Text)


class JournalRow(ConsoleRow, table=True):
    """A line of the journal."""

    __tablename__ = "console_journal"

    id: int | None = Field(default=None, primary_key=True)
    at: int
    person: str = Field(max_length=43)
    act: str = Field(max_length=200)
    about: str = Field(max_length=300)
    outcome: str = Field(max_length=64)
