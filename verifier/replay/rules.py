"""The judge of a new statement: what admission demands, in its order, and what a monitor demands again later.

Parsing, anchors and dates against a real clock belong to the caller. Companions are the tokens that travel with a
statement and are served beside the log.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.envelope import CLOCK_SKEW, DAY, parse_token, verify_token
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.keys import import_jwk, thumbprint
from verifier.mark import parse_mark
from verifier.names import authority_uri, body_uri, key_uri, log_origin, mark_uri, parse_name, root_uri, scheme_uri
from verifier.replay import issuance
from verifier.replay.machines import next_state
from verifier.replay.mark_rules import check_may_decide, check_speaks_for_mark
from verifier.replay.records import check_cutoff
from verifier.replay.signers import SignedBy, check_signed
from verifier.replay.state import LogState
from verifier.seal import TYP as SEAL
from verifier.seal import read_seal
from verifier.statement import Statement
from verifier.statement.attestation import parse_attestation
from verifier.statement.key_proof import check_key_proof, parse_key_proof
from verifier.statement.kinds import Effect
from verifier.statement.public import (
    BodyAccredited,
    BodyAmended,
    DirectoryPublished,
    KeyAdded,
    KeyRevoked,
    MarkIssued,
    SchemePublished,
    ScopeRow,
    Successor,
    TrustRootPublished,
)
from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Companions:
    """The tokens that a statement needs beside it: approval or attestation, mark and seal, or a key's proof."""

    second: str | None = None
    mark: str | None = None
    seal: str | None = None
    proof: str | None = None


def judge(state: LogState, root: TrustRoot, statement: Statement, companions: Companions, *, now: int) -> None:
    """Judge the statement as the next entry of the log.

    Afterwards it may be applied to the state. Raises ConflictError when the object moved on, NotFoundError when a
    companion is missing, RefusedError, SignatureError or StatementError when it does not fit.
    """
    index = state.size
    _check_place(state, root, statement)
    _check_dates(statement, now=now)
    first, second = check_signed(statement, companions.second, index=index, root=root, book=state)
    if statement.second in state.seconds:
        raise RefusedError("the second person's token was used before")
    next_state(parse_name(statement.object).kind, state.state_of(statement.object), statement.type)
    _check_type(state, root, statement, companions, (first, second), index=index)


def _check_place(state: LogState, root: TrustRoot, statement: Statement) -> None:
    if statement.log != log_origin(state.host):
        raise RefusedError("the statement is meant for another log")
    if state.is_closed:
        raise RefusedError("the log is closed: it takes no more entries", hint="Send it to the log that succeeds it.")
    head = state.head(statement.object)
    if statement.prev != head:
        raise ConflictError(
            f"prev is {statement.prev}, but the object's newest entry is {head}",
            hint="Look at the newest entry, decide again and sign again.",
            head=head,
        )
    if state.size == 0:
        if statement.type != "trust_root.published" or statement.anchor is not None:
            raise RefusedError("a log begins with the trust root, without an anchor")
        return
    if statement.anchor is None or statement.anchor.size > state.size:
        raise RefusedError("the statement needs an anchor: a published checkpoint of this log")
    if statement.prev is not None and statement.prev >= statement.anchor.size:
        raise RefusedError("the anchor must cover the object's previous entry", hint="Wait for the next checkpoint.")


def _check_dates(statement: Statement, *, now: int) -> None:
    if statement.iat > now + CLOCK_SKEW:
        raise RefusedError("the statement is dated in the future", hint="Check the clock of the signing machine.")
    oldest = now - (CLOCK_SKEW if statement.kind.effect is Effect.GRANT else DAY)
    if statement.iat < oldest:
        raise RefusedError("the statement was signed too long ago", hint="Sign it again and send it at once.")


def _check_type(
    state: LogState,
    root: TrustRoot,
    statement: Statement,
    companions: Companions,
    signers: tuple[SignedBy, SignedBy | None],
    *,
    index: int,
) -> None:
    match statement.public:
        case MarkIssued():
            _check_issuance(state, root, statement, companions, signers, index=index)
        case KeyAdded() as added:
            _check_key(state, statement, added, companions)
        case BodyAccredited() as accredited:
            _check_body(state, statement, accredited)
        case BodyAmended() as amended:
            _check_scope(state, amended.scope, amended.begins, amended.ends)
        case SchemePublished() as scheme:
            if statement.object != scheme_uri(state.host, scheme.scheme, scheme.version):
                raise RefusedError("the object is not the scheme version that is published")
        case KeyRevoked() as revoked:
            if revoked.cutoff_index > index:
                raise RefusedError("a cut-off cannot lie in the future")
            if statement.object in state.heads:
                check_cutoff(state.keys[parse_name(statement.object).value], revoked)
        case Successor() as next_mark:
            _check_successor(state, statement.object, next_mark.successor)
        case DirectoryPublished() as directory:
            if directory.size > index or (state.directory and directory.size <= state.directory[1].size):
                raise RefusedError("the directory must be over more entries than the last one, and over past ones")
            if statement.anchor is None or directory.size < statement.anchor.size:
                raise RefusedError("the directory must be over every entry that its anchor covers")
        case TrustRootPublished() as published:
            if (published.version, published.sha256) != (root.content.version, root.sha256):
                raise RefusedError("the trust root at hand is another one")
        case _:
            pass
    _check_speaks_for_object(state, statement, signers[0])


