"""An authenticator in software: it makes and uses passkeys as told, also in ways that no honest one would."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from verifier.encoding import b64u

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey, for one origin; what it says of itself can be changed before it speaks."""

    origin: str
    flags: int = PRESENT | VERIFIED
    count: int = 1
    rp_id: str = "localhost"
    id: bytes = b"a passkey of tests"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """Answer ``navigator.credentials.create``."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        known = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + known})
        return self._answer("webauthn.create", options, attestationObject=b64u(attested))

    def sign(self, options: str) -> str:
        """Answer ``navigator.credentials.get``."""
        data, client = self._data(0), self._client("webauthn.get", options)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer("webauthn.get", options, authenticatorData=b64u(data), signature=b64u(signature))

    def _data(self, more: int) -> bytes:
        return sha256(self.rp_id.encode()).digest() + bytes([self.flags | more]) + struct.pack(">I", self.count)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, kind: str, options: str, **response: Any) -> str:
        told = {"clientDataJSON": b64u(self._client(kind, options)), **response}
        return json.dumps({"id": b64u(self.id), "rawId": b64u(self.id), "type": "public-key", "response": told})
