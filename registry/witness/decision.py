"""What a witness answers to add-checkpoint (C2SP tlog-witness v1.0.0): a pure function of the request and its record.

Two checkpoints of one size with different roots get 422, as a failing consistency proof does: asking again with the
size of a 409 would never help. Whoever calls this keeps the fork that a decision carries, whatever the status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.errors import EvidenceError, ProofError
from verifier.log.add_checkpoint import SIZE_TYPE, AddCheckpoint, serialize_size
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint
from verifier.log.merkle import EMPTY_ROOT, verify_consistency
from verifier.log.note import Note, VerifierKey, open_note

TEXT_TYPE = "text/plain; charset=utf-8"


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
        return Decline(409, serialize_size(cosigned.size), SIZE_TYPE, signed if _contradicts(new, cosigned) else None)
    try:
        verify_consistency(
            old_size=cosigned.size, new_size=new.size, old_root=cosigned.root, new_root=new.root, path=request.proof
        )
    except ProofError as error:
        return Decline(422, f"{error.message}\n", fork=signed)
    return Accept(signed)


def _contradicts(new: Checkpoint, cosigned: Head) -> bool:
    return new.size == cosigned.size and new.root != cosigned.root
