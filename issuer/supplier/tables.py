"""The tables of the supplier's place. Rows only: they stay inside queries.py.

Answers are only ever added: the last one to an item counts, and every earlier one can be read again.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, Text
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
WHOLE = "supplier_undertaking.id"


class SupplierRow(SQLModel, registry=registry(metadata=METADATA)):
    """A row of this database."""


class UndertakingRow(SupplierRow, table=True):
    """A self-assessment that was begun; ``profile`` is the JSON of organisation and scope."""

    __tablename__ = "supplier_undertaking"

    id: int | None = Field(default=None, primary_key=True)
    scheme: str = Field(max_length=64)
    version: str = Field(max_length=32)
    level: int
    began_at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)
    profile: str = Field(sa_type=Text)


class AnswerRow(SupplierRow, table=True):
    """An answer that somebody gave to an item; ``source`` is the file that it came out of, empty for by hand."""

    __tablename__ = "supplier_answer"
    __table_args__ = (Index("ix_supplier_answer_item", "undertaking", "item", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    undertaking: int = Field(foreign_key=WHOLE)
    item: str = Field(max_length=64)
    word: str = Field(max_length=20)
    justification: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    by: str = Field(max_length=43)
    at: int = Field(sa_type=BigInteger)
    source: str = Field(max_length=255)


class EvidenceRow(SupplierRow, table=True):
    """A file that shows an answer, by its digest; the file itself stays where it is."""

    __tablename__ = "supplier_evidence"

    id: int | None = Field(default=None, primary_key=True)
    undertaking: int = Field(foreign_key=WHOLE, index=True)
    item: str = Field(max_length=64)
    name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)
    at: int = Field(sa_type=BigInteger)
    removed_at: int | None = Field(default=None, sa_type=BigInteger)


class DraftRow(SupplierRow, table=True):
    """A proposal for an answer, drawn out of another questionnaire; nobody confirmed it."""

    __tablename__ = "supplier_draft"

    undertaking: int = Field(primary_key=True, foreign_key=WHOLE)
    item: str = Field(primary_key=True, max_length=64)
    draft: str = Field(max_length=20)
    because: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    source: str = Field(max_length=255)
    at: int = Field(sa_type=BigInteger)


class ApprovalRow(SupplierRow, table=True):
    """An officer's approval of a result, by the result's digest; rows are only ever added."""

    __tablename__ = "supplier_approval"

    id: int | None = Field(default=None, primary_key=True)
    undertaking: int = Field(foreign_key=WHOLE, index=True)
    result_sha256: str = Field(max_length=43)
    by: str = Field(max_length=43)
    name: str = Field(max_length=100)
    at: int = Field(sa_type=BigInteger)


class RequestRow(SupplierRow, table=True):
    """A client's request, byte for byte."""

    __tablename__ = "supplier_request"

    sha256: str = Field(primary_key=True, max_length=43)
    content: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)


class LevelAnswerRow(SupplierRow, table=True):
    """An answer to a request, byte for byte; the last one counts."""

    __tablename__ = "supplier_level_answer"

    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="supplier_request.sha256", index=True, max_length=43)
    content: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)


class MarkRow(SupplierRow, table=True):
    """A mark that is held: its bundle, and the address that it was fetched from, empty for a file."""

    __tablename__ = "supplier_mark"

    id: str = Field(primary_key=True, max_length=26)
    bundle: bytes = Field(sa_type=LargeBinary)
    via: str = Field(max_length=300)
    at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)


class OathRow(SupplierRow, table=True):
    """An evaluator's invitation to swear, as it came, and the reply that went back, empty for none yet."""

    __tablename__ = "supplier_oath"

    id: int | None = Field(default=None, primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    by: str = Field(max_length=43)
    reply: bytes = Field(sa_type=LargeBinary)
    sworn_by: str = Field(max_length=43)
    sworn_at: int | None = Field(default=None, sa_type=BigInteger)
