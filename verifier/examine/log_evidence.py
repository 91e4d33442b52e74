"""Checks on the log: trust root, checkpoint, witnesses, history, inclusion, dating."""

from __future__ import annotations

from dataclasses import replace

from verifier.bundle import EarlierCheckpoint
from verifier.encoding import unb64u
from verifier.envelope import CLOCK_SKEW, DAY
from verifier.errors import EvidenceError, MarkError, NotFoundError, ProofError
from verifier.examine.examination import Examination
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from verifier.log.tlog_policy import CosignedAt, Policy
from verifier.replay.records import Entry
from verifier.statement import parse_statement
from verifier.trust.root import TrustRoot, follow
from verifier.verdict import CheckName, Headline

LONGEST_DATING = DAY


def check_trust_root(case: Examination) -> None:
    """Follow the trust roots of the bundle from the pinned one; an expired root decides nothing."""
    root = case.made(
        CheckName.TRUST_ROOT, lambda: follow(case.pinned, case.bundle.trust_roots), reason="root_not_agreed"
    )
    case.root = root or case.pinned
    if root and case.now >= root.content.expires:
        case.checks.pop()
        case.unknown(CheckName.TRUST_ROOT, "root_expired", "the trust root has expired: fetch the newest one")


def policy_at(root: TrustRoot, size: int) -> Policy:
    """Return the root's witness policy with the witnesses and log keys whose windows hold at that tree size."""
    counting = {key for key, window in root.windows.items() if window.holds(size)}
    return replace(
        root.policy,
        logs=tuple(one for one in root.policy.logs if one.key in counting),
        witnesses=tuple(one for one in root.policy.witnesses if one.key in counting),
    )


def check_log(case: Examination) -> None:
    """Check the latest checkpoint, its witnesses, the history before it and the inclusion of every entry."""
    if case.bundle.latest is None:
        case.unknown(CheckName.CHECKPOINT, "missing", "no checkpoint of the log is at hand")
        return
    signed = case.made(CheckName.CHECKPOINT, lambda: _open(case, case.bundle.latest or b""), reason="log_signature")
    if signed is None:
        return
    cosigned = _cosigned(case, signed)
    if cosigned is None:
        return
    case.latest, case.known_at = signed, cosigned.time
    case.passed(CheckName.WITNESSES, as_of=cosigned.time)
    case.made(CheckName.HISTORY, lambda: _check_history(case), reason="inconsistent")
    case.made(CheckName.INCLUSION, lambda: _check_inclusion(case), reason="not_included")


def read_entries(case: Examination) -> None:
    """Sort the bundle's statements into one chain for each object. Statements that cannot be read are left out."""
    for logged in case.bundle.statements:
        try:
            statement = parse_statement(logged.compact)
        except MarkError as error:
            case.note(CheckName.FORMAT, error, reason="statement")
            continue
        if statement.log == case.root.origin:
            entry = _placed(case, Entry(logged.index, leaf_hash(statement.entry), statement))
            case.chains.setdefault(statement.object, []).append(entry)
    for chain in case.chains.values():
        chain.sort(key=lambda entry: entry.index)


def _placed(case: Examination, entry: Entry) -> Entry:
    """Move an entry whose place is not proven behind all that is: it may take effect now, but not in the past."""
    if case.latest is None or case.is_logged(entry):
        return entry
    return replace(entry, index=max(entry.index, case.latest.checkpoint.size))


def check_dating(case: Examination) -> None:
    """Check that the issuance lies between its anchor and its first covering checkpoint, as witnesses saw them."""
    if case.issuance is None or case.latest is None:
        case.unknown(CheckName.DATING, "missing", "without the log's evidence the issuance has no date")
        return
    try:
        lower, upper = _dates(case, case.issuance)
    except MarkError as error:
        case.note(CheckName.DATING, error, reason="dating")
        return
    iat = case.issuance.statement.iat
    if iat < lower - CLOCK_SKEW:
        detail = "the statement claims to be older than the checkpoint that it names"
        case.failed(CheckName.DATING, "backdated", detail, headline=Headline.FORGED)
    elif iat > upper + CLOCK_SKEW:
        detail = "the statement is dated after the log had it"
        case.failed(CheckName.DATING, "postdated", detail, headline=Headline.FORGED)
    elif upper - lower > LONGEST_DATING:
        case.unknown(CheckName.DATING, "too_wide", "the checkpoints shown leave more than 24 hours open")
    else:
        case.passed(CheckName.DATING, as_of=upper)


