"""The assessor's signed attestation: the second person behind every mark, bound to one mark by its reserved id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.encoding import b64u
from verifier.envelope import DAY, Token, audience_is, parse_token, sign_token
from verifier.injected import Entropy
from verifier.schema import Closed, Digest, Instant, Label, Level, Nonce, TokenId, Uri, Yes, read_model
from verifier.signer import Signer
from verifier.statement.public import MarkId

TYP = "evaluation-attestation+jwt"
LIFETIME = 180 * DAY


class Period(Closed):
    """When the evaluation took place: the interval [from, to)."""

    begins: Instant = Field(alias="from")
    ends: Instant = Field(alias="to")


class TechnicalVerification(Closed):
    """Which body verified technically (its URI), and when the test ended."""

    body: Uri
    date: Instant


class Confirmed(Closed):
    """Which listed expert confirmed the holder's answers (its URI, nameless), and when."""

    expert: Uri
    date: Instant


class Evaluated(Closed):
    """What the assessor attests about one mark."""

    mark: MarkId
    sub: Uri
    scheme: Label
    tier: Level
    criteria_sha256: Digest
    scope_sha256: Digest
    holder_sha256: Digest
    results: Digest
    all_met: Yes
    evaluated: Period
    tv: TechnicalVerification | None = None
    confirmed: Confirmed | None = None


class _Claims(Evaluated):
    iss: Uri
    aud: Annotated[str, Field(max_length=120)]
    jti: TokenId
    iat: Instant
    exp: Instant
    nonce: Nonce


@dataclass(frozen=True)
class Attestation:
    """An attestation of the right shape; its signer is judged with the issuance."""

    token: Token
    iss: str
    iat: int
    exp: int
    says: Evaluated


def sign_attestation(evaluated: Evaluated, *, iss: str, log: str, iat: int, signer: Signer, entropy: Entropy) -> str:
    """Return the assessor's attestation."""
    payload: dict[str, Any] = {
        **evaluated.members(),
        "iss": iss,
        "aud": log,
        "jti": b64u(entropy(16)),
        "iat": iat,
        "exp": iat + LIFETIME,
        "nonce": b64u(entropy(16)),
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_attestation(compact: str, *, log: str) -> Attestation:
    """Return the attestation if it is meant for this log. Raises EnvelopeError, MalformedError or StatementError."""
    return attestation_of(parse_token(compact, TYP), log=log)


def attestation_of(token: Token, *, log: str) -> Attestation:
    """Return the attestation that a token of its type is, as ``parse_attestation`` does."""
    claims = read_model(_Claims, token.payload, what="attestation")
    audience_is(token, log)
    return Attestation(token=token, iss=claims.iss, iat=claims.iat, exp=claims.exp, says=claims)
