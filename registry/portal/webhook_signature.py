"""Signatures of webhooks after Standard Webhooks 1.0: ``v1`` is HMAC-SHA-256, ``v1a`` is Ed25519.

Every message carries both, by every secret that holds at that time: while a secret is being changed there are two. The
content that is signed is id, time and body, so a message can be neither changed nor sent again later as a new one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.encoding import b64

if TYPE_CHECKING:
    from verifier.injected import Entropy


@dataclass(frozen=True)
class SigningSecret:
    """A secret of one endpoint: a shared one and the seed of a key pair. ``until`` is None for the newest."""

    shared: bytes
    seed: bytes
    until: int | None = None

    @property
    def told(self) -> str:
        """The shared secret as it is told to the client."""
        return f"whsec_{b64(self.shared)}"

    @property
    def public(self) -> str:
        """The public key of the ``v1a`` signatures."""
        return f"whpk_{b64(self._key.public_key().public_bytes_raw())}"

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, content: bytes) -> str:
        """Return both signatures over the content."""
        mac = hmac.new(self.shared, content, hashlib.sha256).digest()
        return f"v1,{b64(mac)} v1a,{b64(self._key.sign(content))}"


def new_secret(entropy: Entropy) -> SigningSecret:
    """Return a new secret."""
    return SigningSecret(entropy(32), entropy(32))


def signed_headers(secrets: Sequence[SigningSecret], *, id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the three header fields of a message that is sent at that time; the newest secret signs first."""
    assert secrets  # an endpoint has one from its beginning: nothing is ever sent unsigned
    content = b"%b.%d.%b" % (id.encode(), at, body)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(secret.sign(content) for secret in secrets),
    }
