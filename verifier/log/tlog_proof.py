"""Proof files (C2SP tlog-proof@v1, "spicy signatures"): index, inclusion path and cosigned checkpoint of one entry.

``extra`` is not authenticated by the file. In this product it is the logged statement, and the leaf hash is computed
from it, so a proof that holds for that leaf proves the extra too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from verifier.encoding import b64, unb64
from verifier.errors import MalformedError
from verifier.log.checkpoint import SignedCheckpoint, parse_decimal, parse_hash
from verifier.log.merkle import MAX_PATH, verify_inclusion
from verifier.log.note import MAX_NOTE
from verifier.log.tile import MAX_ENTRY
from verifier.log.tlog_policy import CosignedAt

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF = MAX_NOTE + 131_072


class CheckpointRule(Protocol):
    """What a checkpoint has to meet: a ``Policy`` or several ``Policies``."""

    def check_checkpoint(self, signed: SignedCheckpoint) -> CosignedAt:
        """Return when the checkpoint met the rule. Raises ProofError."""
        ...


@dataclass(frozen=True)
class TlogProof:
    """The proof that a log holds an entry; nothing in it is trusted before ``verify``."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> TlogProof:
        """Return the proof of a file, which ``serialize`` gives back byte for byte. Raises MalformedError."""
        if len(data) > MAX_PROOF:
            raise MalformedError(f"a proof is at most {MAX_PROOF} bytes long")
        head, separator, checkpoint = data.partition(b"\n\n")
        if not separator:
            raise MalformedError("a proof has an empty line before its checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise MalformedError("the lines of a proof are ASCII") from error
        index, extra, hashes = _head(lines)
        return cls(index, tuple(parse_hash(line) for line in hashes), SignedCheckpoint.parse(checkpoint), extra)

    def serialize(self) -> bytes:
        """Return the bytes of the file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {b64(self.extra)}")
        lines += [f"index {self.index}", *(b64(value) for value in self.path), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint.serialize()

    def verify(self, leaf: bytes, rule: CheckpointRule) -> CosignedAt:
        """Return when the witnesses saw the log hold the 32-byte leaf hash at ``index``. Raises ProofError."""
        cosigned = rule.check_checkpoint(self.checkpoint)
        head = self.checkpoint.checkpoint
        verify_inclusion(leaf=leaf, index=self.index, size=head.size, path=self.path, root=head.root)
        return cosigned


def _head(lines: list[str]) -> tuple[int, bytes | None, list[str]]:
    if lines[0] != HEADER:
        raise MalformedError(f"a proof begins with the line {HEADER}")
    rest = lines[1:]
    extra = None
    if rest and rest[0].startswith("extra "):
        extra = unb64(rest.pop(0).removeprefix("extra "))
        if not 0 < len(extra) <= MAX_ENTRY:
            raise MalformedError(f"the extra data of a proof is 1 to {MAX_ENTRY} bytes long")
    if not rest or not rest[0].startswith("index "):
        raise MalformedError("a proof names the index of its entry")
    if len(rest) > MAX_PATH + 1:
        raise MalformedError(f"the path of a proof is at most {MAX_PATH} hashes long")
    return parse_decimal(rest[0].removeprefix("index ")), extra, rest[1:]
