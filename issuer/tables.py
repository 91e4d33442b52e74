"""The desk's tables. Rows only: they stay inside queries.py, and the case's rules are not theirs to check.

The database is private to the evaluator: it holds answers and names that the registry never sees. Types are portable
between SQLite and PostgreSQL. Records of a case are JSON text under the closed schemas of record.py.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Own metadata: in one process with the registry, neither's migrations may see the other's tables.
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


class DeskRow(SQLModel, registry=registry(metadata=METADATA)):
    """A row of this database."""


class CaseRow(DeskRow, table=True):
    """A case with its records."""

    __tablename__ = "desk_case"
    __table_args__ = (Index("ix_desk_case_open", "subject", "scheme", "level", "state"),)

    id: str = Field(primary_key=True, max_length=16)
    scheme: str = Field(max_length=64)
    version: str = Field(max_length=32)
    level: int
    criteria_sha256: str = Field(max_length=43)
    subject: str = Field(max_length=64)
    scope_sha256: str = Field(max_length=43)
    state: str = Field(max_length=20)
    opened_at: int = Field(sa_type=BigInteger)
    assessing_since: int | None = Field(default=None, sa_type=BigInteger)
    holder: str = Field(sa_type=Text)
    scope: str = Field(sa_type=Text)
    reservation: str | None = Field(default=None, sa_type=Text)
    confirmation: str | None = Field(default=None, sa_type=Text)
    oath: str | None = Field(default=None, sa_type=Text)
    technical: str | None = Field(default=None, sa_type=Text)
    attested: str | None = Field(default=None, sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)
    revision: int = 0
    handling: str | None = Field(default=None, sa_type=Text)


class AnswerRow(DeskRow, table=True):
    """The present answer to one item of a case."""

    __tablename__ = "desk_answer"

    case_id: str = Field(primary_key=True, foreign_key="desk_case.id", max_length=16)
    item: str = Field(primary_key=True, max_length=64)
    position: int
    word: str = Field(max_length=20)
    justification: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    approved_by: str | None = Field(default=None, max_length=64)


class ImportRow(DeskRow, table=True):
    """An imported file, kept whole: an overwritten answer can be read again."""

    __tablename__ = "desk_import"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="desk_case.id", index=True, max_length=16)
    at: int = Field(sa_type=BigInteger)
    filename: str = Field(max_length=255)
    content: bytes = Field(sa_type=LargeBinary)


class EventRow(DeskRow, table=True):
    """What happened to a case; rows are only ever added."""

    __tablename__ = "desk_event"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="desk_case.id", index=True, max_length=16)
    at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=64)
    event: str = Field(max_length=32)
    state: str = Field(max_length=20)
    note: str = Field(sa_type=Text)


class IssuanceRow(DeskRow, table=True):
    """How far the issuance of a granted case has come."""

    __tablename__ = "desk_issuance"

    case_id: str = Field(primary_key=True, foreign_key="desk_case.id", max_length=16)
    begun_at: int = Field(sa_type=BigInteger)
    seal: str | None = Field(default=None, sa_type=Text)
    mark: str | None = Field(default=None, sa_type=Text)
    statement: str | None = Field(default=None, sa_type=Text)
    credential: str | None = Field(default=None, sa_type=Text)
    entry_index: int | None = Field(default=None, sa_type=BigInteger)
    receipt: str | None = Field(default=None, sa_type=Text)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)


class CorrectionRow(DeskRow, table=True):
    """A correction of a mark, byte for byte; ``entry_index`` once the registry took it."""

    __tablename__ = "desk_correction"

    id: int | None = Field(default=None, primary_key=True)
    mark: str = Field(index=True, max_length=26)
    case_id: str | None = Field(default=None, foreign_key="desk_case.id", index=True, max_length=16)
    at: int = Field(sa_type=BigInteger)
    seal: str = Field(sa_type=Text)
    corrected: str = Field(sa_type=Text)
    statement: str = Field(sa_type=Text)
    approval: str = Field(sa_type=Text)
    credential: str | None = Field(default=None, sa_type=Text)
    entry_index: int | None = Field(default=None, sa_type=BigInteger)
    receipt: str | None = Field(default=None, sa_type=Text)


class BatchRow(DeskRow, table=True):
    """A batch: which list of cases it is, who began it, and its receipt once all are admitted."""

    __tablename__ = "desk_batch"

    id: str = Field(primary_key=True, max_length=16)
    sheet_sha256: str = Field(max_length=43, unique=True)
    filename: str = Field(max_length=255)
    begun_at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=64)
    receipt: str | None = Field(default=None, sa_type=Text)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)


class BatchMemberRow(DeskRow, table=True):
    """A case of a batch, in its place; how far its issuance has come stands with the case."""

    __tablename__ = "desk_batch_member"

    batch_id: str = Field(primary_key=True, foreign_key="desk_batch.id", max_length=16)
    position: int = Field(primary_key=True)
    case_id: str = Field(foreign_key="desk_case.id", index=True, max_length=16)


class ContactRow(DeskRow, table=True):
    """An address of a holder, by the identifier that names it. It stands nowhere else."""

    __tablename__ = "desk_contact"

    subject: str = Field(primary_key=True, max_length=64)
    position: int = Field(primary_key=True)
    address: str = Field(max_length=254)
    language: str = Field(max_length=8)


class ReminderRow(DeskRow, table=True):
    """A reminder about a mark, so many days from its end, to one of the holder's addresses."""

    __tablename__ = "desk_reminder"

    mark: str = Field(primary_key=True, max_length=26)
    days: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    message_id: str = Field(max_length=120)
    state: str = Field(max_length=16)
    at: int = Field(sa_type=BigInteger)
    note: str = Field(sa_type=Text)


class CompetenceRow(DeskRow, table=True):
    """Who may do which part of a case of which level, in [begins, ends); rows are ended, never removed."""

    __tablename__ = "desk_competence"

    id: int | None = Field(default=None, primary_key=True)
    holder: str = Field(index=True, max_length=64)
    part: str = Field(max_length=20)
    scheme: str = Field(max_length=64)
    level: int
    begins: int = Field(sa_type=BigInteger)
    ends: int = Field(sa_type=BigInteger)


class InterestRow(DeskRow, table=True):
    """What somebody declared to have to do with an organisation; rows are ended, never removed."""

    __tablename__ = "desk_interest"

    id: int | None = Field(default=None, primary_key=True)
    party: str = Field(index=True, max_length=200)
    organisation: str = Field(max_length=64)
    relation: str = Field(max_length=20)
    begins: int = Field(sa_type=BigInteger)
    ends: int | None = Field(default=None, sa_type=BigInteger)


class InvitationRow(DeskRow, table=True):
    """A one-time invitation to confirm or to swear; of its token the digest only."""

    __tablename__ = "desk_invitation"

    token_sha256: str = Field(primary_key=True, max_length=43)
    case_id: str = Field(foreign_key="desk_case.id", index=True, max_length=16)
    purpose: str = Field(max_length=20)
    invited: str | None = Field(default=None, max_length=64)
    result_sha256: str = Field(max_length=43)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    state: str = Field(max_length=10)


class SecretRow(DeskRow, table=True):
    """A random value of this desk that never leaves it."""

    __tablename__ = "desk_secret"

    name: str = Field(primary_key=True, max_length=20)
    value: bytes = Field(sa_type=LargeBinary)
