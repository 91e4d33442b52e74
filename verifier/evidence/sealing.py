"""What the log says about evidence: which manifests it sealed, in which order, by whom and when.

The evidence is a bundle about the object (its history, its signers' keys, its place in the directory) and, for each
seal, a proof file under an early covering checkpoint and the anchor that the statement names. Witnesses date both: the
seal was made no earlier than the anchor and no later than the covering checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from verifier.bundle import Bundle, parse_bundle
from verifier.encoding import canonical, read_object, unb64u
from verifier.errors import EvidenceError, MalformedError, MarkError, NotFoundError, RefusedError
from verifier.evidence.check import EvidenceCheck, EvidenceCheckName, failed, from_error, passed, unknown
from verifier.examine.entries import replay_entries
from verifier.examine.examination import Examination, Presented
from verifier.examine.log_evidence import check_log, check_trust_root, policy_at, read_entries
from verifier.examine.present_evidence import check_heads, check_root_is_newest, published_directory, record_of
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tlog_policy import CosignedAt, Policy
from verifier.log.tlog_proof import TlogProof
from verifier.names import key_uri, parse_name, root_uri
from verifier.replay.records import Entry
from verifier.replay.signers import SignedBy, check_signed
from verifier.schema import Closed, Many, One, read_model
from verifier.statement.public import EvidenceSealed
from verifier.trust.root import TrustRoot
from verifier.verdict import CheckName, Result

MAX_BYTES = 16_777_216
DEPTH = 10
"""A bundle is eight deep and stands one level further down."""

_LOG = (CheckName.TRUST_ROOT, CheckName.CHECKPOINT, CheckName.WITNESSES, CheckName.INCLUSION)


class _Proof(Closed):
    proof: Annotated[str, Field(max_length=262_144)]
    anchor: Annotated[str, Field(max_length=131_072)] | None = None


class _File(Closed):
    v: One
    bundle: dict[str, Any]
    proofs: Many[_Proof]


@dataclass(frozen=True)
class SealProof:
    """A proof file of one seal, and the note of the checkpoint that its statement names as anchor."""

    proof: bytes
    anchor: bytes | None = None


@dataclass(frozen=True)
class SealEvidence:
    """Everything that is needed to judge the seals of one object without a network."""

    bundle: Bundle
    proofs: tuple[SealProof, ...] = ()

    def serialize(self) -> bytes:
        """Return the file: canonical JSON and a line feed."""
        proofs = [
            {"proof": one.proof.decode(), **({"anchor": one.anchor.decode()} if one.anchor else {})}
            for one in self.proofs
        ]
        bundle = read_object(self.bundle.serialize())
        return canonical({"v": 1, "bundle": bundle, "proofs": proofs}) + b"\n"


def parse_seal_evidence(data: bytes) -> SealEvidence:
    """Return the evidence of a file. Raises MalformedError, StatementError or NewerVersionError."""
    if len(data) > MAX_BYTES:
        raise MalformedError(f"evidence of seals is at most {MAX_BYTES} bytes long")
    model = read_model(_File, read_object(data, max_depth=DEPTH), what="evidence of seals")
    proofs = tuple(SealProof(one.proof.encode(), one.anchor.encode() if one.anchor else None) for one in model.proofs)
    return SealEvidence(parse_bundle(canonical(model.bundle)), proofs)


@dataclass(frozen=True)
class Seal:
    """One seal in the log. It was made in [``earliest``, ``latest``], in UTC seconds as witnesses saw them."""

    index: int
    kind: str
    manifest_sha256: str
    by: str
    holder: str
    earliest: int | None
    latest: int
    witnesses: tuple[str, ...]

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the seal."""
        return {**vars(self), "witnesses": list(self.witnesses)}


@dataclass(frozen=True)
class Sealing:
    """The seals of an object in order, the checks made on the way, and the time for which nothing later is hidden."""

    checks: tuple[EvidenceCheck, ...]
    seals: tuple[Seal, ...] = ()
    as_of: int | None = None

    def seal(self, manifest_sha256: str) -> Seal | None:
        """Return the seal of a manifest."""
        return next((one for one in self.seals if one.manifest_sha256 == manifest_sha256), None)

    def holds(self, name: EvidenceCheckName) -> bool:
        """Say whether a check was made and passed."""
        return any(check.name is name and check.result is Result.PASSED for check in self.checks)

    def failed(self, name: EvidenceCheckName) -> bool:
        """Say whether a check was made and did not pass."""
        return any(check.name is name and check.result is not Result.PASSED for check in self.checks)


