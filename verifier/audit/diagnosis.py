"""Diagnosis: which rule an entry breaks, once the judge of new entries has refused it.

The rules run again one by one, in the judge's order, each with the code that it stands for. That costs something, but
only for entries that are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.envelope import parse_token, verify_token
from verifier.errors import MarkError, NotFoundError, RefusedError
from verifier.mark import parse_mark
from verifier.names import log_origin, parse_name
from verifier.replay import issuance
from verifier.replay.machines import event_of, next_state
from verifier.replay.recognition_rules import check_recorded
from verifier.replay.signers import check_signed, find_signer
from verifier.seal import TYP as SEAL
from verifier.seal import read_seal
from verifier.statement.attestation import parse_attestation
from verifier.statement.document import document_of
from verifier.statement.kinds import Role
from verifier.statement.public import MarkCorrected, MarkIssued
from verifier.statement.recognition import RecognitionRecorded

if TYPE_CHECKING:
    from verifier.mark import Mark
    from verifier.replay.rules import Companions
    from verifier.replay.signers import SignedBy
    from verifier.replay.state import LogState
    from verifier.statement import Statement
    from verifier.statement.attestation import Attestation
    from verifier.statement.public import SchemePublished
    from verifier.trust.root import TrustRoot

_Step = tuple[Code, Callable[[], object]]


@dataclass(frozen=True)
class Case:
    """A refused entry with all that the judge had."""

    state: LogState
    root: TrustRoot
    statement: Statement
    companions: Companions


def diagnose(case: Case) -> Code | None:
    """Return the rule that the entry breaks; None when nothing is wrong but that a companion is not at hand."""
    for code, step in _steps(case):
        try:
            step()
        except NotFoundError:
            # An unknown key is somebody who may not speak; a missing companion is reported where it was looked for.
            if code is Code.KEY_NOT_ENTITLED or (code is Code.SECOND_PERSON_WRONG and case.companions.second):
                return code
        except MarkError:
            return code
    companions = case.companions
    is_complete = case.statement.second is None or companions.second is not None
    if isinstance(case.statement.public, MarkIssued | MarkCorrected):
        is_complete = None not in (companions.second, companions.mark, companions.seal)
    if isinstance(case.statement.public, MarkCorrected):
        is_complete = is_complete and companions.earlier is not None
    if document_of(case.statement) is not None:
        is_complete = is_complete and companions.document is not None
    return Code.RULE_BROKEN if is_complete else None


def _steps(case: Case) -> Iterator[_Step]:
    statement, state = case.statement, case.state
    yield Code.CHAIN_BROKEN, lambda: _check_chain(case)
    yield Code.ANCHOR_WRONG, lambda: _check_anchor(case)
    yield Code.KEY_NOT_ENTITLED, lambda: _first(case)
    yield Code.SIGNATURE_BAD, lambda: verify_token(statement.token, _first(case).key)
    grants = all(way.first is Role.OPERATOR for way in statement.kind.signings)
    yield Code.GRANTED_BY_ANOTHER if grants else Code.KEY_NOT_ENTITLED, lambda: _check_role(case)
    yield Code.SECOND_PERSON_MISSING, lambda: _check_second_named(case)
    yield Code.SECOND_PERSON_WRONG, lambda: _signers(case)
    yield Code.ATTESTATION_REUSED, lambda: _check_unused(case)
    kind = parse_name(statement.object).kind
    yield Code.STEP_NOT_ALLOWED, lambda: next_state(kind, state.state_found_by(statement), event_of(statement))
    if isinstance(statement.public, RecognitionRecorded):
        recorded = statement.public
        yield Code.RECOGNITION_UNFOUNDED, lambda: check_recorded(state, recorded, at=statement.iat)
    if isinstance(statement.public, MarkIssued) and None not in (case.companions.mark, case.companions.seal):
        yield from _issuance_steps(case)


def _check_chain(case: Case) -> None:
    statement, state = case.statement, case.state
    if statement.log != log_origin(state.host):
        raise RefusedError("the statement is meant for another log")
    if statement.prev != state.head(statement.object):
        raise RefusedError("the statement does not follow the object's newest entry")
    if state.size == 0 and statement.type != "trust_root.published":
        raise RefusedError("a log begins with the trust root")


def _check_anchor(case: Case) -> None:
    statement, size = case.statement, case.state.size
    if (statement.anchor is None) != (size == 0):
        raise RefusedError("every entry but the first has an anchor")
    if statement.anchor is not None and not (statement.prev or 0) < statement.anchor.size <= size:
        raise RefusedError("the anchor lies before the previous entry or after this one")


def _first(case: Case) -> SignedBy:
    statement, index = case.statement, case.state.size
    return find_signer(statement.token, iss=statement.iss, index=index, root=case.root, book=case.state)


def _check_role(case: Case) -> None:
    first = _first(case)
    if not any(first.may_be(way.first) for way in case.statement.kind.signings):
        raise RefusedError("this role may not sign this type")


def _check_second_named(case: Case) -> None:
    first, statement = _first(case), case.statement
    ways = [way for way in statement.kind.signings if first.may_be(way.first)]
    if statement.second is None and all(way.second for way in ways):
        raise RefusedError("a second person is needed")


def _signers(case: Case) -> tuple[SignedBy, SignedBy | None]:
    index, second = case.state.size, case.companions.second
    return check_signed(case.statement, second, index=index, root=case.root, book=case.state)


def _check_unused(case: Case) -> None:
    if case.statement.second in case.state.seconds:
        raise RefusedError("the second person's token was used before")


def _issuance_steps(case: Case) -> Iterator[_Step]:
    yield Code.SIGNATURE_BAD, lambda: _check_tokens_signed(case)
    yield Code.MARK_DIFFERS, lambda: _check_tokens_fit(case)
    if case.companions.second is None:
        return
    yield Code.EVALUATION_WRONG, lambda: issuance.check_attestation(case.statement, _mark(case), _attestation(case))
    yield Code.SECOND_PERSON_WRONG, lambda: _check_two_persons(case)
    yield Code.CRITERIA_WRONG, lambda: _scheme(case)
    yield Code.TIER_NOT_ACCREDITED, lambda: _check_tier(case)
    yield Code.ISSUER_NOT_ACCREDITED, lambda: _check_accreditation(case)
    yield Code.CRITERIA_WRONG, lambda: issuance.tier_terms(case.statement, _scheme(case))
    yield Code.CRITERIA_WRONG, lambda: issuance.check_not_replaced(case.statement, case.state.schemes.values())
    yield Code.TERM_TOO_LONG, lambda: _check_term(case)
    yield Code.TECHNICAL_VERIFICATION_MISSING, lambda: _check_technical_verification(case)
    yield Code.STATUS_PLACE_TAKEN, lambda: _check_place_free(case)


def _mark(case: Case) -> Mark:
    return parse_mark(case.companions.mark or "")


def _attestation(case: Case) -> Attestation:
    return parse_attestation(case.companions.second or "", log=case.statement.log)


def _check_tokens_signed(case: Case) -> None:
    decider = _first(case).key
    for token in (_mark(case).token, parse_token(case.companions.seal or "", SEAL)):
        decider.verify(token.signature, token.signing_input)


def _check_tokens_fit(case: Case) -> None:
    mark, compact = _mark(case), case.companions.seal or ""
    seal = read_seal(compact)
    issuance.check_mark_is_issued(case.statement, mark)
    issuance.check_seal_is_issued(case.statement, mark, seal, kid=parse_token(compact, SEAL).kid)
    if case.state.keys[_first(case).key.kid].no != seal.content.key_no:
        raise RefusedError("the QR seal names another key number than the decider's")


def _check_two_persons(case: Case) -> None:
    decider, assessor = _signers(case)
    if assessor is None:
        raise RefusedError("nobody attested the evaluation")
    issuance.check_two_persons(decider, assessor)


def _scheme(case: Case) -> SchemePublished:
    scheme = case.state.schemes.get(issuance.criteria_uri(_mark(case)))
    if scheme is None:
        raise RefusedError("the criteria version is not in the log")
    return scheme


def _check_tier(case: Case) -> None:
    """Find whether the body was active, only not for this; when it was not, that is the next step's finding."""
    body = case.state.bodies.get(case.statement.iss)
    terms = body.active_terms(case.state.size) if body else None
    public = issuance.issued_of(case.statement)
    wanted = (public.scheme, public.tier, public.criteria_sha256)
    if terms and wanted not in {(row.scheme, row.level, row.criteria_sha256) for row in terms.scope}:
        raise RefusedError("the body is accredited for something else")


def _check_accreditation(case: Case) -> None:
    body = case.state.bodies.get(case.statement.iss)
    if body is None:
        raise RefusedError("the body is not in the log")
    issuance.check_accreditation(case.statement, _attestation(case), body, index=case.state.size)
    issuance.check_issuer(issuance.tier_terms(case.statement, _scheme(case)), body)


def _check_term(case: Case) -> None:
    scheme = _scheme(case)
    terms = issuance.tier_terms(case.statement, scheme)
    issuance.check_term(case.statement, _mark(case), scheme, terms, zone=case.root.content.zone)


def _check_technical_verification(case: Case) -> None:
    if issuance.tier_terms(case.statement, _scheme(case)).technical_verification:
        attestation = _attestation(case)
        tv = attestation.says.tv
        verifier = case.state.bodies.get(tv.body) if tv else None
        issuance.check_technical_verification(attestation, verifier, index=case.state.size)


def _check_place_free(case: Case) -> None:
    status = issuance.issued_of(case.statement).status
    if (status.list, status.idx) in case.state.places:
        raise RefusedError("the place in the status list is taken")
