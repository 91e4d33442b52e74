"""Giving the admission receipt of an entry (verifier/admission_receipt.py says what it is and how it is read)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.admission_receipt import sign_admission_receipt

if TYPE_CHECKING:
    from registry.rows.queries import ReceiptClaims
    from verifier.signer import Signer
    from verifier.statement import Statement


def sign_receipt(statement: Statement, claims: ReceiptClaims, *, host: str, signer: Signer) -> str:
    """Return the receipt. Call it only once the entry is durable."""
    return sign_admission_receipt(
        statement.token.digest, index=claims.index, host=host, jti=claims.jti, iat=claims.iat, signer=signer
    )
