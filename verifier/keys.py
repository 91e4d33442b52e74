"""The key gate: which public keys may verify anything here (RFC 7517, RFC 7518, RFC 8037, RFC 7638).

Stock JOSE libraries accept keys marked for encryption, sets with a doubled kid and symmetric keys; this gate refuses
them. A kid is the RFC 7638 SHA-256 thumbprint and nothing but a dictionary key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from verifier.encoding import canonical, digest, unb64u
from verifier.errors import KeyRefusedError, MalformedError, SignatureError

KID = re.compile(r"[A-Za-z0-9_-]{43}")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SIGNATURE_BYTES = 64

_ECDSA = ec.ECDSA(hashes.SHA256())
_ECDSA_OF_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ALGORITHM_OF_CURVE = {("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "Ed25519"}
_NAMES_OF_ALGORITHM = {"ES256": frozenset({"ES256"}), "Ed25519": frozenset({"EdDSA", "Ed25519"})}


@dataclass(frozen=True)
class VerifyingKey:
    """A public key that passed the gate. ``algorithm`` comes from the key, never from a token's header."""

    kid: str
    algorithm: str
    jwk: dict[str, str]
    public: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a 64-byte signature (for ES256: r || s with low s). Raises SignatureError."""
        if len(signature) != SIGNATURE_BYTES:
            raise SignatureError("the signature is not 64 bytes long")
        try:
            if isinstance(self.public, ec.EllipticCurvePublicKey):
                self.public.verify(_der(signature), message, _ECDSA)
            else:
                self.public.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureError("the signature does not fit the key and the text") from error

    def verify_digest(self, signature: bytes, digest: bytes) -> None:
        """Check as ``verify`` does, for ES256 and the SHA-256 of a message. Raises SignatureError."""
        if (
            len(signature) != SIGNATURE_BYTES
            or len(digest) != 32
            or not isinstance(self.public, ec.EllipticCurvePublicKey)
        ):
            raise SignatureError("only an ES256 signature over 32 bytes is checked by its digest")
        try:
            self.public.verify(_der(signature), digest, _ECDSA_OF_DIGEST)
        except InvalidSignature as error:
            raise SignatureError("the signature does not fit the key and the text") from error

    @cached_property
    def point(self) -> bytes:
        """The public key of ES256 as x || y, 64 bytes."""
        return unb64u(self.jwk["x"]) + unb64u(self.jwk["y"])


def thumbprint(jwk: dict[str, str]) -> str:
    """Return the RFC 7638 SHA-256 thumbprint of an EC, OKP or AKP (RFC 9964) public key."""
    required = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "AKP": ("alg", "kty", "pub")}
    members = required.get(jwk.get("kty", ""))
    if members is None or any(name not in jwk for name in members):
        raise KeyRefusedError("the key has no thumbprint: type or members are missing")
    return digest(canonical({name: jwk[name] for name in members}))


def import_jwk(jwk: object) -> VerifyingKey:
    """Return the key if it passes the gate.

    Refused: other types or curves, private or symmetric members, ``use`` other than "sig", ``key_ops`` without
    "verify", an ``alg`` that does not match the curve, a kid that is not the thumbprint. Raises KeyRefusedError.
    """
    if not isinstance(jwk, dict) or not all(isinstance(name, str) for name in jwk):
        raise KeyRefusedError("a key is a JSON object")
    if _PRIVATE_MEMBERS & jwk.keys():
        raise KeyRefusedError("the key carries private or symmetric members", hint="Publish the public part only.")
    algorithm = _ALGORITHM_OF_CURVE.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if algorithm is None:
        raise KeyRefusedError("only EC P-256 and OKP Ed25519 keys are accepted")
    _check_purpose(jwk, algorithm)
    essential = {name: str(jwk.get(name, "")) for name in ("kty", "crv", "x", "y") if name in jwk}
    public = _public(essential, algorithm)
    kid = thumbprint(essential)
    if jwk.get("kid", kid) != kid:
        raise KeyRefusedError("kid is not the RFC 7638 thumbprint of the key")
    return VerifyingKey(kid=kid, algorithm=algorithm, jwk=essential, public=public)


def import_jwks(keys: Iterable[object]) -> dict[str, VerifyingKey]:
    """Return the keys of a set by kid. Raises KeyRefusedError, also for a kid that stands twice."""
    imported: dict[str, VerifyingKey] = {}
    for jwk in keys:
        key = import_jwk(jwk)
        if key.kid in imported:
            raise KeyRefusedError("the key set names a kid twice")
        imported[key.kid] = key
    return imported


def _check_purpose(jwk: dict[str, object], algorithm: str) -> None:
    if jwk.get("use", "sig") != "sig":
        raise KeyRefusedError("the key is not marked for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefusedError("key_ops does not include verify")
    if "alg" in jwk and str(jwk["alg"]) not in _NAMES_OF_ALGORITHM[algorithm]:
        raise KeyRefusedError("alg does not match the type of the key")


def _public(jwk: dict[str, str], algorithm: str) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey:
    try:
        if algorithm == "Ed25519":
            if "y" in jwk:
                raise KeyRefusedError("an Ed25519 key has no y")
            return ed25519.Ed25519PublicKey.from_public_bytes(unb64u(jwk.get("x", "")))
        x, y = unb64u(jwk.get("x", "")), unb64u(jwk.get("y", ""))
        if len(x) != 32 or len(y) != 32:
            raise KeyRefusedError("P-256 coordinates are 32 bytes each")
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
        return numbers.public_key()
    except (ValueError, UnsupportedAlgorithm, MalformedError) as error:
        raise KeyRefusedError("the key is not a point of its curve") from error


def _der(signature: bytes) -> bytes:
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not 0 < r < P256_ORDER or not 0 < s <= P256_ORDER // 2:
        # (r, n - s) verifies too: a second form of the same signature would make two tokens out of one.
        raise SignatureError("the signature is not in its one accepted form (low s)")
    return encode_dss_signature(r, s)
