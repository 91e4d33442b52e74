"""What a witness answers to add-checkpoint (C2SP tlog-witness v1.0.0): a pure function of the request and its record.

Two checkpoints of one size with different roots get 422, as a failing consistency proof does: asking again with the
size of a 409 would never help. Whoever calls this keeps the fork that a decision carries, whatever the status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.encoding import b64
from verifier.errors import EvidenceError, MalformedError, ProofError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, parse_decimal, parse_hash
from verifier.log.merkle import EMPTY_ROOT, MAX_PATH, verify_consistency
from verifier.log.note import Note, VerifierKey, open_note

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class AddCheckpoint:
    """A request: the size that the sender believes was cosigned last, the proof from there, the new checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    def serialize(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old_size}", *(b64(value) for value in self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.signed.serialize()


@dataclass(frozen=True)
class Head:
    """What the witness cosigned last for an origin."""

    size: int
    root: bytes


NOTHING_YET = Head(0, EMPTY_ROOT)


@dataclass(frozen=True)
class Accept:
    """Cosign, once the record has moved to this checkpoint. ``signed`` carries the log's verified signatures only."""

    signed: SignedCheckpoint


@dataclass(frozen=True)
class Decline:
    """Do not cosign. ``fork`` is a checkpoint signed by the log that contradicts, or may contradict, the record."""

    status: int
    body: str
    content_type: str = TEXT_TYPE
    fork: SignedCheckpoint | None = None


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Return the request of an add-checkpoint body. Raises MalformedError, to be answered with 400."""
    head, separator, checkpoint = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("the lines before the checkpoint are ASCII") from error
    if not separator or not lines[0].startswith("old "):
        raise MalformedError("the body is an old size, a proof, an empty line and a checkpoint")
    if len(lines) > MAX_PATH + 1:
        raise MalformedError(f"a consistency proof is at most {MAX_PATH} hashes long")
    old_size = parse_decimal(lines[0].removeprefix("old "))
    proof = tuple(parse_hash(line) for line in lines[1:])
    return AddCheckpoint(old_size, proof, SignedCheckpoint.parse(checkpoint))


def decide(request: AddCheckpoint, keys: Sequence[VerifierKey], cosigned: Head) -> Accept | Decline:
    """Return what to do about a request.

    ``keys`` are the trusted keys of the request's origin (none: unknown origin), ``cosigned`` what was cosigned last.
    """
    new = request.signed.checkpoint
    if not keys:
        return Decline(404, "this witness does not follow that log\n")
    try:
        signatures = open_note(request.signed.note, keys)
    except EvidenceError as error:
        return Decline(403, f"{error.message}\n")
    # Lines of other keys are dropped: whoever sends them could otherwise fill the store with noise.
    signed = SignedCheckpoint(Note(request.signed.note.text, signatures), new)
    if request.old_size > new.size:
        return Decline(400, "the old size is larger than the checkpoint\n")
    if request.old_size != cosigned.size:
        return Decline(409, f"{cosigned.size}\n", SIZE_TYPE, signed if _contradicts(new, cosigned) else None)
    try:
        verify_consistency(
            old_size=cosigned.size, new_size=new.size, old_root=cosigned.root, new_root=new.root, path=request.proof
        )
    except ProofError as error:
        return Decline(422, f"{error.message}\n", fork=signed)
    return Accept(signed)


def _contradicts(new: Checkpoint, cosigned: Head) -> bool:
    return new.size == cosigned.size and new.root != cosigned.root
