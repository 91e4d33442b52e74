"""The keys that an authority no longer signs with (OpenID Federation 1.1, section 8.7), as a signed JWK set.

``exp`` is when the log entry was admitted from which on a key counts no more; windows of the trust root are log
indices, so ``cutoff_index`` stands beside the time at which a key must be considered revoked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from verifier.envelope import parse_token, sign_token, verify_token
from verifier.errors import MalformedError, SignatureError
from verifier.keys import VerifyingKey, import_jwk
from verifier.names import HOST, authority_uri
from verifier.signer import Signer

TYP = "jwk-set+jwt"


@dataclass(frozen=True)
class Revoked:
    """From which time and which log index on a compromised key must be considered revoked."""

    at: int
    cutoff: int


@dataclass(frozen=True)
class HistoricalKey:
    """A key that is over since ``exp``; with ``revoked`` where it was compromised."""

    key: VerifyingKey
    exp: int
    revoked: Revoked | None = None

    def members(self) -> dict[str, Any]:
        """Return the JWK as it stands in the set."""
        jwk = {**self.key.jwk, "kid": self.key.kid, "use": "sig", "alg": self.key.algorithm, "exp": self.exp}
        if self.revoked is None:
            return jwk
        told = {"revoked_at": self.revoked.at, "reason": "compromised", "cutoff_index": self.revoked.cutoff}
        return {**jwk, "revoked": told}


def sign_historical_keys(host: str, keys: Iterable[HistoricalKey], *, iat: int, signer: Signer) -> str:
    """Return the signed set of an authority; it may be empty."""
    payload = {"iss": authority_uri(host), "iat": iat, "keys": [one.members() for one in keys]}
    return sign_token(payload, typ=TYP, signer=signer)


def read_historical_keys(compact: str | bytes, host: str, key: VerifyingKey | None) -> list[dict[str, Any]]:
    """Return the JWKs, each with its thumbprint as kid, that ``key``, a directory key of this authority, signed.

    Raises EnvelopeError, KeyRefusedError, MalformedError or SignatureError.
    """
    token = parse_token(compact, TYP)
    if key is None:
        raise SignatureError("the historical keys are not signed by a directory key of the trust root")
    verify_token(token, key)
    listed = token.payload.get("keys")
    if not HOST.fullmatch(host) or token.payload.get("iss") != authority_uri(host) or not isinstance(listed, list):
        raise MalformedError("not the historical keys of this authority")
    for jwk in listed:
        import_jwk(jwk)
        if not isinstance(jwk.get("exp"), int):
            raise MalformedError("a historical key has no end")
    return listed