def witnessed_earlier(case: Examination, part: EarlierCheckpoint) -> tuple[SignedCheckpoint, int]:
    """Return an earlier checkpoint that the latest one extends, and when its quorum of witnesses was met.

    Raises ProofError or SignatureError when it does not hold, NotFoundError when witnesses are missing.
    """
    signed = _open(case, part.note)
    _check_extends(case, signed, part)
    return signed, _quorum_time(case, signed)


def _quorum(case: Examination, signed: SignedCheckpoint) -> CosignedAt:
    """Return when the trust root's witness policy was met and, where the asker has one, the asker's own as well."""
    root = policy_at(case.root, signed.checkpoint.size).check_quorum(signed)
    if case.own_policy is None:
        return root
    own = case.own_policy.check_quorum(signed)
    return CosignedAt(max(root.time, own.time), tuple(sorted({*root.witnesses, *own.witnesses})))


def _open(case: Examination, data: bytes) -> SignedCheckpoint:
    if data not in case.opened:
        signed = SignedCheckpoint.parse(data)
        policy_at(case.root, signed.checkpoint.size).check_log(signed)
        case.opened[data] = signed
    return case.opened[data]


def _cosigned(case: Examination, signed: SignedCheckpoint) -> CosignedAt | None:
    try:
        return _quorum(case, signed)
    except EvidenceError as error:
        # Too few witnesses prove nothing against the mark: the log's state was not confirmed.
        case.unknown(CheckName.WITNESSES, "quorum", error.message)
        return None


def _check_history(case: Examination) -> None:
    for part in (case.bundle.anchor, case.bundle.first.checkpoint if case.bundle.first else None):
        if part is None:
            raise NotFoundError("an earlier checkpoint of the issuance is not at hand")
        _check_extends(case, _open(case, part.note), part)


def _check_extends(case: Examination, earlier: SignedCheckpoint, part: EarlierCheckpoint) -> None:
    if case.latest is None:
        raise NotFoundError("no latest checkpoint is at hand")
    old, new = earlier.checkpoint, case.latest.checkpoint
    verify_consistency(
        old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root, path=part.consistency
    )


def _check_inclusion(case: Examination) -> None:
    if case.latest is None:
        raise NotFoundError("no latest checkpoint is at hand")
    head = case.latest.checkpoint
    for logged in case.bundle.statements:
        leaf = leaf_hash(logged.compact.encode())
        verify_inclusion(leaf=leaf, index=logged.index, size=head.size, path=logged.path, root=head.root)
        case.included.add((logged.index, leaf))


def _dates(case: Examination, issuance: Entry) -> tuple[int, int]:
    anchor, first = issuance.statement.anchor, case.bundle.first
    if anchor is None or case.bundle.anchor is None or first is None:
        raise NotFoundError("the anchor or the first covering checkpoint is not at hand")
    lower = _open(case, case.bundle.anchor.note)
    if lower.checkpoint.size != anchor.size or lower.checkpoint.root != unb64u(anchor.root):
        raise ProofError("the anchor shown is not the one that the statement names")
    upper = _open(case, first.checkpoint.note)
    head = upper.checkpoint
    verify_inclusion(leaf=issuance.leaf, index=issuance.index, size=head.size, path=first.path, root=head.root)
    return _quorum_time(case, lower), _quorum_time(case, upper)


def _quorum_time(case: Examination, signed: SignedCheckpoint) -> int:
    try:
        return _quorum(case, signed).time
    except EvidenceError as error:
        raise NotFoundError(f"a checkpoint of the issuance lacks witnesses: {error.message}") from error
