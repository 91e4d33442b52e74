"""The admission receipt (``admission-receipt+jwt``): a registry's signed promise to publish an entry within a minute.

Whoever submits a statement keeps it: a checkpoint from after the promised time without the entry proves that the
registry dropped it. It says nothing about the statement itself, and is no proof that the log holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from verifier.envelope import Token, parse_token, sign_token, verify_token
from verifier.errors import SignatureError, StatementError
from verifier.names import authority_uri, log_origin
from verifier.schema import Closed, Digest, Index, Instant, TokenId, Uri, read_model
from verifier.signer import Signer
from verifier.trust.root import TrustRoot

TYP = "admission-receipt+jwt"
PUBLISH_WITHIN = 60


class _Claims(Closed):
    iss: Uri
    jti: TokenId
    iat: Instant
    log: Annotated[str, Field(max_length=120)]
    statement_sha256: Digest
    index: Index
    publish_by: Instant


@dataclass(frozen=True)
class AdmissionReceipt:
    """A receipt of the right shape; nothing in it is promised by anybody before ``verify_admission_receipt``."""

    token: Token
    jti: str
    iat: int
    log: str
    statement_sha256: str
    index: int
    publish_by: int


def sign_admission_receipt(statement_sha256: str, *, index: int, host: str, jti: str, iat: int, signer: Signer) -> str:
    """Return the receipt for the entry of that digest. The caller has made the entry durable before."""
    payload = {
        "iss": authority_uri(host),
        "jti": jti,
        "iat": iat,
        "log": log_origin(host),
        "statement_sha256": statement_sha256,
        "index": index,
        "publish_by": iat + PUBLISH_WITHIN,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_admission_receipt(compact: str | bytes) -> AdmissionReceipt:
    """Return the receipt, unverified.

    Raises EnvelopeError, MalformedError, NewerVersionError or StatementError.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="admission receipt")
    if log_origin(claims.iss.removeprefix("https://")) != claims.log:
        raise StatementError("an admission receipt is given by the authority whose log it names")
    if not claims.iat < claims.publish_by <= claims.iat + PUBLISH_WITHIN:
        raise StatementError(f"an admission receipt promises publication within {PUBLISH_WITHIN} seconds")
    return AdmissionReceipt(
        token=token,
        jti=claims.jti,
        iat=claims.iat,
        log=claims.log,
        statement_sha256=claims.statement_sha256,
        index=claims.index,
        publish_by=claims.publish_by,
    )


def verify_admission_receipt(receipt: AdmissionReceipt, root: TrustRoot) -> None:
    """Check that a receipt key of this trust root, which counts for that entry, made this promise.

    Afterwards the registry is held to it. Raises SignatureError.
    """
    listed = root.keys.get(receipt.token.kid)
    if receipt.log != root.origin or listed is None or listed[0].role != "receipt":
        raise SignatureError("the admission receipt is not signed by a receipt key of the trust root")
    if not listed[0].counts(receipt.index):
        raise SignatureError("the receipt key did not count for that entry")
    verify_token(receipt.token, listed[1])
