"""Checkpoints (C2SP tlog-checkpoint v1.0.0): origin, size and root of a log, as the text of a signed note.

Extension lines are kept and signed over, and never read: a log may add them, this product's logs do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.encoding import b64, unb64
from verifier.errors import MalformedError, ProofError
from verifier.log.merkle import HASH_BYTES, MAX_SIZE
from verifier.log.note import Note, open_note, parse_note

if TYPE_CHECKING:
    from verifier.log.note import NoteSignature, NoteSigner, VerifierKey

MAX_ORIGIN_BYTES = 255
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, its number of entries, its 32-byte root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def serialize(self) -> str:
        """Return the note text."""
        return "\n".join((self.origin, str(self.size), b64(self.root), *self.extensions)) + "\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note text. Raises MalformedError."""
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < 3 or not all(lines):
        raise MalformedError("a checkpoint is at least three lines, none of them empty")
    origin, size, root, *extensions = lines
    if len(origin.encode()) > MAX_ORIGIN_BYTES:
        raise MalformedError(f"the origin of a log is at most {MAX_ORIGIN_BYTES} bytes long")
    return Checkpoint(origin, parse_decimal(size), parse_hash(root), tuple(extensions))


def parse_decimal(text: str) -> int:
    """Return a size or index in ASCII digits without leading zeros, below 2**63. Raises MalformedError."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise MalformedError("a size or index is a decimal number below 2**63 without leading zeros")
    return int(text)


def parse_hash(text: str) -> bytes:
    """Return the 32 bytes of a hash in canonical base64. Raises MalformedError."""
    value = unb64(text)
    if len(value) != HASH_BYTES:
        raise MalformedError("a hash of the tree is 32 bytes long")
    return value


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint in its note, with the signatures of the log and the cosignatures of witnesses, unverified."""

    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, data: bytes) -> SignedCheckpoint:
        """Return the signed checkpoint; ``serialize`` gives the same bytes back. Raises MalformedError."""
        note = parse_note(data)
        return cls(note, parse_checkpoint(note.text))

    def serialize(self) -> bytes:
        """Return the bytes of the note."""
        return self.note.serialize()

    def adding(self, *signatures: NoteSignature) -> SignedCheckpoint:
        """Return the checkpoint with further signature lines."""
        return SignedCheckpoint(self.note.adding(*signatures), self.checkpoint)

    def verify(self, log_key: VerifierKey, origin: str) -> Checkpoint:
        """Return the checkpoint once the log of this origin has signed it with this key.

        Raises ProofError for another origin, SignatureError for a signature that is missing or bad.
        """
        if self.checkpoint.origin != origin or log_key.name != origin:
            raise ProofError(f"the checkpoint is of the log {self.checkpoint.origin}, not of {origin}")
        open_note(self.note, [log_key])
        return self.checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> SignedCheckpoint:
    """Return the checkpoint under the log's signature. The caller has proven that it extends what was signed before."""
    text = checkpoint.serialize()
    return SignedCheckpoint(Note(text, (signer.sign(text),)), checkpoint)
