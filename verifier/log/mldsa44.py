"""ML-DSA-44 public keys and signatures (FIPS 204), as C2SP tlog-cosignature uses them: no context, raw bytes."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from verifier.errors import KeyRefusedError, NewerVersionError, SignatureError

PUBLIC_BYTES = 1312


def load_mldsa44(public: bytes) -> MLDSA44PublicKey:
    """Return the key of 1312 raw bytes. Raises KeyRefusedError, NewerVersionError (no ML-DSA here)."""
    if len(public) != PUBLIC_BYTES:
        raise KeyRefusedError(f"an ML-DSA-44 public key is {PUBLIC_BYTES} bytes long")
    try:
        return MLDSA44PublicKey.from_public_bytes(public)
    except UnsupportedAlgorithm as error:
        raise NewerVersionError("this build of the cryptographic library has no ML-DSA-44") from error


def verify_mldsa44(public: bytes, signature: bytes, message: bytes) -> None:
    """Check a signature over the message by a key of raw bytes. Raises KeyRefusedError, SignatureError."""
    key = load_mldsa44(public)
    try:
        key.verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the ML-DSA-44 signature does not verify") from error
