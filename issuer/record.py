"""The records of a case: what the registry reserved and what each person confirmed, swore, attested or decided.

They are stored as JSON under closed schemas. Names of persons stand here only and never leave the desk.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verifier.mark import Number
from verifier.schema import Closed, Count, Digest, Index, Instant, Label, Many, Nonce, Uri
from verifier.statement.public import MarkId

Note = Annotated[str, StringConstraints(max_length=400)]
Outcome = Literal["granted", "refused", "returned"]
Confirmer = Literal["listed_expert", "body_holder"]
Part = Literal["assessor", "technical_verifier", "decider"]
Excluded = Literal["entity", "site", "system", "device"]


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


class Assignment(Closed):
    """Who is to assess, to verify technically (a body's URI) and to decide; a part that is absent is not assigned."""

    assessor: Label | None = None
    technical_verifier: Uri | None = None
    decider: Label | None = None


class Exclusion(Closed):
    """Something that the scope leaves out, why, and who of this body accepted the reason. It never leaves the desk."""

    no: Count
    kind: Excluded
    what: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    justification: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    approved_by: Label | None = None


class Round(Closed):
    """A return to the applicant: which one, when, by whom and why, and the digest of the answers that came back."""

    no: Count
    at: Instant
    by: Label
    reason: Note
    result_sha256: Digest


class Person(Closed):
    """A sole proprietor's name, and the salt that opens its commitment in the mark. It can be erased for good."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    salt: Nonce


class Jwk(Closed):
    """A public key on a curve, as it stands in files."""

    kty: str
    crv: str
    x: str
    y: str


class Wallet(Closed):
    """That the holder wants a credential for a wallet, and the wallet's public key if it is bound to one."""

    jwk: Jwk | None = None


class Handling(Closed):
    """How a case is handled: who is to do what, what the scope leaves out, how often it went back.

    ``person`` is behind a sole proprietor's number; ``wallet`` is there where a credential was asked for.
    """

    assignment: Assignment = Assignment()
    exclusions: Many[Exclusion] = ()
    rounds: Many[Round] = ()
    person: Person | None = None
    wallet: Wallet | None = None
