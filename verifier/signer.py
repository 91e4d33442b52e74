"""Who signs: a protocol of three members, and the signer whose key is in memory.

ES256 with RFC 6979 nonces and low s, so the same text signed twice gives the same bytes and a seeded scenario always
gives the same log root. A hardware key implements the same protocol (and normalises s itself).
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from verifier.encoding import b64u
from verifier.errors import KeyRefusedError
from verifier.injected import Entropy
from verifier.keys import P256_ORDER, thumbprint


class Signer(Protocol):
    """Something that can make ES256 signatures with one key."""

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint of the public key."""

    @property
    def jwk(self) -> dict[str, str]:
        """The public key: kty, crv, x, y."""

    def sign(self, message: bytes) -> bytes:
        """Return r || s, 64 bytes, low s."""


class SoftwareSigner:
    """An ES256 key in this process's memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise KeyRefusedError("only P-256 keys sign here")
        numbers = key.public_key().public_numbers()
        self._key = key
        self.jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64u(numbers.x.to_bytes(32)),
            "y": b64u(numbers.y.to_bytes(32)),
        }
        self.kid = thumbprint(self.jwk)

    @classmethod
    def generate(cls, entropy: Entropy) -> SoftwareSigner:
        """Return a new key drawn from the entropy (FIPS 186-5 A.2.1: 64 extra bits, then reduced)."""
        secret = int.from_bytes(entropy(40)) % (P256_ORDER - 1) + 1
        return cls(ec.derive_private_key(secret, ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None) -> SoftwareSigner:
        """Return the key of a PKCS#8 PEM. Raises KeyRefusedError."""
        try:
            key = serialization.load_pem_private_key(pem, password)
        except (ValueError, TypeError) as error:
            raise KeyRefusedError("the key file cannot be opened", hint="Check the passphrase.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyRefusedError("the key file does not hold a P-256 key")
        return cls(key)

    def to_pem(self, password: bytes) -> bytes:
        """Return PKCS#8 PEM, encrypted with the password."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )

    def sign(self, message: bytes) -> bytes:
        """Return r || s, 64 bytes, low s, deterministic (RFC 6979)."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)
