"""Checks on the issuance: signature, QR seal, registration, two persons, keys, accreditation, criteria."""

from __future__ import annotations

from verifier.envelope import check_times, parse_token, verify_token
from verifier.errors import MarkError, NotFoundError, RefusedError, SignatureError, UnavailableError
from verifier.examine.entries import fault_of, own_uri
from verifier.examine.examination import Examination
from verifier.examine.mark_version import check_shown_mark, check_shown_seal, is_as_issued, is_newer
from verifier.keys import VerifyingKey
from verifier.mark import Mark, parse_mark
from verifier.names import body_uri, key_uri, parse_name
from verifier.replay import issuance as rules
from verifier.replay.records import Entry
from verifier.replay.signers import SignedBy
from verifier.seal import ScannedSeal, read_seal
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.attestation import parse_attestation
from verifier.statement.kinds import Effect
from verifier.trust.trustlist import read_trust_list
from verifier.verdict import CheckName, Headline


def find_issuance(case: Examination) -> None:
    """Find the mark's token and the entry that issued it."""
    chain = case.chains.get(own_uri(case), [])
    issued = (entry for entry in chain if entry.statement.type == "mark.issued" and case.is_logged(entry))
    case.issuance = next(issued, None)
    case.mark = case.presented.mark
    if case.mark is None and case.bundle.mark is not None:
        try:
            stored = parse_mark(case.bundle.mark)
        except MarkError as error:
            case.note(CheckName.FORMAT, error, reason="mark", headline=Headline.FORGED)
            return
        if (stored.host, stored.id) == (case.root.host, case.presented.id):
            case.mark = stored


def read_list(case: Examination) -> None:
    """Read the trust list where one is at hand; a bad or old one is passed over: it only helps where entries lack."""
    if case.bundle.trust_list is None:
        return
    try:
        listed = read_trust_list(case.bundle.trust_list, case.root)
        check_times(listed.token, now=case.now)
    except MarkError:
        return
    case.trust_list = listed


def check_signature(case: Examination) -> None:
    """Check the signature of the mark by the issuer's key."""
    mark = case.mark
    if mark is None:
        case.unknown(CheckName.SIGNATURE, "missing", "the mark's token is not at hand")
        return
    key = _key(case, mark)
    if key is not None:
        case.made(
            CheckName.SIGNATURE,
            lambda: _check_signed_by(mark, key),
            reason="signature",
            headline=Headline.FORGED,
        )
    elif _is_issued_otherwise(case, mark):
        case.failed(CheckName.SIGNATURE, "unknown_key", "the key never signed for this mark", headline=Headline.FORGED)
    elif case.trust_list and case.trust_list.body(int(parse_name(mark.iss).value)) is None:
        detail = f"{mark.iss} is not an accredited body of this registry"
        case.failed(CheckName.SIGNATURE, "unknown_issuer", detail, headline=Headline.UNKNOWN_ISSUER)
    else:
        case.unknown(CheckName.SIGNATURE, "key_missing", "the issuer's key is not at hand")


def check_seal(case: Examination) -> None:
    """Check the QR seal: signed by the issuer, for this host and id, and the one that the log names."""
    seal, shown = case.presented.seal, case.presented.seal is not None
    try:
        seal = seal or (read_seal(case.bundle.seal) if case.bundle.seal else None)
        if seal is None or (seal.host, seal.id) != (case.root.host, case.presented.id):
            if shown:
                raise NotFoundError("the evidence is about another mark")
            return
        _check_seal_signature(case, seal)
    except MarkError as error:
        if shown:
            case.note(CheckName.SEAL, error, reason="seal", headline=Headline.FORGED)
        else:
            # Nobody showed this seal: a bad one in the evidence says nothing about the mark that was shown.
            case.unknown(CheckName.SEAL, "missing", error.message)
        return
    case.passed(CheckName.SEAL)


