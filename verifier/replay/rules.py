"""The judge of a new statement: what admission demands, in its order, and what a monitor demands again later.

Parsing, anchors and dates against a real clock belong to the caller.
"""

from __future__ import annotations

from verifier.envelope import CLOCK_SKEW, DAY
from verifier.errors import ConflictError, RefusedError
from verifier.names import authority_uri, log_origin, mark_uri, parse_name, root_uri, scheme_uri
from verifier.replay import listing_rules as listing
from verifier.replay.companions import Companions
from verifier.replay.issuing import Signers, check_correction, check_issuance
from verifier.replay.lineage import check_successor
from verifier.replay.machines import event_of, next_state
from verifier.replay.mark_rules import Rulebook, check_may_decide, check_speaks_for_mark
from verifier.replay.notice_rules import check_notice
from verifier.replay.recognition_rules import check_recognition
from verifier.replay.signers import SignedBy, check_signed
from verifier.replay.state import LogState
from verifier.statement import Statement
from verifier.statement.public import (
    BodyAccredited,
    BodyAmended,
    DeclarationRegistered,
    DeclarationStopped,
    DirectoryPublished,
    DisclosureErased,
    EvidenceSealed,
    ExpertListed,
    KeyAdded,
    KeyRevoked,
    MarkCorrected,
    MarkIssued,
    PolicyChanged,
    SchemePublished,
    Successor,
    TrustRootPublished,
)
from verifier.trust.root import TrustRoot

__all__ = ["Companions", "judge"]


def judge(state: LogState, root: TrustRoot, statement: Statement, companions: Companions, *, now: int) -> None:
    """Judge the statement as the next entry of the log.

    Afterwards it may be applied to the state. Raises ConflictError when the object moved on, NotFoundError when a
    companion is missing, RefusedError, SignatureError or StatementError when it does not fit.
    """
    index = state.size
    _check_place(state, root, statement)
    _check_dates(statement, now=now)
    second_token, read = companions.second, companions.token
    first, second = check_signed(statement, second_token, index=index, root=root, book=state, read=read)
    if statement.second in state.seconds:
        raise RefusedError("the second person's token was used before")
    next_state(parse_name(statement.object).kind, state.state_found_by(statement), event_of(statement))
    _check_type(state, root, statement, companions, (first, second))
    _check_listed(state, root, statement, first)
    check_recognition(state, statement, companions, first)
    check_notice(statement, companions)
    _check_speaks_for_object(state, root, statement, first)


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
    # A grant's anchor stops signing in advance and the covering checkpoint stops backdating; what is left is a day.
    if statement.iat < now - DAY:
        raise RefusedError("the statement was signed too long ago", hint="Sign it again and send it at once.")


def _check_type(
    state: LogState, root: TrustRoot, statement: Statement, companions: Companions, signers: Signers
) -> None:
    match statement.public:
        case MarkIssued():
            check_issuance(state, root, statement, companions, signers)
        case MarkCorrected():
            check_correction(state, statement, companions, signers)
        case KeyAdded() as added:
            listing.check_key(state, statement, added, companions.proof)
        case Successor() as next_mark:
            following = state.marks.get(mark_uri(state.host, next_mark.successor))
            check_successor(state.marks[statement.object], following, statement)
        case DirectoryPublished() as directory:
            _check_directory(state, statement, directory)
        case TrustRootPublished() as published:
            if (published.version, published.sha256) != (root.content.version, root.sha256):
                raise RefusedError("the trust root at hand is another one")
        case _:
            pass


def _check_listed(state: LogState, root: TrustRoot, statement: Statement, first: SignedBy) -> None:
    match statement.public:
        case SchemePublished() as scheme:
            if statement.object != scheme_uri(state.host, scheme.scheme, scheme.version):
                raise RefusedError("the object is not the scheme version that is published")
            listing.check_scheme(scheme)
        case BodyAccredited() as accredited:
            listing.check_body(state, statement, accredited)
        case BodyAmended() as amended:
            listing.check_scope(state, amended.scope, amended.begins, amended.ends)
        case KeyRevoked() as revoked:
            listing.check_revocation(state, statement, revoked)
        case ExpertListed() as listed:
            listing.check_expert(state, statement, listed)
        case DeclarationRegistered() as declared:
            listing.check_declaration(state, statement, declared, first, zone=root.content.zone)
        case DeclarationStopped() as stopped:
            listing.check_stopped(state, statement, stopped, first)
        case DisclosureErased() as erased:
            listing.check_erased(state, statement, erased)
        case EvidenceSealed():
            listing.check_evidence(state, statement)
        case PolicyChanged() as changed:
            listing.check_policy(state, changed)
        case _:
            pass


def _check_directory(state: LogState, statement: Statement, directory: DirectoryPublished) -> None:
    if directory.size > state.size or (state.directory and directory.size <= state.directory[1].size):
        raise RefusedError("the directory must be over more entries than the last one, and over past ones")
    if statement.anchor is None or directory.size < statement.anchor.size:
        raise RefusedError("the directory must be over every entry that its anchor covers")


def _check_speaks_for_object(state: LogState, root: TrustRoot, statement: Statement, first: SignedBy) -> None:
    """A body speaks about its own marks and keys only; the authority speaks about all."""
    authority = authority_uri(state.host)
    if statement.object in state.marks:
        rules = Rulebook(authority, state.schemes.values(), root.content.zone)
        check_speaks_for_mark(state.marks[statement.object], statement, first, rules)
    if first.entity == authority:
        if statement.object.startswith(root_uri(state.host)) and first.role != "operator":
            raise RefusedError("only operators publish trust roots")
        return
    if statement.object in state.marks:
        check_may_decide(state.bodies.get(first.entity), statement, index=state.size)
    name = parse_name(statement.object)
    if name.kind == "k" and name.value in state.keys and state.keys[name.value].body != first.entity:
        raise RefusedError("the key is another body's")
