"""Cosignatures of witnesses on checkpoints (C2SP tlog-cosignature): Ed25519 (0x04) and ML-DSA-44 (0x06).

A cosignature says: at this time, this was the largest consistent tree of that log that I had seen. The Ed25519 message
does not name the cosigner, so one key never serves two of them: tlog_policy.py refuses that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import KeyRefusedError, SignatureError
from verifier.log.ed25519 import verify_ed25519
from verifier.log.mldsa44 import verify_mldsa44
from verifier.log.note import NoteSignature, VerifierKey, known_signatures
from verifier.log.vkey import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from verifier.log.checkpoint import Checkpoint, SignedCheckpoint

COSIGNATURE_TYPES = (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)
MAX_TIMESTAMP = 2**63 - 1
_TIME_BYTES = 8


def ed25519_message(text: str, timestamp: int) -> bytes:
    """Return what an Ed25519 cosigner signs: header, time, and the whole note text."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def mldsa44_message(cosigner: str, checkpoint: Checkpoint, timestamp: int) -> bytes:
    """Return what an ML-DSA-44 cosigner signs: names, time, and the range of leaves from 0 with its root."""
    name, origin = cosigner.encode(), checkpoint.origin.encode()
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes([len(name)]) + name,
            timestamp.to_bytes(_TIME_BYTES, "big"),
            bytes([len(origin)]) + origin,
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


class Cosigner:
    """Cosigns checkpoints with Ed25519 (type 0x04), under the name of a witness."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self.key = VerifierKey(name, ED25519_COSIGNATURE, private_key.public_key().public_bytes_raw())
        self._private_key = private_key

    def cosign(self, signed: SignedCheckpoint, timestamp: int) -> NoteSignature:
        """Return the cosignature at ``timestamp`` (unix seconds). The caller has proven consistency before."""
        signature = self._private_key.sign(ed25519_message(signed.note.text, timestamp))
        return NoteSignature(self.key.name, self.key.id, timestamp.to_bytes(_TIME_BYTES, "big") + signature)


def verify_cosignature(key: VerifierKey, signature: NoteSignature, signed: SignedCheckpoint) -> int:
    """Return the time (unix seconds) at which the witness cosigned the checkpoint.

    Raises SignatureError, or KeyRefusedError when the key is not a cosigner's.
    """
    if key.type not in COSIGNATURE_TYPES:
        raise KeyRefusedError("a witness cosigns with a key of type 0x04 or 0x06")
    timestamp = int.from_bytes(signature.signature[:_TIME_BYTES], "big")
    if not signature.claims(key) or not 0 < timestamp <= MAX_TIMESTAMP:
        raise SignatureError(f"not a dated cosignature of {key.name}")
    try:
        _verify(key, signature.signature[_TIME_BYTES:], signed, timestamp)
    except SignatureError as error:
        raise SignatureError(f"the cosignature of {key.name} does not verify") from error
    return timestamp


def cosigned_times(signed: SignedCheckpoint, keys: Sequence[VerifierKey]) -> dict[VerifierKey, int]:
    """Return when each known witness first cosigned the checkpoint; further lines of the same key do not count.

    Lines of other keys are ignored. Raises SignatureError when a line of a known witness fails.
    """
    times: dict[VerifierKey, int] = {}
    for signature, key in known_signatures(signed.note, keys):
        timestamp = verify_cosignature(key, signature, signed)
        times[key] = min(timestamp, times.get(key, timestamp))
    return times


def _verify(key: VerifierKey, signature: bytes, signed: SignedCheckpoint, timestamp: int) -> None:
    if key.type == MLDSA44_COSIGNATURE:
        verify_mldsa44(key.public, signature, mldsa44_message(key.name, signed.checkpoint, timestamp))
    else:
        verify_ed25519(key.public, signature, ed25519_message(signed.note.text, timestamp))
