"""What was signed, read back with the judge's own code before it leaves the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.issuance import Signed
from verifier.envelope import parse_token, verify_token
from verifier.errors import RefusedError
from verifier.keys import VerifyingKey
from verifier.mark import MarkDraft, parse_mark
from verifier.replay.issuance import check_attestation, check_mark_is_issued, check_seal_is_issued
from verifier.seal import TYP as SEAL
from verifier.seal import parse_scan, scan_text
from verifier.statement import parse_statement
from verifier.statement.attestation import parse_attestation

if TYPE_CHECKING:
    from issuer.decision import Signable


def check_signed(signed: Signed, attestation: str, key: VerifyingKey) -> None:
    """Check that this key signed seal, mark and statement, and that all fit each other and the attestation.

    Raises SignatureError, RefusedError or whatever reading raises.
    """
    statement, mark = parse_statement(signed.statement), parse_mark(signed.mark)
    seal = parse_token(signed.seal, SEAL)
    for token in (statement.token, mark.token, seal):
        verify_token(token, key)
    check_mark_is_issued(statement, mark)
    check_seal_is_issued(statement, mark, parse_scan(scan_text(signed.seal)), kid=key.kid)
    check_attestation(statement, mark, parse_attestation(attestation, log=statement.log))


def check_is_decided(signed: Signed, wanted: Signable) -> None:
    """Check that the signed mark is the one that was decided, word for word. Raises RefusedError."""
    mark, statement = parse_mark(signed.mark), parse_statement(signed.statement)
    shown = MarkDraft(
        host=mark.host,
        id=mark.id,
        iss=mark.iss,
        sub=mark.sub,
        nbf=mark.nbf,
        exp=mark.exp,
        status_no=mark.status_no,
        status_idx=mark.status_idx,
        number=mark.content.number,
        scheme=mark.content.scheme,
        tier=mark.content.tier,
        criteria=mark.content.criteria,
        basis=mark.content.basis,
        holder=mark.content.org,
        scope=mark.content.scope,
    )
    public = (getattr(statement.public, "criteria_sha256", None), getattr(statement.public, "supersedes", None))
    if shown != wanted.draft or public != (wanted.criteria_sha256, wanted.supersedes):
        raise RefusedError(f"what was signed is not the mark {wanted.draft.id} as it was decided")
