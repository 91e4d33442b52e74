"""The trust mark status response (OpenID Federation 1.1, section 8.4): what the authority says of one mark's token.

It is an export like the status list, and it MUST NOT raise an answer. Besides the standard's words there is
``suspended``. A response carries an ``exp``, which the standard leaves open: an answer that may change is good for a
week, so that nobody can show an old one for ever; what is over stays over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from verifier.envelope import DAY, Token, parse_token, sign_token, verify_token
from verifier.errors import SignatureError, StatementError
from verifier.keys import VerifyingKey
from verifier.mark import TYP as MARK
from verifier.names import authority_uri
from verifier.schema import Closed, Instant, Uri, read_model
from verifier.signer import Signer

TYP = "trust-mark-status-response+jwt"
LIFETIME = 7 * DAY
FOR_GOOD = 30 * 366 * DAY

Word = Literal["active", "suspended", "expired", "revoked", "invalid"]
PASSING: frozenset[Word] = frozenset({"active", "suspended"})
"""What may change: such a response is signed anew before its week is over."""


class _Claims(Closed):
    iss: Uri
    iat: Instant
    exp: Instant
    trust_mark: Annotated[str, Field(max_length=8192)]
    status: Word


@dataclass(frozen=True)
class MarkStatus:
    """A response of the right shape, about exactly this token; who signed it is judged by ``verify_mark_status``."""

    token: Token
    iss: str
    iat: int
    exp: int
    trust_mark: str
    status: Word


def sign_mark_status(host: str, trust_mark: str, status: Word, *, iat: int, signer: Signer) -> str:
    """Return the authority's response about a mark's token."""
    lifetime = LIFETIME if status in PASSING else FOR_GOOD
    payload: dict[str, Any] = {
        "iss": authority_uri(host),
        "iat": iat,
        "exp": iat + lifetime,
        "trust_mark": trust_mark,
        "status": status,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_mark_status(compact: str | bytes) -> MarkStatus:
    """Return the response; the signature is not checked here.

    Raises EnvelopeError, MalformedError, NewerVersionError or StatementError.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="status response")
    if claims.status in PASSING and claims.exp - claims.iat > LIFETIME:
        raise StatementError("a status that may change is said for a week at most")
    parse_token(claims.trust_mark, MARK)
    return MarkStatus(token, claims.iss, claims.iat, claims.exp, claims.trust_mark, claims.status)


def verify_mark_status(response: MarkStatus, host: str, key: VerifyingKey | None) -> None:
    """Check that it is this authority's, and that ``key``, a directory key of its trust root, signed it.

    Raises SignatureError.
    """
    if response.iss != authority_uri(host) or key is None:
        raise SignatureError("the status response is not signed by a directory key of the trust root")
    verify_token(response.token, key)
