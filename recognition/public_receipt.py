"""The public receipt of a recognition: verdict and number of conditions, and the digests of everything else.

It is pinned by the entry that records the recognition. The full receipt, with its gap lists, is for the holder and for
the evaluator whom the holder chooses; its digest stands here, so that it can be shown later and recomputed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from recognition.agreement import ScopeKind
from recognition.receipt import ENGINE, receipt_bytes
from verifier.encoding import canonical, digest, read_object
from verifier.errors import RefusedError
from verifier.schema import Closed, Digest, Instant, Label, Many, Uri, read_model
from verifier.scheme.rule import SchemeId, SchemeVersion
from verifier.statement.recognition import AgreementKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recognition.decision import Decision
    from recognition.question import Question

FILE = "receipt.json"


class PublicReceipt(Closed):
    """What is published of a recognition. ``conditions`` counts the criteria that supplements close."""

    receipt: Literal["recognition-public"]
    engine: Annotated[int, Field(ge=1)]
    agreement: Uri
    terms_sha256: Digest
    kind: AgreementKind
    foreign_scheme: SchemeId
    foreign_version: SchemeVersion
    foreign_level: Label
    issuer: Label
    scope_kind: ScopeKind
    mappings: Many[Digest]
    certificate_sha256: Digest
    receipt_sha256: Digest
    tier: Annotated[str, Field(max_length=80)]
    verdict: Literal["recognised"]
    conditions: Annotated[int, Field(ge=0)]
    as_of: Instant
    known_at: Instant
    until: Instant


def public_receipt(question: Question, decision: Decision, *, agreement: str, terms_sha256: str) -> PublicReceipt:
    """Return the public receipt of the highest tier that was recognised. Raises RefusedError when none was."""
    best, certificate = decision.recognised, question.certificate
    if best is None or best.until is None:
        raise RefusedError("the certificate is not recognised as any tier", hint="Look at the decision's gates.")
    held = {cover.criterion for cover in best.covers if cover.cover.word != "full"}
    return PublicReceipt(
        receipt="recognition-public",
        engine=ENGINE,
        agreement=agreement,
        terms_sha256=terms_sha256,
        kind=question.agreement.kind,
        foreign_scheme=certificate.scheme,
        foreign_version=certificate.version,
        foreign_level=certificate.level,
        issuer=certificate.issuer,
        scope_kind=certificate.scope_kind,
        mappings=tuple(sorted(mapping.digest for mapping in question.mappings)),
        certificate_sha256=certificate.digest,
        receipt_sha256=digest(receipt_bytes(question, decision)),
        tier=str(best.tier),
        verdict="recognised",
        conditions=len(held),
        as_of=question.as_of,
        known_at=question.known_at,
        until=best.until,
    )


def receipt_files(receipt: PublicReceipt) -> dict[str, bytes]:
    """Return the files that the entry pins."""
    return {FILE: canonical(receipt.members())}


def read_public_receipt(files: Mapping[str, bytes]) -> PublicReceipt:
    """Return the public receipt of a document. Raises MalformedError, NewerVersionError, StatementError."""
    return read_model(PublicReceipt, read_object(files.get(FILE, b"")), what="public receipt")