def check_registration(case: Examination) -> None:
    """Check that the log issues, under this id, exactly the mark at hand, whole and signed by whom it says."""
    uri, mark = own_uri(case), case.mark
    if case.issuance is None or mark is None:
        case.unknown(CheckName.REGISTRATION, "missing", "the entry that issues this mark is not at hand")
        return
    try:
        check_shown_mark(case, case.issuance, mark)
    except (RefusedError, NotFoundError) as error:
        case.note(CheckName.REGISTRATION, error, reason="another_mark", headline=Headline.FORGED)
        return
    if uri in case.issuers and case.is_outdated:
        detail = "a correction took the place of these bytes"
        case.failed(CheckName.REGISTRATION, "corrected", detail, headline=Headline.SUPERSEDED)
    elif uri in case.issuers:
        case.passed(CheckName.REGISTRATION)
    elif _is_key_void(case, case.issuance):
        case.note(CheckName.REGISTRATION, fault_of(case, uri), reason="void_key", headline=Headline.VOID_KEY)
    else:
        case.note(CheckName.REGISTRATION, fault_of(case, uri), reason="not_admissible", headline=Headline.FORGED)


def check_issuer(case: Examination) -> None:
    """Check the two persons, their keys, the accreditation, the criteria and the technical verification."""
    names = (CheckName.TWO_PERSONS, CheckName.KEYS, CheckName.ACCREDITATION, CheckName.CRITERIA)
    found = case.issuers.get(own_uri(case))
    if found is None or case.mark is None:
        for name in names:
            if name is CheckName.KEYS and case.issuance and _is_key_void(case, case.issuance):
                case.failed(name, "void_key", fault_of(case, own_uri(case)).message, headline=Headline.VOID_KEY)
            else:
                case.unknown(name, "missing", "the issuance is not proven")
        return
    entry, decider, assessor = found
    case.made(
        CheckName.TWO_PERSONS,
        lambda: _check_two_persons(case, entry, decider, assessor),
        reason="two_persons",
        headline=Headline.FORGED,
    )
    case.made(
        CheckName.KEYS,
        lambda: _check_keys(case),
        reason="void_key",
        headline=Headline.VOID_KEY,
    )
    case.made(
        CheckName.ACCREDITATION,
        lambda: _check_accreditation(case, entry),
        reason="not_accredited",
        headline=Headline.UNKNOWN_ISSUER,
    )
    _check_criteria(case, entry)


def _key(case: Examination, mark: Mark) -> VerifyingKey | None:
    record = case.keys.get(mark.token.kid)
    if record is not None:
        return record.key
    listed = case.trust_list.body(int(parse_name(mark.iss).value)) if case.trust_list else None
    for key in listed.keys if listed and case.trust_list else ():
        if key.kid == mark.token.kid and case.trust_list:
            return case.trust_list.key(listed.no if listed else 0, key.no)
    return None


def _check_signed_by(mark: Mark, key: VerifyingKey) -> None:
    verify_token(mark.token, key)


def _is_issued_otherwise(case: Examination, mark: Mark) -> bool:
    if case.issuance is None:
        return False
    record = case.marks.get(own_uri(case))
    versions = [rules.issued_of(case.issuance.statement).mark_sha256]
    versions += [version.mark_sha256 for version in record.versions] if record else []
    return mark.token.digest not in versions and not is_newer(case, mark)


def _check_seal_signature(case: Examination, seal: ScannedSeal) -> None:
    if case.issuance is not None and case.mark is not None:
        entry = check_shown_seal(case, seal)
        if entry is None:
            key = _numbered_key(case, seal)
            verify_token(seal.token(key.kid), key)
            raise NotFoundError("the evidence is too old to deny this seal: it may be one of a correction")
        kid = entry.statement.token.kid
        record = case.keys.get(kid)
        if record is None:
            raise NotFoundError("the issuer's key is not at hand")
        if record.no != seal.content.key_no:
            raise SignatureError("the seal names another key number")
        verify_token(seal.token(kid), record.key)
        return
    key = _numbered_key(case, seal)
    verify_token(seal.token(key.kid), key)


def _numbered_key(case: Examination, seal: ScannedSeal) -> VerifyingKey:
    body = body_uri(case.root.host, seal.content.issuer_no)
    for record in case.keys.values():
        if (record.body, record.no, record.role) == (body, seal.content.key_no, "decider"):
            return record.key
    key = case.trust_list.key(seal.content.issuer_no, seal.content.key_no) if case.trust_list else None
    if key is None:
        raise NotFoundError("the key that the seal names is not at hand")
    return key


