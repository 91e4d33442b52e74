"""The authority's entity configuration (OpenID Federation 1.1): its directory key, and who issues which trust mark.

It is an export for clients of that federation; a verdict of this product never rests on it. The format is theirs, so
members that are not known here stand without being read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from verifier.envelope import DAY, Token, parse_token, sign_token, verify_token
from verifier.errors import EnvelopeError, MalformedError, SignatureError
from verifier.keys import VerifyingKey, import_jwks
from verifier.names import HOST, SCHEME, authority_uri, parse_name
from verifier.schema import Closed, Instant, Many, Uri, read_model
from verifier.signer import Signer
from verifier.tier import LEVEL

TYP = "entity-statement+jwt"
PATH = ".well-known/openid-federation"
LIFETIME = 7 * DAY

_TYPE = re.compile(f"/tm/(?:{SCHEME.pattern})/{LEVEL.pattern}")


class Open(Closed):
    """What OpenID Federation lets hold members that a reader does not know."""

    model_config = ConfigDict(extra="ignore")


class Keys(Open):
    """A JWK set with a key at least."""

    keys: Annotated[Many[dict[str, Any]], Field(min_length=1)]


class Claims(Open):
    """What every entity statement says."""

    iss: Uri
    sub: Uri
    iat: Instant
    exp: Instant
    jwks: Keys


class _Claims(Claims):
    trust_mark_issuers: dict[str, Many[Uri]] = Field(default_factory=dict)


@dataclass(frozen=True)
class EntityConfiguration:
    """A configuration that one of its own keys signed; whether that key is the authority's, the trust root says.

    ``issuers`` holds the bodies by the trust mark type that they issue.
    """

    token: Token
    host: str
    iat: int
    exp: int
    keys: Mapping[str, VerifyingKey]
    issuers: Mapping[str, tuple[str, ...]]


def sign_entity_configuration(
    host: str,
    *,
    organisation: str,
    issuers: Mapping[str, list[str]],
    iat: int,
    signer: Signer,
    endpoints: Mapping[str, str] | None = None,
) -> str:
    """Return the entity configuration of an authority; ``endpoints`` are its addresses by their metadata names."""
    entity = authority_uri(host)
    payload = {
        "iss": entity,
        "sub": entity,
        "iat": iat,
        "exp": iat + LIFETIME,
        "jwks": {"keys": [{**signer.jwk, "kid": signer.kid, "use": "sig", "alg": "ES256"}]},
        "metadata": {"federation_entity": {"organization_name": organisation, **(endpoints or {})}},
        "trust_mark_issuers": dict(issuers),
    }
    return sign_token(payload, typ=TYP, signer=signer)


def parse_entity_configuration(compact: str | bytes) -> EntityConfiguration:
    """Return the configuration, signed by a key that stands in it.

    Raises EnvelopeError, KeyRefusedError, MalformedError, SignatureError or StatementError.
    """
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="entity configuration")
    if claims.exp - claims.iat > LIFETIME:
        raise EnvelopeError("the token's lifetime is out of bounds")
    keys = import_jwks(claims.jwks.keys)
    if token.kid not in keys:
        raise SignatureError("the entity configuration is signed by none of its own keys")
    verify_token(token, keys[token.kid])
    host = claims.iss.removeprefix("https://")
    if claims.sub != claims.iss or not HOST.fullmatch(host):
        raise MalformedError("an entity configuration is what an authority says of itself")
    for kind, listed in claims.trust_mark_issuers.items():
        _check_issuers(claims.iss, kind, listed)
    return EntityConfiguration(token, host, claims.iat, claims.exp, keys, claims.trust_mark_issuers)


def verify_entity_configuration(configuration: EntityConfiguration, host: str, key: VerifyingKey | None) -> None:
    """Check that it is of this host, and that ``key``, the directory key of its kid in the trust root, signed it.

    Raises SignatureError.
    """
    if configuration.host != host or key is None:
        raise SignatureError("the entity configuration is not signed by a directory key of the trust root")
    verify_token(configuration.token, key)


def _check_issuers(authority: str, kind: str, listed: tuple[str, ...]) -> None:
    if not kind.startswith(authority) or not _TYPE.fullmatch(kind.removeprefix(authority)):
        raise MalformedError(f"not a trust mark type of this authority: {kind[:80]!r}")
    if len(set(listed)) != len(listed):
        raise MalformedError("an issuer is listed twice for one trust mark type")
    for uri in listed:
        name = parse_name(uri)
        if (authority_uri(name.host), name.kind) != (authority, "e"):
            raise MalformedError(f"not a body of this authority: {uri[:80]!r}")
