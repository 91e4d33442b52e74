"""The JSON of the write API. Shapes only: tokens inside are judged by admission."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from registry.web.problems import MEDIA_TYPE
from verifier.statement.document import MOST_CHARACTERS

MOST_STATEMENTS = 500
"""Rows of one batch."""

Compact = Annotated[str, Field(max_length=16_384, description="A compact JWS.")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReservationRequest(_Model):
    """A body asks for the id of a future mark."""

    assertion: Annotated[Compact, Field(description="client-assertion+jwt over the rest of this request.")]
    scheme: Annotated[str, Field(max_length=64, examples=["jp.meti.scs"])]
    level: Annotated[int, Field(ge=1, le=9)]


class StatusPlaceReserved(_Model):
    """A place in the status lists."""

    list: int
    idx: int


class ReservationAnswer(_Model):
    """What was reserved. The number is for the telephone, never a key."""

    mark: str
    number: str
    status: StatusPlaceReserved


class DisclosedName(_Model):
    """What opens one commitment of the statement; it can be erased later."""

    salt: Annotated[str, Field(max_length=22)]
    name: Annotated[str, Field(max_length=64)]
    value: Annotated[str, Field(max_length=400)]


class StatementRequest(_Model):
    """A signed statement with the tokens that travel with it."""

    statement: Annotated[Compact, Field(description="statement+jwt: the future log entry, byte for byte.")]
    second: Annotated[Compact | None, Field(description="approval+jwt or evaluation-attestation+jwt.")] = None
    mark: Compact | None = None
    seal: Compact | None = None
    proof: Annotated[Compact | None, Field(description="key-proof+jwt of a new key.")] = None
    document: Annotated[
        str | None, Field(max_length=MOST_CHARACTERS, description="The files that the statement pins, as one text.")
    ] = None
    disclosures: Annotated[tuple[DisclosedName, ...], Field(strict=False, max_length=16)] = ()


class StatementAnswer(_Model):
    """Where the statement stands in the log, and the signed promise to publish it."""

    index: int
    receipt: Annotated[str, Field(description="admission-receipt+jwt")]


class BatchRequest(_Model):
    """Many signed statements, each with the tokens that travel with it."""

    statements: Annotated[tuple[StatementRequest, ...], Field(strict=False, min_length=1, max_length=MOST_STATEMENTS)]


class ObjectAnswer(_Model):
    """The newest entry of an object: what the next statement about it names as ``prev``."""

    object: str
    head: int | None
    state: str | None


class HealthAnswer(_Model):
    """How the log stands. ``checkpoint_age`` is in seconds since the witnesses' quorum.

    ``waiting`` says for how many seconds the oldest entry has waited for its checkpoint. More than 60 is an alarm
    (``publication_late``): the registry breaks the promise of its receipts. After six hours without a quorum nothing is
    granted any more (``waiting_for_witnesses``).
    """

    status: Annotated[str, Field(examples=["ok", "publication_late", "waiting_for_witnesses"])]
    size: int
    published: int
    checkpoint_age: int | None
    waiting: int


class ProblemDocument(BaseModel):
    """RFC 9457. ``code`` is stable; ``head`` stands in conflicts only.

    The codes that come with a status are its examples; docs/reference/errors.md has them all. New ones may come.
    """

    type: Annotated[str, Field(description="https://HOST/problems/ and the code.")]
    title: str
    status: int
    code: Annotated[str, Field(description="Which problem it is: decide by this. It does not change.")]
    detail: str | None = None
    hint: str | None = None
    head: int | None = None


class RowAnswer(_Model):
    """What became of one row of a batch: its place and receipt, or the problem that a request of its own would get.

    ``repeated`` says that it stood in the log before.
    """

    index: int | None = None
    receipt: Annotated[str | None, Field(description="admission-receipt+jwt")] = None
    repeated: bool | None = None
    problem: ProblemDocument | None = None


class BatchAnswer(_Model):
    """An answer for every row, in the order of the request."""

    answers: tuple[RowAnswer, ...]


def problem_answers(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """Return how an endpoint's description tells that these statuses come with problem documents."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {status: {"model": ProblemDocument, "content": {MEDIA_TYPE: schema}} for status in statuses}
