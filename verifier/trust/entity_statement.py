"""Entity statements about bodies (OpenID Federation 1.1, section 3): what the authority says of one, and it of itself.

A subordinate statement names a body's keys and is signed by the authority; a body's own entity configuration is signed
by one of these keys. Both are exports: a verdict never rests on them. The format is the federation's, so members that
are not known here stand without being read; what they would demand by ``crit`` is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from verifier.envelope import DAY, Token, parse_token, sign_token, verify_token
from verifier.errors import EnvelopeError, MalformedError, SignatureError
from verifier.keys import VerifyingKey, import_jwks
from verifier.names import authority_uri, body_uri, parse_name
from verifier.schema import Many, Uri, read_model
from verifier.signer import Signer
from verifier.trust.entity_configuration import TYP, Claims
from verifier.trust.federation_metadata import FETCH, issuer_endpoints

STATEMENT_LIFETIME = 7 * DAY
CONFIGURATION_LIFETIME = 90 * DAY
"""A body's key is not online: what it signs of itself has to last for longer than the authority's statements."""


class _Claims(Claims):
    authority_hints: Many[Uri] = ()
    # Whatever stands there is a demand that this reader would have to understand (section 3.1.1).
    crit: Literal[None] = None


@dataclass(frozen=True)
class EntityStatement:
    """A statement of the right shape about a body. Who signed it is judged by ``verify_trust_chain``."""

    token: Token
    host: str
    iss: str
    sub: str
    iat: int
    exp: int
    keys: Mapping[str, VerifyingKey]
    authority_hints: tuple[str, ...]


def sign_subordinate_statement(
    host: str, no: int, *, keys: Iterable[VerifyingKey], iat: int, signer: Signer, lifetime: int = STATEMENT_LIFETIME
) -> str:
    """Return what the authority says of a body: its keys, and that nobody stands below it."""
    payload = {
        "iss": authority_uri(host),
        "sub": body_uri(host, no),
        "iat": iat,
        "exp": iat + lifetime,
        "jwks": {"keys": [_public(key) for key in keys]},
        "constraints": {"max_path_length": 0},
        "source_endpoint": f"{authority_uri(host)}/{FETCH}",
    }
    return _signed(payload, signer)


def sign_body_configuration(
    host: str, no: int, *, organisation: str, keys: Iterable[VerifyingKey], iat: int, signer: Signer
) -> str:
    """Return what a body says of itself. ``signer`` holds one of the keys."""
    entity = body_uri(host, no)
    payload = {
        "iss": entity,
        "sub": entity,
        "iat": iat,
        "exp": iat + CONFIGURATION_LIFETIME,
        "jwks": {"keys": [_public(key) for key in keys]},
        "authority_hints": [authority_uri(host)],
        "metadata": {"federation_entity": {"organization_name": organisation, **issuer_endpoints(host)}},
    }
    compact = _signed(payload, signer)
    parse_body_configuration(compact)
    return compact


def parse_subordinate_statement(compact: str | bytes) -> EntityStatement:
    """Return the statement of an authority about one of its bodies; the signature is not checked here.

    Raises EnvelopeError, KeyRefusedError, MalformedError, NewerVersionError or StatementError.
    """
    statement = _parsed(compact)
    if statement.iss != authority_uri(statement.host):
        raise MalformedError("a subordinate statement is what an authority says of its body")
    if statement.exp - statement.iat > STATEMENT_LIFETIME:
        raise EnvelopeError("the token's lifetime is out of bounds")
    return statement


def parse_body_configuration(compact: str | bytes) -> EntityStatement:
    """Return what a body says of itself, signed by a key that stands in it and pointing to its authority.

    Raises EnvelopeError, KeyRefusedError, MalformedError, NewerVersionError, SignatureError or StatementError.
    """
    configuration = _parsed(compact)
    if configuration.iss != configuration.sub:
        raise MalformedError("an entity configuration is what a body says of itself")
    if authority_uri(configuration.host) not in configuration.authority_hints:
        raise MalformedError("authority_hints does not name the authority under whose host the body stands")
    key = configuration.keys.get(configuration.token.kid)
    if key is None:
        raise SignatureError("the entity configuration is signed by none of its own keys")
    verify_token(configuration.token, key)
    return configuration


def _signed(payload: dict[str, Any], signer: Signer) -> str:
    return sign_token(payload, typ=TYP, signer=signer)


def _public(key: VerifyingKey) -> dict[str, str]:
    return {**key.jwk, "kid": key.kid, "use": "sig", "alg": key.algorithm}


def _parsed(compact: str | bytes) -> EntityStatement:
    token = parse_token(compact, TYP)
    claims = read_model(_Claims, token.payload, what="entity statement")
    body = parse_name(claims.sub)
    if body.kind != "e":
        raise MalformedError("only bodies are subordinates of an authority")
    return EntityStatement(
        token=token,
        host=body.host,
        iss=claims.iss,
        sub=claims.sub,
        iat=claims.iat,
        exp=claims.exp,
        keys=import_jwks(claims.jwks.keys),
        authority_hints=claims.authority_hints,
    )
