"""Ed25519 public keys (RFC 8032), admitted only when every verifier would agree about them.

RFC 8032 leaves open what a verifier does with a small-order point (for which one signature fits many messages) or with
a second encoding of the same point. Neither comes from an honest key generator, so both are refused before use.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.errors import KeyRefusedError, SignatureError

PUBLIC_BYTES = 32

_P = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y coordinates of the eight points whose order divides the cofactor; y alone decides, whatever the sign of x.
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})


def load_ed25519(public: bytes) -> Ed25519PublicKey:
    """Return the key of 32 raw bytes. Raises KeyRefusedError for a wrong length, small order or second encoding."""
    if len(public) != PUBLIC_BYTES:
        raise KeyRefusedError("an Ed25519 public key is 32 bytes long")
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    if y >= _P:
        raise KeyRefusedError("the Ed25519 public key is not in its canonical encoding")
    if y in _SMALL_ORDER:
        raise KeyRefusedError("the Ed25519 public key is a point of small order")
    return Ed25519PublicKey.from_public_bytes(public)


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    """Check a 64-byte signature over the message by a key of 32 raw bytes. Raises KeyRefusedError, SignatureError."""
    key = load_ed25519(public)
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise SignatureError("the Ed25519 signature does not verify") from error
