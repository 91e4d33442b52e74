"""The judge of a mark that comes into being or is corrected, with the tokens that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.envelope import verify_token
from verifier.errors import NotFoundError, RefusedError
from verifier.mark import TYP as MARK
from verifier.mark import mark_of, parse_mark
from verifier.names import mark_uri
from verifier.replay import correction, issuance
from verifier.replay.lineage import check_supersedes
from verifier.seal import TYP as SEAL
from verifier.seal import seal_of
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.attestation import attestation_of

if TYPE_CHECKING:
    from verifier.mark import Mark
    from verifier.replay.companions import Companions
    from verifier.replay.signers import SignedBy
    from verifier.replay.state import LogState
    from verifier.seal import ScannedSeal
    from verifier.statement import Statement
    from verifier.statement.public import MarkIssued
    from verifier.trust.root import TrustRoot

Signers = tuple["SignedBy", "SignedBy | None"]


def check_issuance(
    state: LogState, root: TrustRoot, statement: Statement, companions: Companions, signers: Signers
) -> None:
    """A new mark keeps every rule of issuance. Raises NotFoundError when a token is missing, RefusedError otherwise."""
    decider, assessor = signers
    if assessor is None or companions.second is None:
        raise NotFoundError("issuing a mark needs the mark, the QR seal and the attestation")
    mark, seal = _read_tokens(state, companions, decider)
    attestation = attestation_of(companions.token(companions.second, ATTESTATION), log=statement.log)
    issuance.check_mark_is_issued(statement, mark)
    issuance.check_seal_is_issued(statement, mark, seal, kid=decider.key.kid)
    issuance.check_attestation(statement, mark, attestation)
    issuance.check_two_persons(decider, assessor)
    body = state.bodies.get(statement.iss)
    scheme = state.schemes.get(issuance.criteria_uri(mark))
    if body is None or scheme is None:
        raise RefusedError("the body or the criteria version is not in the log")
    issuance.check_accreditation(statement, attestation, body, index=state.size)
    terms = issuance.tier_terms(statement, scheme)
    issuance.check_not_replaced(statement, state.schemes.values())
    issuance.check_issuer(terms, body)
    issuance.check_term(statement, mark, scheme, terms, zone=root.content.zone)
    tv, confirmed = attestation.says.tv, attestation.says.confirmed
    if terms.technical_verification:
        verifier = state.bodies.get(tv.body) if tv else None
        issuance.check_technical_verification(attestation, verifier, index=state.size)
    expert = state.experts.get(confirmed.expert) if confirmed else None
    issuance.check_expert(terms, attestation, expert, index=state.size)
    if (mark.status_no, mark.status_idx) in state.places:
        raise RefusedError("the place in the status list is taken")
    check_lineage(state, issuance.issued_of(statement), at=statement.iat)


def check_lineage(state: LogState, issued: MarkIssued, *, at: int) -> None:
    """A mark that supersedes another one, issued at that instant, may do so. Raises RefusedError."""
    if issued.supersedes is None:
        return
    old = mark_uri(state.host, issued.supersedes)
    follower = state.marks.get(state.followers.get(old, ""))
    check_supersedes(issued, state.marks.get(old), follower, at=at)


def check_correction(state: LogState, statement: Statement, companions: Companions, signers: Signers) -> None:
    """A corrected mark means what the mark before it meant. Raises NotFoundError when a token is missing."""
    record, decider = state.marks[statement.object], signers[0]
    mark, seal = _read_tokens(state, companions, decider)
    correction.check_mark_is_corrected(statement, mark)
    correction.check_seal_is_corrected(statement, mark, seal, kid=decider.key.kid)
    if companions.earlier is None:
        raise NotFoundError("the mark that is corrected is not at hand")
    earlier = parse_mark(companions.earlier)
    if earlier.token.digest != record.mark_sha256:
        raise RefusedError("the mark at hand is not the one that is corrected")
    correction.check_only_corrects(earlier, mark)


def _read_tokens(state: LogState, companions: Companions, decider: SignedBy) -> tuple[Mark, ScannedSeal]:
    """Return mark and seal, both signed by the decider, whose number the seal names."""
    if companions.mark is None or companions.seal is None:
        raise NotFoundError("a mark comes with its own token and its QR seal")
    mark, seal = mark_of(companions.token(companions.mark, MARK)), companions.token(companions.seal, SEAL)
    verify_token(mark.token, decider.key)
    verify_token(seal, decider.key)
    content = seal_of(seal)
    if state.keys[decider.key.kid].no != content.content.key_no:
        raise RefusedError("the QR seal names another key number than the decider's")
    return mark, content