def _check_speaks_for_object(state: LogState, statement: Statement, first: SignedBy) -> None:
    """A body speaks about its own marks and keys only; the authority speaks about all."""
    if statement.object in state.marks:
        check_speaks_for_mark(state.marks[statement.object], statement, first, authority=authority_uri(state.host))
    if first.entity == authority_uri(state.host):
        if statement.object.startswith(root_uri(state.host)) and first.role != "operator":
            raise RefusedError("only operators publish trust roots")
        return
    if statement.object in state.marks:
        check_may_decide(state.bodies.get(first.entity), statement, index=state.size)
    name = parse_name(statement.object)
    if name.kind == "k" and name.value in state.keys and state.keys[name.value].body != first.entity:
        raise RefusedError("the key is another body's")


def _check_successor(state: LogState, uri: str, successor: str) -> None:
    """A mark is followed by another mark of the same holder."""
    mark, following = state.marks.get(uri), state.marks.get(mark_uri(state.host, successor))
    if following is None:
        raise RefusedError("the successor is not a mark of this log")
    if mark is None or following.uri == uri or following.issued.sub != mark.issued.sub:
        raise RefusedError("the successor is another mark of the same holder")


def _check_issuance(
    state: LogState,
    root: TrustRoot,
    statement: Statement,
    companions: Companions,
    signers: tuple[SignedBy, SignedBy | None],
    *,
    index: int,
) -> None:
    decider, assessor = signers
    if assessor is None or companions.second is None or companions.mark is None or companions.seal is None:
        raise NotFoundError("issuing a mark needs the mark, the QR seal and the attestation")
    mark = parse_mark(companions.mark)
    verify_token(mark.token, decider.key)
    seal_token = parse_token(companions.seal, SEAL)
    verify_token(seal_token, decider.key)
    attestation = parse_attestation(companions.second, log=statement.log)
    issuance.check_mark_is_issued(statement, mark)
    issuance.check_seal_is_issued(statement, mark, read_seal(companions.seal), kid=seal_token.kid)
    if state.keys[decider.key.kid].no != read_seal(companions.seal).content.key_no:
        raise RefusedError("the QR seal names another key number than the decider's")
    issuance.check_attestation(statement, mark, attestation)
    issuance.check_two_persons(decider, assessor)
    body = state.bodies.get(statement.iss)
    scheme = state.schemes.get(issuance.criteria_uri(mark))
    if body is None or scheme is None:
        raise RefusedError("the body or the criteria version is not in the log")
    issuance.check_accreditation(statement, attestation, body, index=index)
    terms = issuance.tier_terms(statement, scheme)
    issuance.check_term(mark, scheme, terms, zone=root.content.zone)
    if terms.technical_verification:
        tv = attestation.says.tv
        issuance.check_technical_verification(attestation, state.bodies.get(tv.body) if tv else None, index=index)
    if (mark.status_no, mark.status_idx) in state.places:
        raise RefusedError("the place in the status list is taken")


def _check_key(state: LogState, statement: Statement, added: KeyAdded, companions: Companions) -> None:
    if companions.proof is None:
        raise NotFoundError("adding a key needs the key's own proof")
    if statement.object != key_uri(state.host, added.kid) or thumbprint(added.jwk) != added.kid:
        raise RefusedError("the object is not the key that is added")
    if import_jwk({**added.jwk, "kid": added.kid}).algorithm != "ES256":
        raise RefusedError("keys of bodies are P-256: this registry issues ES256 only")
    proof = parse_key_proof(companions.proof, log=statement.log)
    check_key_proof(proof, added, at=statement.iat)
    if added.body not in state.bodies or state.bodies[added.body].state != "active":
        raise RefusedError("a key is added for an accredited body")
    if (added.body, added.no) in state.key_numbers:
        raise RefusedError("the key number was used before", hint="Numbers are never used twice: take the next one.")


def _check_body(state: LogState, statement: Statement, accredited: BodyAccredited) -> None:
    if statement.object != body_uri(state.host, accredited.no):
        raise RefusedError("the object is not the body that is accredited")
    _check_scope(state, accredited.scope, accredited.begins, accredited.ends)


def _check_scope(state: LogState, scope: tuple[ScopeRow, ...], begins: int, ends: int) -> None:
    if not begins < ends:
        raise RefusedError("the accreditation ends before it begins")
    published = {(one.scheme, one.sha256, terms.level) for one in state.schemes.values() for terms in one.tiers}
    for row in scope:
        if (row.scheme, row.criteria_sha256, row.level) not in published:
            raise RefusedError(f"no published criteria fit the scope row {row.scheme} level {row.level}")
