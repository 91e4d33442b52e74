"""What may be said about mappings, agreements and recognitions: one function a rule.

Each returns nothing when the rule holds and raises RefusedError, in the words of the rule, when it does not. The terms
themselves are files; whether they fit the statement that pins them is for whoever reads agreements to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.errors import NotFoundError, RefusedError
from verifier.names import parse_name
from verifier.statement.document import read_document
from verifier.statement.recognition import (
    AgreementInForce,
    AgreementStopped,
    AgreementVersion,
    MappingPublished,
    RecognitionRecorded,
)

if TYPE_CHECKING:
    from verifier.replay.companions import Companions
    from verifier.replay.recognition_records import AgreementRecord
    from verifier.replay.signers import SignedBy
    from verifier.replay.state import LogState
    from verifier.statement import Statement

FOREIGN_OPERATOR = "foreign_operator"


def check_recognition(state: LogState, statement: Statement, companions: Companions, first: SignedBy) -> None:
    """Check a statement of this family by the rule of its type. Raises RefusedError or NotFoundError."""
    record = state.agreements.get(statement.object)
    match statement.public:
        case MappingPublished() as mapping:
            _check_mapping(state, statement, mapping)
            _check_document(companions, mapping.sha256)
        case AgreementVersion() as terms if statement.type == "agreement.proposed":
            _check_proposal(state, statement, terms, first)
            _check_document(companions, terms.sha256)
        case AgreementVersion() as terms:
            _check_announced(record, terms)
            if record is None or record.is_proposed(terms) is None:
                _check_document(companions, terms.sha256)
        case AgreementInForce() as begun:
            _check_in_force(state, record, begun, at=statement.iat)
        case AgreementStopped() as stopped if stopped.mapping is not None or stopped.issuer is not None:
            _check_part(record)
        case RecognitionRecorded() as recorded:
            check_recorded(state, recorded, at=statement.iat)
            _check_document(companions, recorded.receipt_sha256)
        case _:
            pass


def _check_document(companions: Companions, sha256: str) -> None:
    if companions.document is None:
        raise NotFoundError("the document that the statement pins is not at hand")
    read_document(companions.document, sha256=sha256)


def _check_mapping(state: LogState, statement: Statement, mapping: MappingPublished) -> None:
    """A version of a mapping is what it was published as: another document is another version."""
    record = state.mappings.get(statement.object)
    for earlier in record.versions if record else ():
        if earlier.version == mapping.version and earlier.sha256 != mapping.sha256:
            raise RefusedError(f"version {mapping.version} of the mapping was published with another document")


def _check_proposal(state: LogState, statement: Statement, terms: AgreementVersion, first: SignedBy) -> None:
    """A foreign operator proposes terms for the scheme that it is listed for, and never for another one's agreement."""
    body = state.bodies.get(first.entity)
    listed = body.active_terms(state.size) if body and body.role == FOREIGN_OPERATOR else None
    if body is None or listed is None or not listed.begins <= statement.iat < listed.ends:
        raise RefusedError("no foreign operator was listed that could propose it")
    if terms.scheme not in body.operates:
        raise RefusedError(f"the operator is not listed for the scheme {terms.scheme}")
    if terms.kind == "unilateral":
        raise RefusedError("a unilateral agreement has no second side that proposes it")
    record = state.agreements.get(statement.object)
    if record is None:
        return
    if any(one.iss != first.entity for one in record.proposed):
        raise RefusedError("the agreement is another operator's")
    _check_next_version(record, terms.version)


def _check_announced(record: AgreementRecord | None, terms: AgreementVersion) -> None:
    """What both sides will sign is announced as the other side proposed it, to the letter."""
    if record is not None:
        _check_next_version(record, terms.version)
    if terms.kind != "unilateral" and (record is None or record.is_proposed(terms) is None):
        raise RefusedError("the foreign operator did not propose these very terms")


def _check_next_version(record: AgreementRecord, version: int) -> None:
    if record.version is not None and version <= record.version.version:
        raise RefusedError(f"version {record.version.version} was in force: other terms are a later version")


def _check_in_force(state: LogState, record: AgreementRecord | None, begun: AgreementInForce, *, at: int) -> None:
    """A version was announced; both sides stand behind it, or a legal instrument does; it never begins in the past."""
    said = record.is_announced(version=begun.version, sha256=begun.sha256, kind=begun.kind) if record else None
    if record is None or said is None:
        raise RefusedError("this version of the agreement was not announced")
    if begun.effective < at:
        raise RefusedError("an agreement does not begin in the past")
    if begun.is_part or record.version is not None:
        _check_later(record, begun)
    if begun.kind == "unilateral":
        if begun.legal_sha256 is None:
            raise RefusedError("a unilateral agreement names its legal instrument")
        return
    proposal = record.is_proposed(said.terms)
    proposer = state.bodies.get(proposal.iss) if proposal else None
    if proposer is None or proposer.state_before(state.size) != "active":
        raise RefusedError("the foreign operator that signed the terms is not listed any more")


def _check_later(record: AgreementRecord, begun: AgreementInForce) -> None:
    newest = record.version
    if newest is None or begun.version < newest.version or (begun.is_part and begun.version != newest.version):
        raise RefusedError("only the newest version, or a later one, is put in force")


def _check_part(record: AgreementRecord | None) -> None:
    if record is None or record.version is None:
        raise RefusedError("no version of the agreement was ever in force")


def check_recorded(state: LogState, recorded: RecognitionRecorded, *, at: int) -> None:
    """A certificate is recognised while the agreement decides, for a tier of published criteria, until later."""
    record = state.agreements.get(recorded.agreement)
    if record is None or record.state != "in_force" or record.version is None or at < record.version.effective:
        raise RefusedError(f"{recorded.agreement} is not in force")
    if parse_name(recorded.sub).kind != "o":
        raise RefusedError("a recognition is an organisation's")
    if recorded.until <= at:
        raise RefusedError("the recognition ends before it begins")
    levels = {terms.level for one in state.schemes.values() if one.scheme == recorded.scheme for terms in one.tiers}
    if recorded.tier not in levels:
        raise RefusedError(f"no published criteria define {recorded.scheme} level {recorded.tier}")
