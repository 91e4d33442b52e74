"""Manual evidence: two operators have looked at a certificate and at what speaks for it, each by themselves.

The last resort, for schemes without tokens, registry or list. The documents stay with the authority; their digests and
the facts are what the two sign. It ages quickly, its assurance is low, and the record says that it rests on people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recognition.authenticate.record import Authenticated, Trail, Undecided
from recognition.authenticate.two_operators import Office, approval_subject, check_two
from recognition.certificate import Certificate
from verifier.envelope import DAY
from verifier.errors import RefusedError
from verifier.schema import Closed, Digest, Instant, Many, Nonce, One

KIND = "manual_evidence"
LONGEST = 90 * DAY

Looked = Literal["original_seen", "issuer_answered_in_writing", "issuer_answered_by_telephone", "portal_seen_together"]


class ManualEvidence(Closed):
    """What two operators looked at and what they found: documents by digest, and the certificate by its facts.

    ``facts`` is the certificate as it was stated, with the scheme's word for its state as the issuer gave it.
    """

    v: One
    looked: Annotated[Many[Looked], Field(min_length=1)]
    documents: Annotated[Many[Digest], Field(min_length=1, max_length=16)]
    facts: Certificate
    examined_at: Instant
    valid_until: Instant
    nonce: Nonce

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.examined_at < self.valid_until <= self.examined_at + LONGEST:
            raise ValueError("an examination counts for ninety days at most")
        if self.facts.evidence != "stated":
            raise ValueError("the facts are stated until two people have approved them")
        if self.facts.holder is None:
            raise ValueError("a certificate of nobody cannot be examined")
        if len(set(self.documents)) != len(self.documents):
            raise ValueError("a document stands there twice")
        return self

    @property
    def subject(self) -> str:
        """Return what the two operators sign."""
        return approval_subject(KIND, self)


def authenticate_by_hand(
    evidence: ManualEvidence, approvals: Sequence[str], *, office: Office, now: int
) -> Authenticated | Undecided:
    """Return the certificate that two operators vouch for, undecided once their examination has grown old.

    Raises EvidenceError when the approvals do not hold.
    """
    check_two(evidence.subject, approvals, office, recorded_at=evidence.examined_at, now=now)
    inputs = {"record": evidence.subject, "facts": evidence.facts.digest}
    trail = Trail("manual_evidence", evidence.facts.scheme, "two_operators", now, inputs).passed("two_operators")
    bounds = {"said_at": evidence.examined_at, "fresh_until": evidence.valid_until}
    if now >= evidence.valid_until:
        return trail.failed("fresh").undecided("stale", **bounds)
    if now < evidence.examined_at:
        raise RefusedError("the examination lies in the future")
    certificate = evidence.facts.model_copy(update={"evidence": "authenticated"})
    trail = trail.passed("fresh").warned("rests_on_people")
    if certificate.status is None:
        trail = trail.warned("status_unknown")
    return trail.authenticated(certificate, assurance="low", **bounds)
