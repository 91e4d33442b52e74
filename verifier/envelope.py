"""The strict token envelope: JWS compact serialisation (RFC 7515) under the rules of RFC 8725 and its successor draft.

Reading: size cap before decoding, three canonical base64url segments, header exactly {alg, typ, kid}, exact typ, no
duplicate members, integer dates. The algorithm comes from the key record; the header must agree with it. Signing goes
through PyJWT. A token's bytes or their hash are never an identity: use (iss, jti) and ``Token.digest``, the hash of the
signing input, because other bytes may verify under the same signing input elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import jwt
from jwt.algorithms import Algorithm

from verifier.encoding import b64u, canonical, read_object, sha256, unb64u
from verifier.errors import EnvelopeError, SignatureError
from verifier.keys import KID, SIGNATURE_BYTES, VerifyingKey
from verifier.signer import Signer

CLOCK_SKEW = 120
DAY = 86_400
LONGEST_KEPT_HEADER = 256
"""Characters of a header that is read once for all tokens that begin with it: none that is made here is longer."""

MAX_TIME = 2**37
"""In the year 6325: every time that a format admits is one that a calendar holds."""


@dataclass(frozen=True)
class TokenRule:
    """What the envelope demands of one token type: its longest form in bytes and its lifetime in seconds.

    ``lifetime`` None: exp is forbidden. 0: exp is required, its bound is judged with the scheme's term.
    """

    max_bytes: int
    lifetime: int | None


TOKEN_RULES = {
    "statement+jwt": TokenRule(4096, None),
    "qr-seal+jwt": TokenRule(2048, None),
    "verification-receipt+jwt": TokenRule(65_536, None),
    "admission-receipt+jwt": TokenRule(4096, None),
    "trust-mark+jwt": TokenRule(8192, 0),
    "evaluation-attestation+jwt": TokenRule(8192, 180 * DAY),
    "approval+jwt": TokenRule(4096, 14 * DAY),
    "key-proof+jwt": TokenRule(4096, 3600),
    "statuslist+jwt": TokenRule(32_768, 72 * 3600),
    "trust-list+jwt": TokenRule(4_194_304, 7 * DAY),
    "recognition-list+jwt": TokenRule(4_194_304, 7 * DAY),
    "client-assertion+jwt": TokenRule(4096, 300),
    "entity-statement+jwt": TokenRule(262_144, 90 * DAY),
    "jwk-set+jwt": TokenRule(262_144, None),
    "trust-mark-status-response+jwt": TokenRule(16_384, 0),
    "dc+sd-jwt": TokenRule(8192, 0),
    "supplement-attestation+jwt": TokenRule(65_536, 180 * DAY),
    "batch-receipt+jwt": TokenRule(4096, None),
    "agreement-fact+jwt": TokenRule(4096, 14 * DAY),
}


@dataclass(frozen=True)
class Token:
    """A token that has the right shape. Nothing in it may be trusted before ``verify_token``."""

    compact: str
    typ: str
    alg: str
    kid: str
    payload: dict[str, Any]
    signing_input: bytes
    signature: bytes
    _good: list[VerifyingKey] = field(default_factory=list, init=False, repr=False, compare=False)
    """The keys under which this very token was verified: bytes and key cannot change, so neither can the answer."""

    @cached_property
    def sha256(self) -> bytes:
        """SHA-256 of the signing input."""
        return sha256(self.signing_input)

    @property
    def digest(self) -> str:
        """The same, base64url: what other formats refer to."""
        return b64u(self.sha256)


def parse_token(compact: str | bytes, typ: str) -> Token:
    """Return the token if it lies inside the strict profile for that typ. The signature is not checked here.

    Raises EnvelopeError or MalformedError.
    """
    rule = TOKEN_RULES[typ]
    text = _text(compact, rule.max_bytes)
    segments = text.split(".")
    if len(segments) != 3:
        raise EnvelopeError("a compact token has three segments")
    read = _read_header if len(segments[0]) <= LONGEST_KEPT_HEADER else _read_header.__wrapped__
    alg, kid = read(segments[0], typ)
    payload = read_object(unb64u(segments[1]))
    signature = unb64u(segments[2])
    if len(signature) != SIGNATURE_BYTES:
        raise EnvelopeError("the signature is not 64 bytes long")
    _check_dates(payload, rule)
    signing_input = f"{segments[0]}.{segments[1]}".encode("ascii")
    return Token(text, typ, alg, kid, payload, signing_input, signature)


def verify_token(token: Token, key: VerifyingKey) -> None:
    """Check that this key signed the token. A token is checked once under one key. Raises SignatureError."""
    check_key_named(token, key)
    if not any(one is key for one in token._good):
        key.verify(token.signature, token.signing_input)
        note_verified(token, key)


def check_key_named(token: Token, key: VerifyingKey) -> None:
    """Check that the token names this key and its algorithm. Raises SignatureError."""
    if token.kid != key.kid:
        raise SignatureError("the token names another key")
    if token.alg != key.algorithm and not (token.alg == "EdDSA" and key.algorithm == "Ed25519"):
        raise SignatureError("the token's alg is not the algorithm of the key")


def note_verified(token: Token, key: VerifyingKey) -> None:
    """Let ``verify_token`` rely on ``key.verify``, or ``key.verify_digest``, having passed for this very token."""
    token._good.append(key)


def check_times(token: Token, *, now: int) -> None:
    """Check iat (not in the future beyond the clock skew) and exp (not past) of a token used live.

    Raises EnvelopeError.
    """
    if token.payload.get("iat", 0) > now + CLOCK_SKEW:
        raise EnvelopeError("the token was issued in the future", hint="Check the clock.")
    if "exp" in token.payload and now >= token.payload["exp"]:
        raise EnvelopeError("the token has expired")


def sign_token(payload: dict[str, Any], *, typ: str, signer: Signer) -> str:
    """Return the compact token over the RFC 8785 form of the payload."""
    return sign_bytes(canonical(payload), typ=typ, signer=signer)


def sign_bytes(payload: bytes, *, typ: str, signer: Signer) -> str:
    """Return the compact token over exactly these payload bytes; header members stand in the order alg, kid, typ."""
    headers = {"typ": typ, "kid": signer.kid}
    compact = _JWS.encode(payload, signer, algorithm="ES256", headers=headers, sort_headers=True)  # type: ignore[arg-type]  # PyJWT's stub lists key classes only; the registered algorithm takes a Signer
    parse_token(compact, typ)
    return compact


class _Delegated(Algorithm):
    """Lets PyJWT build the token while the signer keeps its key (a file, an HSM)."""

    def prepare_key(self, key: Any) -> Signer:
        signer: Signer = key
        return signer

    def sign(self, msg: bytes, key: Signer) -> bytes:
        return key.sign(msg)

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        raise SignatureError("this object only signs")

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
        return key_obj.jwk

    @staticmethod
    def from_jwk(jwk: Any) -> Any:
        raise SignatureError("this object only signs")


_JWS = jwt.PyJWS(algorithms=[])
_JWS.register_algorithm("ES256", _Delegated())


def _text(compact: str | bytes, max_bytes: int) -> str:
    if len(compact) > max_bytes:
        raise EnvelopeError(f"the token is longer than {max_bytes} bytes")
    if not compact.isascii():
        raise EnvelopeError("a compact token is ASCII")
    return compact.decode("ascii") if isinstance(compact, bytes) else compact


@lru_cache(maxsize=256)
def _read_header(segment: str, typ: str) -> tuple[str, str]:
    """Return alg and kid: all tokens of one type by one key begin with the same segment."""
    header = read_object(unb64u(segment), max_depth=1)
    if header.keys() != {"alg", "typ", "kid"}:
        raise EnvelopeError("the header must hold exactly alg, typ and kid")
    if header["typ"] != typ:
        raise EnvelopeError(f"the token is not of type {typ}")
    if header["alg"] not in ("ES256", "EdDSA", "Ed25519"):
        raise EnvelopeError("the algorithm is not allowed")
    if not isinstance(header["kid"], str) or not KID.fullmatch(header["kid"]):
        raise EnvelopeError("kid is not a SHA-256 thumbprint")
    return header["alg"], header["kid"]


def _check_dates(payload: dict[str, Any], rule: TokenRule) -> None:
    for name in ("iat", "nbf", "exp"):
        if name in payload:
            value = payload[name]
            if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < MAX_TIME:
                raise EnvelopeError(f"{name} is not a time in whole seconds")
    if rule.lifetime is None and "exp" in payload:
        raise EnvelopeError("this type of token never carries exp")
    if rule.lifetime is not None:
        if "exp" not in payload or "iat" not in payload:
            raise EnvelopeError("iat and exp are required")
        if payload["exp"] <= payload["iat"] or (rule.lifetime and payload["exp"] - payload["iat"] > rule.lifetime):
            raise EnvelopeError("the token's lifetime is out of bounds")


def audience_is(token: Token, audience: str) -> None:
    """Check that the token is meant for exactly this one audience. Raises EnvelopeError."""
    if token.payload.get("aud") != audience:
        raise EnvelopeError("the token is meant for another audience")


__all__ = [
    "CLOCK_SKEW",
    "DAY",
    "Token",
    "audience_is",
    "check_times",
    "parse_token",
    "sign_bytes",
    "sign_token",
    "verify_token",
]