def _check_two_persons(case: Examination, entry: Entry, decider: SignedBy, assessor: SignedBy) -> None:
    if case.bundle.attestation is None or case.mark is None:
        raise NotFoundError("the assessor's attestation is not at hand")
    attestation = parse_attestation(case.bundle.attestation, log=entry.statement.log)
    if is_as_issued(case, case.mark):
        rules.check_attestation(entry.statement, case.mark, attestation)
    else:
        # What a correction changed in names, domains and listing, the assessor approved with the correction.
        rules.check_attested(entry.statement, case.mark, attestation)
    rules.check_two_persons(decider, assessor)
    case.attestation = attestation


def _is_key_void(case: Examination, issuance: Entry) -> bool:
    """Say whether the issuance is refused because a listed key of its body did not count at that place of the log."""
    second = case.seconds.get(issuance.statement.second or "")
    kids = [issuance.statement.token.kid, *([parse_token(second, ATTESTATION).kid] if second else [])]
    records = [case.keys[kid] for kid in kids if kid in case.keys]
    return any(not record.counts(issuance.index) for record in records)


def _check_keys(case: Examination) -> None:
    for entry, signer in case.signers[own_uri(case)]:
        record = case.keys[signer.key.kid]
        uri = key_uri(case.root.host, record.kid)
        if uri in case.faults:
            raise UnavailableError(f"the history of {uri} does not hold: {case.faults[uri].message}")
        if not record.counts(entry.index) and entry.statement.kind.effect is not Effect.TAKING_AWAY:
            raise RefusedError(f"the {record.role}'s key is void for {entry.statement.type}")


def _check_accreditation(case: Examination, entry: Entry) -> None:
    body = case.bodies.get(entry.statement.iss)
    if body is None:
        raise fault_of(case, entry.statement.iss)
    if case.attestation is None:
        raise NotFoundError("without the attestation the dates of the evaluation are unknown")
    rules.check_accreditation(entry.statement, case.attestation, body, index=entry.index)
    scheme = case.schemes.get(rules.criteria_uri(case.mark)) if case.mark else None
    if scheme is None:
        return
    terms, confirmed = rules.tier_terms(entry.statement, scheme), case.attestation.says.confirmed
    rules.check_issuer(terms, body)
    if confirmed is not None and confirmed.expert not in case.experts:
        raise fault_of(case, confirmed.expert)
    expert = case.experts.get(confirmed.expert) if confirmed else None
    rules.check_expert(terms, case.attestation, expert, index=entry.index)


def _check_criteria(case: Examination, entry: Entry) -> None:
    mark, attestation = case.mark, case.attestation
    uri = rules.criteria_uri(mark) if mark else ""
    scheme = case.schemes.get(uri)
    if mark is None or scheme is None:
        case.note(CheckName.CRITERIA, fault_of(case, uri), reason="criteria")
        return
    try:
        terms = rules.tier_terms(entry.statement, scheme)
        rules.check_term(entry.statement, mark, scheme, terms, zone=case.root.content.zone)
    except RefusedError as error:
        case.failed(CheckName.CRITERIA, "criteria", error.message, headline=Headline.FORGED)
        return
    case.passed(CheckName.CRITERIA)
    if not terms.technical_verification:
        return
    if attestation is None:
        case.unknown(CheckName.TECHNICAL_VERIFICATION, "missing", "the attestation is not at hand")
        return
    tv = attestation.says.tv
    if tv and tv.body not in case.bodies:
        case.note(CheckName.TECHNICAL_VERIFICATION, fault_of(case, tv.body), reason="technical_verification")
        return
    case.made(
        CheckName.TECHNICAL_VERIFICATION,
        lambda: rules.check_technical_verification(
            attestation, case.bodies.get(tv.body) if tv else None, index=entry.index
        ),
        reason="technical_verification",
        headline=Headline.UNKNOWN_ISSUER,
    )
