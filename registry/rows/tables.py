"""The rows of the registry's database. Domain values stand in the statements; rows only find them.

Types are portable to PostgreSQL. SQLModel tables do not validate: everything here was judged before it is stored.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _whole(*, primary_key: bool = False) -> Column[int]:
    # SQLite makes a row id only of INTEGER, PostgreSQL needs BIGINT for the same range.
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column(kind, primary_key=primary_key, autoincrement=False, nullable=False)


class LogEntry(SQLModel, table=True):
    """One entry of the log: the statement byte for byte, and what finds it. Never updated, never deleted.

    Nothing stands here that the statement says already: an entry costs little more than its own bytes.
    """

    __tablename__ = "log_entry"

    seq: int = Field(sa_column=_whole(primary_key=True))
    statement: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    leaf_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    token_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))


class LogTile(SQLModel, table=True):
    """The hashes of one tile (C2SP tlog-tiles), 32 bytes each, as many as the log has so far.

    From level 1 on: the hashes of level 0 stand beside their entries.
    """

    __tablename__ = "log_tile"

    level: int = Field(primary_key=True)
    idx: int = Field(sa_column=_whole(primary_key=True))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogHead(SQLModel, table=True):
    """The one row with the log's size, root and frontier; changed by compare-and-swap only."""

    __tablename__ = "log_state"

    id: int = Field(primary_key=True)
    size: int = Field(sa_column=_whole())
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    frontier: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Reservation(SQLModel, table=True):
    """A mark id, its registration number and its place in the status lists, reserved for one body and tier."""

    __tablename__ = "reservation"
    __table_args__ = (UniqueConstraint("status_list", "status_idx", name="reservation_status"),)

    mark: str = Field(primary_key=True)
    number: str = Field(unique=True)
    prefix: str = Field(index=True)
    status_list: int
    status_idx: int = Field(sa_column=_whole())
    body: str
    scheme: str
    level: int


class ReservationKey(SQLModel, table=True):
    """The digest of a body and its idempotency key, and what was reserved under it."""

    __tablename__ = "reservation_key"

    key: str = Field(primary_key=True)
    mark: str


class Companion(SQLModel, table=True):
    """A token that stands beside an entry: second, mark, seal or proof. ``mark`` is set where the entry issues one."""

    __tablename__ = "companion"

    seq: int = Field(sa_column=_whole(primary_key=True))
    kind: str = Field(primary_key=True)
    digest: str
    mark: str | None = None
    token: str


ERASED = ""
"""The name of a disclosure that was erased. Its commitment stands in place of the salt, and nothing else is left."""


class DisclosedFact(SQLModel, table=True):
    """What opens a commitment: personal data, so the only row that may be erased."""

    __tablename__ = "disclosure"

    object: str = Field(primary_key=True)
    salt: str = Field(primary_key=True)
    name: str
    value: str
    seq: int = Field(sa_column=_whole())


class UsedToken(SQLModel, table=True):
    """A token that counts once: a second person's (by digest) or a client assertion (by issuer and jti)."""

    __tablename__ = "used_token"

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)


class ReceiptIssued(SQLModel, table=True):
    """What an admission receipt says beside its entry; it is signed after the commit, and again for a retry."""

    __tablename__ = "receipt"

    seq: int = Field(sa_column=_whole(primary_key=True))
    jti: str
    iat: int = Field(sa_column=_whole())


class SequencerEpoch(SQLModel, table=True):
    """The one row that says which sequencer may write: each one that takes over raises the number."""

    __tablename__ = "sequencer_epoch"

    id: int = Field(primary_key=True)
    epoch: int = Field(sa_column=_whole())


class OutboxRow(SQLModel, table=True):
    """A request that an API worker wrote for the sequencer, and later what became of it.

    The request may hold personal data: it is blanked together with the decision.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "id", sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL")),
    )

    id: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)
    )
    kind: str
    request: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    outcome: str | None = None
    decided: int | None = Field(default=None, sa_column=Column(BigInteger().with_variant(Integer(), "sqlite")))


metadata = SQLModel.metadata
