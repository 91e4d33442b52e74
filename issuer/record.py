"""The records of a case: what the registry reserved and what each person confirmed, swore, attested or decided.

They are stored as JSON under closed schemas. Names of persons stand here only and never leave the desk.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verifier.mark import Number
from verifier.schema import Closed, Count, Digest, Index, Instant, Label, Nonce
from verifier.statement.public import MarkId

Note = Annotated[str, StringConstraints(max_length=400)]
Outcome = Literal["granted", "refused", "returned"]
Confirmer = Literal["listed_expert", "body_holder"]


class Reservation(Closed):
    """What the registry set aside for one mark: its id, its number for the telephone, its place in the status lists."""

    mark: MarkId
    number: Number
    status_no: Count
    status_idx: Index


class Confirmation(Closed):
    """An expert confirmed these very answers: by number in the register of experts, or as a holder of the body."""

    kind: Confirmer
    by: Label
    at: Instant
    answers_sha256: Digest


class Oath(Closed):
    """An executive of the applicant swore to these very answers. Who it was is personal data of this desk."""

    officer: Annotated[str, Field(min_length=1, max_length=200)]
    at: Instant
    answers_sha256: Digest


class Attested(Closed):
    """The assessor's signed attestation, who signed, and the salt that opens its commitment to the answers."""

    holder: Label
    at: Instant
    compact: Annotated[str, Field(max_length=8192)]
    salt: Nonce


class Decision(Closed):
    """What another holder decided, why, and for a grant the first second of the term.

    ``supersedes`` is the mark whose place the new one takes; within its term the new one ends at ``ends``, with it.
    """

    outcome: Outcome
    by: Label
    at: Instant
    reason: Note = ""
    nbf: Instant | None = None
    supersedes: MarkId | None = None
    ends: Instant | None = None
