"""A foreign signed token: JWS compact serialisation (RFC 7515) with the rules of RFC 8725 that keep it harmless.

Nothing in a header is followed or looked up: ``alg`` has to be the key's own, ``kid`` is a dictionary key, and members
that bring a key along (jwk, jku, x5c, x5t, x5u) or change the rules (crit, b64, zip) are refused. Unknown other members
are ignored, as RFC 7515 section 4 says: foreign schemes have theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recognition.authenticate.bound_key import ALGORITHMS, BoundKey
from verifier.encoding import digest, read_object, unb64u
from verifier.envelope import CLOCK_SKEW, DAY, MAX_TIME
from verifier.errors import EnvelopeError, SignatureError

MAX_BYTES = 16_384
LONGEST_SIGNATURE = 512
LONGEST_KID = 200
REFUSED_HEADERS = frozenset({"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "enc"})
_ACCEPTED_ALGORITHMS = frozenset({*ALGORITHMS, "Ed25519"})


@dataclass(frozen=True)
class ForeignToken:
    """A token of the right shape. Nothing in it may be trusted before ``verify_foreign``."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the signing input, base64url: a token's only identity, since other bytes may verify too."""
        return digest(self.signing_input)

    @property
    def issued(self) -> int:
        """Return ``iat``. Raises EnvelopeError when there is none."""
        return _instant(self.payload, "iat")


def read_foreign(compact: str, *, typ: str, max_bytes: int = MAX_BYTES) -> ForeignToken:
    """Return the token if it has the shape and exactly that ``typ``. Raises EnvelopeError or MalformedError."""
    if len(compact) > max_bytes:
        raise EnvelopeError(f"the token is longer than {max_bytes} bytes")
    segments = compact.split(".")
    if not compact.isascii() or len(segments) != 3:
        raise EnvelopeError("a compact token is ASCII and has three segments")
    header = read_object(unb64u(segments[0]), max_depth=3)
    if met := sorted(REFUSED_HEADERS & header.keys()):
        raise EnvelopeError(f"the header holds {', '.join(met)}", hint="Keys are bound beforehand, never sent along.")
    if header.get("typ") != typ:
        raise EnvelopeError(f"the token is not of type {typ}")
    if str(header.get("alg")) not in _ACCEPTED_ALGORITHMS:
        raise EnvelopeError("the algorithm is not allowed")
    kid = header.get("kid", "")
    if not isinstance(kid, str) or len(kid) > LONGEST_KID:
        raise EnvelopeError("kid is not a short text")
    signature = unb64u(segments[2])
    if not 0 < len(signature) <= LONGEST_SIGNATURE:
        raise EnvelopeError("the signature is empty or too long")
    signing_input = f"{segments[0]}.{segments[1]}".encode("ascii")
    return ForeignToken(header, read_object(unb64u(segments[1])), signing_input, signature)


def verify_foreign(token: ForeignToken, keys: Mapping[str, BoundKey]) -> BoundKey:
    """Return the key of these that signed the token. Raises SignatureError.

    Without a ``kid`` the issuer must have exactly one key: trying several would let the token choose.
    """
    kid = token.header.get("kid")
    if kid is None and len(keys) == 1:
        key = next(iter(keys.values()))
    elif isinstance(kid, str) and kid in keys:
        key = keys[kid]
    else:
        raise SignatureError("the token is not signed by a key that is bound to its issuer")
    if not key.goes_with(token.header["alg"]):
        raise SignatureError("the token's alg is not the algorithm that is bound to the key")
    key.verify(token.signature, token.signing_input)
    return key


def check_dates(payload: dict[str, Any], *, now: int, max_days: int, require_exp: bool = True) -> None:
    """Check iat, nbf and exp of a token used now: integers, in order, of this time. Raises EnvelopeError."""
    issued = _instant(payload, "iat")
    if issued > now + CLOCK_SKEW:
        raise EnvelopeError("the token was issued in the future", hint="Check the clock.")
    if "nbf" in payload and _instant(payload, "nbf") > now + CLOCK_SKEW:
        raise EnvelopeError("the token does not count yet")
    if "exp" not in payload:
        if require_exp:
            raise EnvelopeError("the token has no exp")
        return
    expires = _instant(payload, "exp")
    if expires <= issued or expires - issued > max_days * DAY:
        raise EnvelopeError("the token's lifetime is out of bounds")
    if now >= expires:
        raise EnvelopeError("the token has expired")


def check_audience(payload: dict[str, Any], audience: str | None) -> None:
    """Check that the token is meant for exactly this audience, or for nobody in particular. Raises EnvelopeError."""
    meant = payload.get("aud")
    if meant not in (audience, [audience]) or (audience is None and "aud" in payload):
        raise EnvelopeError("the token is meant for another audience")


def _instant(payload: dict[str, Any], name: str) -> int:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < MAX_TIME:
        raise EnvelopeError(f"{name} is missing or not a time in whole seconds")
    return value
