"""Verifier keys of signed notes: ``<name>+<8 hex key id>+<base64 of type and key>`` (C2SP signed-note v1.0.0).

Three signature types are known: Ed25519 notes (0x01), Ed25519 cosignatures (0x04), ML-DSA-44 cosignatures (0x06).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from verifier.encoding import b64, sha256, unb64
from verifier.errors import KeyRefusedError, MalformedError
from verifier.log.ed25519 import load_ed25519
from verifier.log.mldsa44 import load_mldsa44

ED25519_NOTE = 0x01
ED25519_COSIGNATURE = 0x04
MLDSA44_COSIGNATURE = 0x06

MAX_NAME_BYTES = 255
MAX_VKEY = 4_096
_KEY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class VerifierKey:
    """A named public key with the signature type that it may be used for; admitted, so safe to verify with."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names outside the format and keys outside the gate. Raises MalformedError, KeyRefusedError."""
        require_key_name(self.name)
        if self.type in (ED25519_NOTE, ED25519_COSIGNATURE):
            load_ed25519(self.public)
        elif self.type == MLDSA44_COSIGNATURE:
            load_mldsa44(self.public)
        else:
            raise KeyRefusedError(f"signature type {self.type:#04x} is not used here")

    @cached_property
    def id(self) -> bytes:
        """The four bytes that stand before each signature of this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public)[:4]

    def __str__(self) -> str:
        """Return the vkey text."""
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.type]) + self.public)}"


def parse_vkey(text: str) -> VerifierKey:
    """Return the key of a vkey. Raises MalformedError, or KeyRefusedError for a key outside the gate."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    if len(text) > MAX_VKEY or not _KEY_ID.fullmatch(key_id):
        raise MalformedError("a verifier key is written <name>+<8 hex digits>+<base64>")
    data = unb64(encoded)
    if not data:
        raise MalformedError("the verifier key holds no key")
    key = VerifierKey(name, data[0], data[1:])
    if key.id.hex() != key_id:
        raise MalformedError("the key id of the verifier key does not belong to its name and key")
    return key


def require_key_name(name: str) -> None:
    """Refuse an empty or over-long key name, white space, plus and control characters. Raises MalformedError."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError as error:
        raise MalformedError("a key name is UTF-8") from error
    if not 0 < length <= MAX_NAME_BYTES or any(sign == "+" or sign < " " or sign.isspace() for sign in name):
        raise MalformedError("a key name is 1 to 255 bytes without white space, plus or control characters")
