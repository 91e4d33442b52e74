"""Explaining one entry: what it says, who signed it, who approved it, what came before and after, and what proves it.

Nothing is replayed: the object's history comes from the directory's proven record and the chain of ``prev``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.audit.companions import second_place
from verifier.audit.finding import Findings
from verifier.audit.heads import Head, Heads
from verifier.audit.histories import Histories, History
from verifier.audit.kinds import Code
from verifier.audit.plane import checkpoint_path, optional, proof_path
from verifier.audit.says import sentences, title_of
from verifier.encoding import b64u
from verifier.envelope import CLOCK_SKEW
from verifier.errors import EvidenceError, MarkError, WrongUseError
from verifier.examine.log_evidence import LONGEST_DATING
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.log.tlog_proof import TlogProof
from verifier.names import parse_name
from verifier.replay.signers import SignedBy, check_signed
from verifier.statement import parse_statement
from verifier.statement.kinds import Effect
from verifier.statement.public import MarkIssued

if TYPE_CHECKING:
    from verifier.audit.chain import TrustChain
    from verifier.gather import Fetcher
    from verifier.statement import Statement


@dataclass(frozen=True)
class Signatures:
    """Who signed the entry. ``trouble`` says what does not hold, or what is not at hand; it is empty otherwise."""

    first: SignedBy | None
    second: SignedBy | None
    trouble: str


@dataclass(frozen=True)
class Dated:
    """Between which witnessed times (UTC seconds) the entry came into the log; None where that is not known.

    ``holds`` says for a grant whether its own date fits, and is None for other entries and where a time is missing.
    """

    after: int | None
    before: int | None
    holds: bool | None


@dataclass(frozen=True)
class Proof:
    """What proves the entry: the latest checkpoint with its witnesses, and how it is dated.

    ``trouble`` is empty unless that checkpoint proves nothing.
    """

    head: Head
    witnesses: tuple[str, ...]
    trouble: str
    dated: Dated


@dataclass(frozen=True)
class Explanation:
    """Everything that is told about one entry."""

    index: int
    statement: Statement
    signatures: Signatures
    history: History
    proof: Proof

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        statement, signatures, proof = self.statement, self.signatures, self.proof
        return {
            "v": 1,
            "log": statement.log,
            "entry": self.index,
            "type": statement.type,
            "object": statement.object,
            "title": title_of(statement),
            "says": sentences(statement),
            "issuer": statement.iss,
            "dated": statement.iat,
            "signed": _person(signatures.first),
            "approved": _person(signatures.second),
            "signatures": "hold" if not signatures.trouble else signatures.trouble,
            "history": [step.members() for step in self.history.steps],
            "history_is_whole": self.history.is_whole,
            "proof": {
                "checkpoint": proof.head.size,
                "root": b64u(proof.head.root),
                "as_of": proof.head.time,
                "witnesses": list(proof.witnesses),
                "inclusion": "proven" if not proof.trouble else proof.trouble,
                "dating": {"after": proof.dated.after, "before": proof.dated.before, "holds": proof.dated.holds},
            },
        }


def explain_entry(fetcher: Fetcher, chain: TrustChain, index: int) -> Explanation:
    """Return the explanation of the entry at ``index``.

    Raises WrongUseError where the log has no such entry, EvidenceError when it is not in the tree or cannot be read,
    NewerVersionError when this version cannot read it, UnavailableError when the plane cannot be read.
    """
    findings = Findings()
    heads = Heads(fetcher, chain.newest, findings)
    signed, head = heads.latest()
    if not 0 <= index < head.size:
        raise WrongUseError(f"the log has {head.size} entries, the last one is {head.size - 1}")
    reader = TileReader(fetcher.fetch, head.size)
    statement = parse_statement(reader.entry(index))
    histories = Histories(fetcher, reader, head)
    # This proves every entry of the history to be in the tree, the explained one too.
    history = histories.of(statement.object, index)
    is_signed = Code.LOG_SIGNATURE_BAD not in findings.counted and head.time is not None
    trouble = "" if is_signed else "the latest checkpoint lacks the log's signature or a quorum of witnesses"
    witnesses = tuple(sorted(heads.witness_times(signed)))
    proof = Proof(head, witnesses, trouble, _dating(fetcher, heads, statement, index))
    signatures = _signatures(fetcher, chain, statement, index, histories)
    return Explanation(index, statement, signatures, history, proof)


def _signatures(
    fetcher: Fetcher, chain: TrustChain, statement: Statement, index: int, histories: Histories
) -> Signatures:
    place = second_place(statement)
    token = optional(fetcher, place) if place else None
    second = token.decode("ascii", "replace") if token is not None else None
    try:
        first, other = check_signed(statement, second, index=index, root=chain.newest, book=histories)
    except MarkError as error:
        return Signatures(None, None, error.message)
    return Signatures(first, other, "")


def _dating(fetcher: Fetcher, heads: Heads, statement: Statement, index: int) -> Dated:
    upper = _first_covering(fetcher, heads, statement, index)
    before = upper.time if upper else None
    if statement.anchor is None:
        return Dated(None, before, None)
    lower = heads.kept(statement.anchor.size)
    if lower is None or lower.time is None or b64u(lower.root) != statement.anchor.root:
        return Dated(None, before, None)
    if before is None or statement.kind.effect is not Effect.GRANT:
        return Dated(lower.time, before, None)
    is_within = lower.time - CLOCK_SKEW <= statement.iat <= before + CLOCK_SKEW
    return Dated(lower.time, before, is_within and before - lower.time <= LONGEST_DATING)


def _first_covering(fetcher: Fetcher, heads: Heads, statement: Statement, index: int) -> Head | None:
    """Return the first covering checkpoint where it can be found: a mark's proof names it, some entries have one."""
    if isinstance(statement.public, MarkIssued):
        data = optional(fetcher, proof_path(parse_name(statement.object).value))
        try:
            return heads.judge(TlogProof.parse(data).checkpoint, "") if data is not None else None
        except EvidenceError:
            return None
    data = optional(fetcher, checkpoint_path(index + 1))
    try:
        return heads.judge(SignedCheckpoint.parse(data), "") if data is not None else None
    except EvidenceError:
        return None


def _person(signer: SignedBy | None) -> dict[str, str] | None:
    if signer is None:
        return None
    return {"kid": signer.key.kid, "holder": signer.holder, "entity": signer.entity, "role": signer.role}
