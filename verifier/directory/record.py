"""Records of the directory: one line of canonical JSON for each object and for each identifier.

An object's record names its newest entry (index and leaf hash), its state by statements, and until when that holds by
the clock. An identifier's record lists all its marks, held or covering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from verifier.encoding import canonical, read_object, sha256
from verifier.schema import Closed, Code, Digest, Index, Instant, Label, Level, Many, Uri, read_model
from verifier.statement.public import MarkId, ScopeKind


class ObjectRecord(Closed):
    """The present state of one object."""

    object: Uri
    head: Index
    leaf: Digest
    state: Code
    until: Instant | None = None

    @property
    def subject(self) -> str:
        """What the record is found under."""
        return self.object


class MarkLine(Closed):
    """One mark in an identifier's record; ``link`` says whether the organisation holds it or is covered by it."""

    mark: MarkId
    link: Literal["held", "covered"]
    scheme: Label
    tier: Level
    scope_kind: ScopeKind
    state: Code
    nbf: Instant
    until: Instant


class IdentifierRecord(Closed):
    """All marks of one identifier."""

    identifier: Label
    marks: Annotated[Many[MarkLine], Field(min_length=1)]

    @property
    def subject(self) -> str:
        """What the record is found under."""
        return self.identifier


Record = ObjectRecord | IdentifierRecord


@dataclass(frozen=True)
class Line:
    """A record as it stands in a bucket: its key and its bytes."""

    key: bytes
    data: bytes


def subject_key(subject: str) -> bytes:
    """Return the 32-byte key of an object's URI or an identifier's text."""
    return sha256(subject.encode())


def line_of(record: Record) -> Line:
    """Return the record's line."""
    return Line(subject_key(record.subject), canonical(record.members()))


def parse_line(data: bytes) -> Record:
    """Return the record of a line. Raises MalformedError, StatementError or NewerVersionError."""
    value: dict[str, Any] = read_object(data)
    model: type[ObjectRecord] | type[IdentifierRecord] = ObjectRecord if "object" in value else IdentifierRecord
    return read_model(model, value, what="directory record")
