"""A one-time link's box: a share under a key that only the link holds (docs/specification/share.md).

The link's secret (32 bytes) gives the box's id and its key by HKDF-SHA256 (RFC 5869); the share is encrypted with
AES-256-GCM, padded so that its length tells nothing. Whoever keeps the box can delete it, and can neither read it nor
find out which mark it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from verifier.encoding import b64u
from verifier.errors import MalformedError
from verifier.share import SECRET_BYTES, Secret, parse_share

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.share import Share

NONCE_BYTES = 12
PADDED_TO = 512
MAX_SEALED = 4096
_ID, _KEY = b"shirushi-share-1 id", b"shirushi-share-1 key"


@dataclass(frozen=True)
class Box:
    """What is left with a registry: an id, and bytes that only the link opens."""

    id: str
    sealed: bytes


def close_box(share: Share, entropy: Entropy) -> tuple[Secret, Box]:
    """Return the secret of a one-time link, and the box to be left with the registry."""
    secret = Secret(entropy(SECRET_BYTES))
    content = share.serialize()
    padded = content.ljust(-(-len(content) // PADDED_TO) * PADDED_TO)
    nonce, name = entropy(NONCE_BYTES), box_id(secret)
    return secret, Box(name, nonce + AESGCM(_derived(secret, _KEY)).encrypt(nonce, padded, name.encode()))


def box_id(secret: Secret) -> str:
    """Return the id of the box that a secret opens."""
    return b64u(_derived(secret, _ID))


def open_box(secret: Secret, sealed: bytes) -> Share:
    """Return what is in a box. Raises MalformedError, StatementError or NewerVersionError."""
    nonce, encrypted = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        content = AESGCM(_derived(secret, _KEY)).decrypt(nonce, encrypted, box_id(secret).encode())
    except (InvalidTag, ValueError) as error:
        raise MalformedError("the box does not open with this link: it was changed") from error
    return parse_share(content.rstrip(b" "))


def _derived(secret: Secret, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, purpose).derive(secret.secret)
