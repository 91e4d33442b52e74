"""Client assertions of portals: private_key_jwt (RFC 7523 section 3, OpenID Connect Core section 9).

Stock libraries accept doubled members, headers that name keys and audiences that are a list; a client assertion here
has one audience, lives five minutes at most and is used once. The algorithm is that of the registered key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt

from verifier.encoding import read_object, unb64u
from verifier.errors import EnvelopeError, SignatureError

if TYPE_CHECKING:
    from verifier.keys import VerifyingKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 4096
LASTS = 300
AHEAD = 60
"""Seconds by which a client's clock may go before ours."""
_HEADER = frozenset({"alg", "typ", "kid"})
_TYPES = (None, "JWT", "client-authentication+jwt")
_ALGORITHMS = {"ES256": ["ES256"], "Ed25519": ["EdDSA", "Ed25519"]}


@dataclass(frozen=True)
class Assertion:
    """An assertion as it was read: nothing in it is true before ``check_assertion``."""

    compact: str
    alg: str
    client: str
    audience: str
    jti: str
    exp: int
    iat: int | None


def read_assertion(compact: str) -> Assertion:
    """Return what an assertion says. Raises EnvelopeError or MalformedError."""
    parts = compact.split(".")
    if len(compact) > LONGEST or len(parts) != 3 or not compact.isascii():
        raise EnvelopeError("not a compact token of at most 4096 characters")
    header, claims = (read_object(unb64u(part)) for part in parts[:2])
    if not header.keys() <= _HEADER or header.get("typ") not in _TYPES:
        raise EnvelopeError("the header holds more than alg, typ and kid, or another typ")
    client, audience, jti = (_text(claims, name) for name in ("iss", "aud", "jti"))
    if claims.get("sub") != client:
        raise EnvelopeError("iss and sub are not the same client")
    exp, iat = claims.get("exp"), claims.get("iat")
    if type(exp) is not int or type(iat) not in (int, type(None)):
        raise EnvelopeError("exp and iat are whole numbers")
    return Assertion(compact, _text(header, "alg"), client, audience, jti, exp, iat)


def check_assertion(assertion: Assertion, key: VerifyingKey, *, audience: str, now: int) -> None:
    """Check an assertion by the client's key; afterwards the client said it, to us and now.

    Whether it was used before is for the caller. Raises EnvelopeError or SignatureError.
    """
    if assertion.alg not in _ALGORITHMS[key.algorithm]:
        raise EnvelopeError("alg is not that of the registered key")
    if assertion.audience != audience:
        raise EnvelopeError("the audience is another one", hint=f"aud is {audience}")
    if not now < assertion.exp <= now + LASTS or (assertion.iat or now) > now + AHEAD:
        raise EnvelopeError("the assertion has ended, or lasts for more than five minutes")
    try:
        jwt.decode(assertion.compact, key.public, algorithms=["ES256", "EdDSA"], options=_SIGNATURE_ALONE)
    except jwt.PyJWTError as error:
        raise SignatureError("the signature is not that of the registered key") from error


_SIGNATURE_ALONE: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise EnvelopeError(f"{name} is a text of at most 200 characters")
    return value
