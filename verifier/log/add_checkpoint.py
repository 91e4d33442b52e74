"""What stands on the wire between a log and a witness (C2SP tlog-witness v1.0.0): the request and its answers.

An answer of 200 holds signature lines (note.py); one of 409 holds the size that the witness cosigned last. Nothing in a
request is trusted before the log's signature and the consistency proof were checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encoding import b64
from verifier.errors import MalformedError
from verifier.log.checkpoint import SignedCheckpoint, parse_decimal, parse_hash
from verifier.log.merkle import MAX_PATH

SIZE_TYPE = "text/x.tlog.size"


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


def serialize_size(size: int) -> str:
    """Return the body of a 409."""
    return f"{size}\n"


def parse_size(body: bytes) -> int:
    """Return the size that a 409 tells. Raises MalformedError."""
    text = body.decode("ascii", "replace")
    if not text.endswith("\n"):
        raise MalformedError("a size is told as one decimal number and a newline")
    return parse_decimal(text[:-1])
