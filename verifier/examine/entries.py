"""Replay of a bundle's entries in the order of the log: who signed each, and what it makes true."""

from __future__ import annotations

from verifier.envelope import CLOCK_SKEW, parse_token
from verifier.errors import MarkError, NotFoundError, RefusedError, UnavailableError
from verifier.examine.examination import Examination
from verifier.names import authority_uri, mark_uri, parse_name
from verifier.replay.listed_records import fold_expert
from verifier.replay.machines import event_of, next_state
from verifier.replay.mark_rules import Rulebook, check_may_decide, check_speaks_for_mark
from verifier.replay.records import Entry, KeyRecord, MarkRecord, fold_body, fold_key, fold_mark, fold_scheme
from verifier.replay.signers import SignedBy, check_signed
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.kinds import Effect


def replay_entries(case: Examination) -> None:
    """Take every entry whose place in the log is proven, in order; note for each object the first one that fails.

    A statement that takes away counts even where the log does not show it: whoever signed it cannot take it back.
    """
    case.seconds = second_tokens(case)
    entries = sorted((entry for chain in case.chains.values() for entry in chain), key=lambda one: one.index)
    for entry in entries:
        uri, is_logged = entry.statement.object, case.is_logged(entry)
        if uri in case.faults or not (is_logged or entry.statement.kind.effect is Effect.TAKING_AWAY):
            continue
        try:
            _check_place(case, entry)
            _take(case, entry)
        except MarkError as error:
            # Anybody can put a statement into a bundle: what the log does not show and does not hold says nothing.
            if is_logged:
                case.faults[uri] = error


def second_tokens(case: Examination) -> dict[str, str]:
    """Return the second persons' tokens of the bundle by digest; those that cannot be read are left out."""
    tokens = [(one, APPROVAL) for one in case.bundle.approvals]
    if case.bundle.attestation is not None:
        tokens.append((case.bundle.attestation, ATTESTATION))
    found = {}
    for compact, typ in tokens:
        try:
            found[parse_token(compact, typ).digest] = compact
        except MarkError:
            continue
    return found


def _check_place(case: Examination, entry: Entry) -> None:
    statement = entry.statement
    previous = case.heads.get(statement.object)
    if statement.prev != previous:
        raise NotFoundError(f"entry {statement.prev} of the object's history is not at hand")
    if not case.is_logged(entry) and statement.iat > case.now + CLOCK_SKEW:
        raise RefusedError("the statement is dated in the future")


def _take(case: Examination, entry: Entry) -> None:
    statement = entry.statement
    second = case.seconds.get(statement.second) if statement.second else None
    first, other = check_signed(statement, second, index=entry.index, root=case.root, book=case)
    if statement.second in case.used_seconds:
        raise RefusedError("the second person's token was used before")
    name = parse_name(statement.object)
    uri = statement.object
    match name.kind:
        case "k":
            case.keys[name.value] = _fold_key(case, entry, first.entity)
        case "e":
            case.bodies[uri] = fold_body(case.bodies.get(uri), entry)
        case "s":
            case.schemes[uri] = fold_scheme(case.schemes.get(uri), entry)
        case "x":
            case.experts[uri] = fold_expert(case.experts.get(uri), entry)
        case "m":
            case.marks[uri] = _fold_mark(case, entry, first)
            if statement.type == "mark.issued" and other is not None:
                case.issuers[uri] = (entry, first, other)
            if statement.type == "mark.corrected":
                case.corrections.setdefault(uri, []).append(entry)
        case kind:
            next_state(kind, "published" if uri in case.heads else None, event_of(statement))
    case.heads[uri] = entry.index
    if statement.second is not None:
        case.used_seconds.add(statement.second)
    bodies = [signer for signer in (first, other) if signer and signer.entity != authority_uri(case.root.host)]
    case.signers.setdefault(uri, []).extend((entry, signer) for signer in bodies)


def _fold_key(case: Examination, entry: Entry, entity: str) -> KeyRecord:
    record = case.keys.get(parse_name(entry.statement.object).value)
    if record is not None and entity not in (record.body, authority_uri(case.root.host)):
        raise RefusedError("somebody else's statement about this key")
    return fold_key(record, entry)


def _fold_mark(case: Examination, entry: Entry, first: SignedBy) -> MarkRecord:
    record = case.marks.get(entry.statement.object)
    if record is not None:
        authority = authority_uri(case.root.host)
        rules = Rulebook(authority, case.schemes.values(), case.root.content.zone)
        check_speaks_for_mark(record, entry.statement, first, rules)
        if first.entity != authority:
            check_may_decide(case.bodies.get(first.entity), entry.statement, index=entry.index)
    return fold_mark(record, entry)


def own_uri(case: Examination) -> str:
    """Return the URI of the mark that is examined, in the registry that the root describes."""
    return mark_uri(case.root.host, case.presented.id)


def fault_of(case: Examination, uri: str) -> MarkError:
    """Return why an object's history could not be read to its end."""
    return case.faults.get(uri) or UnavailableError(f"the log's entries about {uri} are not at hand")