def judge_seals(
    evidence: SealEvidence, object: str, *, root: TrustRoot, now: int, witnesses: Policy | None = None
) -> Sealing:
    """Return what the log says about an object, judged from the pinned root.

    Afterwards the seals may be trusted as far as the checks passed: ``log`` for the log and its witnesses, ``signer``
    for who sealed, ``present`` for that nothing later is hidden. Bad evidence becomes a check, never an error.
    """
    case = Examination(Presented("", parse_name(object).host), evidence.bundle, root, now, now, witnesses)
    check_trust_root(case)
    check_log(case)
    read_entries(case)
    chain = case.chains.pop(object, [])
    replay_entries(case)
    case.chains[object] = chain
    checks = [_log_check(case)]
    if checks[0].result is not Result.PASSED:
        return Sealing(tuple(checks))
    try:
        signed = _signed(case, chain)
    except MarkError as error:
        checks.append(from_error(EvidenceCheckName.SIGNER, error, reason="signer"))
        return Sealing(tuple(checks))
    if signed:
        checks.append(passed(EvidenceCheckName.SIGNER))
    checks.append(_present_check(case, object))
    seals = tuple(_dated(case, evidence, entry, signer) for entry, signer in signed)
    return Sealing(tuple(checks), seals, case.directory_time)


def _log_check(case: Examination) -> EvidenceCheck:
    found = [check for name in _LOG for check in case.checks if check.name is name and check.result != Result.PASSED]
    worst = sorted(found, key=lambda check: check.result is not Result.FAILED)
    if worst:
        say = failed if worst[0].result is Result.FAILED else unknown
        return say(EvidenceCheckName.LOG, "log", f"{worst[0].name.value}: {worst[0].detail or worst[0].reason}")
    if case.latest is None:
        return unknown(EvidenceCheckName.LOG, "log", "no checkpoint of the log is at hand")
    return passed(EvidenceCheckName.LOG)


def _signed(case: Examination, chain: list[Entry]) -> list[tuple[Entry, SignedBy]]:
    """Return the object's whole history with its signers: each entry names the one before it, one body speaks.

    What was signed under a key from its cut-off on is void: a thief's seal neither counts nor spoils the others.
    """
    found: list[tuple[Entry, SignedBy]] = []
    previous: int | None = None
    for entry in chain:
        if not case.is_logged(entry):
            continue
        statement = entry.statement
        if statement.prev != previous:
            raise NotFoundError(f"entry {statement.prev} of the object's history is not at hand")
        if not isinstance(statement.public, EvidenceSealed):
            raise RefusedError(f"{statement.type} is not about evidence")
        previous = entry.index
        if _is_void(case, entry):
            continue
        signer, _ = check_signed(statement, None, index=entry.index, root=case.root, book=case)
        if found and signer.entity != found[0][1].entity:
            raise RefusedError("another body goes on with the evidence than the one that began")
        found.append((entry, signer))
    return found


def _is_void(case: Examination, entry: Entry) -> bool:
    key = case.body_key(entry.statement.token.kid)
    return key is not None and key.cutoff is not None and entry.index >= key.cutoff


def _present_check(case: Examination, object: str) -> EvidenceCheck:
    """Check that nothing later is hidden, about the evidence or about the keys that sealed it."""
    try:
        published = published_directory(case)
        record = record_of(published, object)
        keys = {key_uri(case.root.host, entry.statement.token.kid) for entry in case.chains[object]}
        uris = [root_uri(case.root.host), *sorted(keys)]
        records = {uri: record_of(published, uri) for uri in uris}
        # That nothing was sealed under this name is an answer too: the directory proves it.
        check_heads(case, records if record is None and not case.chains[object] else {object: record, **records})
        check_root_is_newest(case)
    except MarkError as error:
        return from_error(EvidenceCheckName.PRESENT, error, reason="hidden")
    return passed(EvidenceCheckName.PRESENT)


def _dated(case: Examination, evidence: SealEvidence, entry: Entry, signer: SignedBy) -> Seal:
    public = entry.statement.public
    assert isinstance(public, EvidenceSealed)
    assert case.latest is not None
    covering = _quorum(case, case.latest)
    earliest: int | None = None
    for one in evidence.proofs:
        try:
            proof = TlogProof.parse(one.proof)
            if (proof.index, proof.extra) != (entry.index, entry.statement.entry):
                continue
            found = _quorum(case, proof.checkpoint)
            proof.verify(entry.leaf, policy_at(case.root, proof.checkpoint.checkpoint.size))
            covering = min(found, covering, key=lambda seen: seen.time)
            if one.anchor is not None:
                earliest = _anchored(case, entry, one.anchor)
        except EvidenceError:
            # A bad proof dates nothing; the latest checkpoint still says that the seal is not younger than itself.
            continue
    return Seal(
        index=entry.index,
        kind=public.kind,
        manifest_sha256=public.manifest_sha256,
        by=signer.entity,
        holder=signer.holder,
        earliest=earliest,
        latest=covering.time,
        witnesses=covering.witnesses,
    )


def _anchored(case: Examination, entry: Entry, note: bytes) -> int | None:
    anchor, signed = entry.statement.anchor, SignedCheckpoint.parse(note)
    found = signed.checkpoint
    if anchor is None or (found.size, found.root) != (anchor.size, unb64u(anchor.root)):
        return None
    return _quorum(case, signed).time


def _quorum(case: Examination, signed: SignedCheckpoint) -> CosignedAt:
    seen = policy_at(case.root, signed.checkpoint.size).check_checkpoint(signed)
    if case.own_policy is None:
        return seen
    own = case.own_policy.check_quorum(signed)
    return CosignedAt(max(seen.time, own.time), tuple(sorted({*seen.witnesses, *own.witnesses})))
