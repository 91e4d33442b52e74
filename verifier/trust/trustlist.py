"""The trust list: which bodies may act, with their names and keys, as one signed file that fits a phone.

Signed by the authority's directory key, logged with each directory epoch, valid seven days at most. It serves seals
that are scanned without a bundle, and third parties; a full verdict rests on the log's entries instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.envelope import DAY, Token, parse_token, sign_token, verify_token
from verifier.errors import TrustRootError
from verifier.keys import VerifyingKey, import_jwk
from verifier.names import authority_uri, log_origin
from verifier.replay.state import LogState
from verifier.schema import Closed, Code, Count, Digest, Instant, Many, Nonce, Uri, read_model
from verifier.signer import Signer
from verifier.statement.public import BodyRole, KeyRole, ScopeRow
from verifier.trust.root import TrustRoot

TYP = "trust-list+jwt"
LIFETIME = 7 * DAY


class ListedKey(Closed):
    """A key of a body, with the number that seals name it by."""

    no: Count
    kid: Digest
    jwk: dict[str, str]
    role: KeyRole
    state: Code


class ListedBody(Closed):
    """A body with its newest state and all keys that were never revoked."""

    no: Count
    uri: Uri
    name: Annotated[str, Field(max_length=400)] | None = None
    role: BodyRole
    state: Code
    scope: Many[ScopeRow]
    begins: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")
    keys: Many[ListedKey]


class _Claims(Closed):
    iss: Uri
    iat: Instant
    exp: Instant
    nonce: Nonce
    log: Annotated[str, Field(max_length=120)]
    size: Count
    root: Count
    hosts: Many[str]
    bodies: Many[ListedBody]


@dataclass(frozen=True)
class TrustList:
    """A trust list whose signature by a directory key of a trust root was checked; its age is the reader's to judge."""

    token: Token
    host: str
    iat: int
    exp: int
    bodies: tuple[ListedBody, ...]

    def body(self, no: int) -> ListedBody | None:
        """Return the body with that number."""
        return next((body for body in self.bodies if body.no == no), None)

    def key(self, body_no: int, key_no: int) -> VerifyingKey | None:
        """Return a body's decider key by its number: only deciders sign marks and seals."""
        body = self.body(body_no)
        keys = [key for key in body.keys if (key.no, key.role) == (key_no, "decider")] if body else []
        return import_jwk({**keys[0].jwk, "kid": keys[0].kid}) if keys else None


def sign_trust_list(
    state: LogState, root: TrustRoot, *, names: Mapping[str, str], iat: int, nonce: str, signer: Signer
) -> str:
    """Return the trust list over all entries of the state; ``names`` are the disclosed names of bodies by URI."""
    bodies: list[dict[str, Any]] = []
    for uri, body in sorted(state.bodies.items(), key=lambda item: item[1].no):
        keys = [
            {"no": key.no, "kid": key.kid, "jwk": key.key.jwk, "role": key.role, "state": key.state}
            for key in sorted(state.keys.values(), key=lambda one: one.no)
            if key.body == uri and key.state != "revoked"
        ]
        listed = {
            "no": body.no,
            "uri": uri,
            "role": body.role,
            "state": body.state,
            "scope": [row.members() for row in body.scope],
            "from": body.begins,
            "until": body.ends,
            "keys": keys,
        }
        bodies.append({**listed, "name": names[uri]} if uri in names else listed)
    payload = {
        "iss": authority_uri(state.host),
        "iat": iat,
        "exp": iat + LIFETIME,
        "nonce": nonce,
        "log": log_origin(state.host),
        "size": state.size,
        "root": root.content.version,
        "hosts": [state.host],
        "bodies": bodies,
    }
    return sign_token(payload, typ=TYP, signer=signer)


def read_trust_list(compact: str | bytes, root: TrustRoot) -> TrustList:
    """Return the trust list signed by a directory key of this root.

    Raises EnvelopeError, MalformedError, SignatureError or TrustRootError.
    """
    token = parse_token(compact, TYP)
    listed = root.keys.get(token.kid)
    if listed is None or listed[0].role != "directory" or listed[0].cutoff is not None:
        raise TrustRootError("the trust list is not signed by a directory key of the trust root")
    verify_token(token, listed[1])
    claims = read_model(_Claims, token.payload, what="trust list")
    if claims.iss != authority_uri(root.host) or claims.log != root.origin or root.host not in claims.hosts:
        raise TrustRootError("the trust list is another authority's")
    return TrustList(token, root.host, claims.iat, claims.exp, claims.bodies)
