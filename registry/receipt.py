"""The admission receipt (``admission-receipt+jwt``): the registry's signed promise to publish an entry within a minute.

A receipt without the entry in a later checkpoint proves that the registry dropped it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.envelope import sign_token
from verifier.names import authority_uri

if TYPE_CHECKING:
    from registry.queries import ReceiptClaims
    from verifier.signer import Signer
    from verifier.statement import Statement

TYP = "admission-receipt+jwt"
PUBLISH_WITHIN = 60


def sign_receipt(statement: Statement, claims: ReceiptClaims, *, host: str, signer: Signer) -> str:
    """Return the receipt. Call it only once the entry is durable."""
    payload = {
        "iss": authority_uri(host),
        "jti": claims.jti,
        "iat": claims.iat,
        "log": statement.log,
        "statement_sha256": statement.token.digest,
        "index": claims.index,
        "publish_by": claims.iat + PUBLISH_WITHIN,
    }
    return sign_token(payload, typ=TYP, signer=signer)
