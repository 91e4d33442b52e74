"""The proof file beside a mark, checked against the entry that it has to prove.

Its checkpoint is judged like every other one. That its root is the log's own can be told only when the tree has grown
to that size, so the claim is kept until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import optional, proof_path
from verifier.errors import EvidenceError
from verifier.log.merkle import leaf_hash, verify_inclusion
from verifier.log.tlog_proof import TlogProof
from verifier.names import parse_name

if TYPE_CHECKING:
    from verifier.audit.finding import Findings
    from verifier.audit.heads import Growth, Heads
    from verifier.gather import Fetcher
    from verifier.statement import Statement


WRITTEN_WITHIN = 120


class Proofs:
    """The proofs of one run over a log. ``sizes`` are those of their checkpoints."""

    def __init__(self, fetcher: Fetcher, heads: Heads, findings: Findings) -> None:
        self._fetcher = fetcher
        self._heads = heads
        self._findings = findings
        self._claims: dict[tuple[int, bytes], str] = {}
        self._missing: list[tuple[int, int, str]] = []

    @property
    def sizes(self) -> set[int]:
        """The sizes of the checkpoints that the proofs name."""
        return {size for size, _ in self._claims}

    def take(self, index: int, statement: Statement) -> None:
        """Check the proof of the mark that this entry issues. Raises UnavailableError."""
        path, entry = proof_path(parse_name(statement.object).value), statement.entry
        data = optional(self._fetcher, path)
        if data is None:
            self._missing.append((index, statement.iat, path))
            return
        try:
            proof = TlogProof.parse(data)
        except EvidenceError as error:
            self._findings.add(Code.MALFORMED_FILE, error.message, entry=index, path=path)
            return
        if proof.serialize() != data:
            self._findings.add(Code.NOT_ITS_FORM, entry=index, path=path)
        if proof.extra != entry or proof.index != index:
            self._findings.add(Code.PROOF_WRONG, "it is about another entry", entry=index, path=path)
        head = self._heads.judge(proof.checkpoint, path)
        try:
            verify_inclusion(leaf=leaf_hash(entry), index=index, size=head.size, path=proof.path, root=head.root)
        except EvidenceError as error:
            self._findings.add(Code.PROOF_WRONG, error.message, entry=index, path=path)
        self._claims.setdefault((head.size, head.root), path)

    def close(self, growth: Growth, *, as_of: int) -> None:
        """Compare the roots that the proofs claim with those of the log, as far as it has grown.

        ``as_of`` is the time of its checkpoint: proofs are written after it, so the newest may still be on their way.
        """
        for index, iat, path in self._missing:
            code = Code.MISSING_FILE if iat + WRITTEN_WITHIN < as_of else Code.UNFINISHED_FILE
            self._findings.add(code, "the mark's proof", entry=index, path=path)
        for (size, root), path in self._claims.items():
            if growth.root(size) != root:
                detail = f"its checkpoint of size {size} is none of this log"
                self._findings.add(Code.PROOF_WRONG, detail, path=path)
