"""The second person's token for everything but issuance: ``approval+jwt`` over a statement's content, used once."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encoding import b64u
from verifier.envelope import DAY, Token, audience_is, parse_token, sign_token
from verifier.injected import Entropy
from verifier.schema import Closed, Digest, Instant, Nonce, TokenId, Uri, read_model
from verifier.signer import Signer

TYP = "approval+jwt"
LIFETIME = 14 * DAY


class _Claims(Closed):
    iss: Uri
    aud: str
    jti: TokenId
    iat: Instant
    exp: Instant
    subject: Digest
    nonce: Nonce


@dataclass(frozen=True)
class Approval:
    """An approval of the right shape; its signer is judged with the statement."""

    token: Token
    iss: str
    subject: str
    iat: int
    exp: int


def sign_approval(subject: str, *, iss: str, log: str, iat: int, signer: Signer, entropy: Entropy) -> str:
    """Return another person's approval of the content whose ``approval_subject`` is given."""
    payload = {
        "iss": iss,
        "aud": log,
        "jti": b64u(entropy(16)),
        "iat": iat,
        "exp": iat + LIFETIME,
        "subject": subject,
        "nonce": b64u(entropy(16)),
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_approval(compact: str, *, log: str) -> Approval:
    """Return the approval if it is meant for this log. Raises EnvelopeError, MalformedError or StatementError."""
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="approval")
    audience_is(token, log)
    return Approval(token=token, iss=claims.iss, subject=claims.subject, iat=claims.iat, exp=claims.exp)
