"""Reported tokens (rule R14): marks and admission receipts that somebody was shown and that the log has to hold.

A receipt is the registry's signed promise that a statement is entry ``index`` within a minute; a checkpoint from after
that minute without it proves that the registry dropped it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.admission_receipt import AdmissionReceipt, parse_admission_receipt
from verifier.audit.kinds import Code
from verifier.envelope import parse_token, verify_token
from verifier.errors import EvidenceError, SignatureError, WrongUseError
from verifier.mark import parse_mark
from verifier.names import mark_uri
from verifier.statement.claims import TYP as STATEMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.audit.chain import TrustChain
    from verifier.audit.finding import Findings
    from verifier.mark import Mark
    from verifier.replay.state import LogState

PUBLISHED_WITHIN = 120


def read_seen(compact: str, chain: TrustChain) -> Mark | AdmissionReceipt:
    """Return the reported token. Raises WrongUseError when it is neither a mark nor a receipt of this registry."""
    try:
        return parse_mark(compact)
    except EvidenceError:
        pass
    try:
        receipt = parse_admission_receipt(compact)
        key = chain.signing_key(receipt.token.kid, "receipt")
        if key is None or receipt.log != chain.newest.origin:
            raise SignatureError("the receipt is not signed by this registry")
        verify_token(receipt.token, key)
    except EvidenceError as error:
        raise WrongUseError(
            f"a reported token is neither a mark nor an admission receipt of this registry: {error.message}",
            hint="Write one token a line: what a verifier was shown, or what a submitter was given.",
        ) from error
    return receipt


def check_seen(
    seen: Mark | AdmissionReceipt, state: LogState, entry: Callable[[int], bytes], findings: Findings, *, as_of: int
) -> None:
    """Look for the reported token in the log as of a checkpoint's time; ``entry`` reads an entry below its size."""
    if isinstance(seen, AdmissionReceipt):
        if seen.index >= state.size:
            if seen.publish_by < as_of:
                detail = f"it was promised as entry {seen.index} by {seen.publish_by}"
                _dropped(seen, detail, findings)
        elif _digest(entry(seen.index)) != seen.statement_sha256:
            detail = "another statement stands at the promised place"
            _dropped(seen, detail, findings)
        return
    uri = mark_uri(state.host, seen.id)
    record = state.marks.get(uri)
    digests = [version.mark_sha256 for version in record.versions] if record else []
    if seen.host == state.host and seen.token.digest in digests:
        return
    if record is not None or seen.iat + PUBLISHED_WITHIN < as_of:
        signer = "a listed key" if _is_signed(seen, state) else "no listed key"
        findings.add(Code.MARK_NOT_LOGGED, f"{signer} signed it", object=uri, evidence=(seen.token.compact,))


def _digest(entry: bytes) -> str | None:
    try:
        return parse_token(entry, STATEMENT).digest
    except EvidenceError:
        return None


def _dropped(receipt: AdmissionReceipt, detail: str, findings: Findings) -> None:
    name = f"statement {receipt.statement_sha256}"
    findings.add(Code.STATEMENT_DROPPED, detail, object=name, evidence=(receipt.token.compact,))


def _is_signed(mark: Mark, state: LogState) -> bool:
    record = state.keys.get(mark.token.kid)
    if record is None:
        return False
    try:
        verify_token(mark.token, record.key)
    except EvidenceError:
        return False
    return True
