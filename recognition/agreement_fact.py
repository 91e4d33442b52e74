"""The fact about an agreement: what a foreign operator says has happened on its side, signed by its listed key.

``agreement-fact+jwt``, good for 14 days. It stops nothing by itself and stands in no log: the home authority's two
operators decide, and what they say is the entry. A fact asks for less, never for more: to suspend the whole agreement,
one issuer or one mapping, or to end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from verifier.encoding import b64u
from verifier.envelope import DAY, Token, audience_is, check_times, parse_token, sign_token, verify_token
from verifier.errors import NotFoundError, RefusedError
from verifier.keys import import_jwk
from verifier.names import log_origin, parse_name
from verifier.schema import Instant, Nonce, TokenId, Uri, read_model
from verifier.statement.recognition import Part

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.signer import Signer
    from verifier.trust.trustlist import TrustList

TYP = "agreement-fact+jwt"
LIFETIME = 14 * DAY


class AgreementFact(Part):
    """What is asked for, why, and from when."""

    asks: Literal["suspend", "terminate"]
    reason: Literal["administrative", "integrity"]
    effective: Instant


class _Claims(AgreementFact):
    iss: Uri
    aud: str
    jti: TokenId
    iat: Instant
    exp: Instant
    nonce: Nonce
    agreement: Uri


@dataclass(frozen=True)
class StatedFact:
    """A fact whose signature by a listed key of a foreign operator was checked."""

    token: Token
    operator: str
    agreement: str
    fact: AgreementFact


def sign_fact(
    fact: AgreementFact, *, agreement: str, iss: str, log: str, iat: int, signer: Signer, entropy: Entropy
) -> str:
    """Return the signed fact about an agreement."""
    payload = {
        **fact.members(),
        "iss": iss,
        "aud": log,
        "jti": b64u(entropy(16)),
        "iat": iat,
        "exp": iat + LIFETIME,
        "nonce": b64u(entropy(16)),
        "agreement": agreement,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def read_fact(compact: str, listed: TrustList, *, now: int) -> StatedFact:
    """Return the fact if an active key of a foreign operator on the trust list signed it.

    Whether that operator may speak about the agreement is for whoever has its entries. Raises EnvelopeError,
    SignatureError, StatementError, NotFoundError for a key that is not listed, RefusedError for one that may not.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="agreement fact")
    audience_is(token, log_origin(listed.host))
    check_times(token, now=now)
    body = next((one for one in listed.bodies if one.uri == claims.iss), None)
    key = next((one for one in body.keys if one.kid == token.kid), None) if body else None
    if body is None or key is None:
        raise NotFoundError("the trust list names no such key of a foreign operator")
    if body.role != "foreign_operator" or body.state != "active" or key.state != "active":
        raise RefusedError("the key is not an active one of an active foreign operator")
    verify_token(token, import_jwk({**key.jwk, "kid": key.kid}))
    if parse_name(claims.agreement).kind != "a":
        raise RefusedError("the fact is about no agreement")
    said = claims.model_dump(include=set(AgreementFact.model_fields))
    return StatedFact(token, claims.iss, claims.agreement, AgreementFact.model_validate(said))
