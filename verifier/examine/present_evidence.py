"""Checks on the present: what the directory proves, the state of the mark, its dates."""

from __future__ import annotations

from verifier.bundle import DirectoryPart
from verifier.directory.record import IdentifierRecord, ObjectRecord, Record, subject_key
from verifier.directory.tree import bucket_of, look_up
from verifier.encoding import b64u, unb64u
from verifier.envelope import CLOCK_SKEW
from verifier.errors import MarkError, NotFoundError, ProofError, RefusedError
from verifier.examine.entries import own_uri
from verifier.examine.examination import Examination
from verifier.examine.log_evidence import witnessed_earlier
from verifier.examine.mark_version import LONGEST_DENIAL
from verifier.mark import Mark
from verifier.names import directory_uri, key_uri, root_uri
from verifier.replay.duties import is_overdue, report_duty
from verifier.replay.records import Entry, MarkRecord
from verifier.statement.public import DirectoryPublished, TrustRootPublished
from verifier.verdict import CheckName, Headline

STATE_HEADLINES = {
    "annulled": Headline.ANNULLED,
    "withdrawn": Headline.WITHDRAWN,
    "cancelled": Headline.CANCELLED,
    "suspended": Headline.SUSPENDED,
    "superseded": Headline.SUPERSEDED,
}


def check_present_state(case: Examination) -> None:
    """Check that nothing later is hidden, and say in what state the mark is now."""
    records: dict[str, ObjectRecord | None] = {}
    try:
        published = published_directory(case)
        records = {uri: record_of(published, uri) for uri in _objects(case)}
        _check_absence(case, records)
        check_heads(case, records)
        check_root_is_newest(case)
    except MarkError as error:
        case.note(CheckName.DIRECTORY, error, reason="directory")
    else:
        case.passed(CheckName.DIRECTORY, as_of=case.directory_time)
    _check_state(case, records.get(own_uri(case)))


def check_validity_period(case: Examination) -> None:
    """Check the mark's dates against the instant asked for: the half-open interval [nbf, exp)."""
    if case.mark is not None:
        nbf, exp = case.mark.nbf, case.mark.exp
    elif case.presented.seal is not None:
        nbf, exp = case.presented.seal.content.nbf, case.presented.seal.content.exp
    else:
        case.unknown(CheckName.VALIDITY_PERIOD, "missing", "the mark's dates are not at hand")
        return
    signed = _first_signed(case, case.mark) - CLOCK_SKEW if case.mark is not None else nbf
    if case.as_of < max(nbf, signed):
        case.failed(CheckName.VALIDITY_PERIOD, "not_yet_valid", headline=Headline.NOT_YET_VALID)
    elif case.as_of >= exp:
        case.failed(CheckName.VALIDITY_PERIOD, "expired", headline=Headline.EXPIRED)
    else:
        case.passed(CheckName.VALIDITY_PERIOD)


def _first_signed(case: Examination, mark: Mark) -> int:
    """Return when the mark was signed; a corrected one was issued earlier."""
    if case.issuance is None or own_uri(case) not in case.corrections:
        return mark.iat
    return min(mark.iat, case.issuance.statement.iat)


def published_directory(case: Examination) -> tuple[DirectoryPart, DirectoryPublished]:
    """Return the bundle's directory once the log and the directory key vouch for it; note as of when it holds.

    Raises NotFoundError, ProofError, SignatureError or RefusedError.
    """
    part = case.bundle.directory
    entry = _directory_entry(case, part.entry) if part else None
    if part is None or entry is None:
        raise NotFoundError("the directory is not at hand: the present state is not confirmed")
    public = entry.statement.public
    if not case.is_logged(entry) or not isinstance(public, DirectoryPublished):
        raise NotFoundError("the directory's place in the log is not proven")
    listed = case.root.keys.get(entry.statement.token.kid)
    if listed is None or listed[0].role != "directory" or not listed[0].counts(entry.index):
        raise RefusedError("the directory is not signed by a directory key of the trust root")
    listed[1].verify(entry.statement.token.signature, entry.statement.token.signing_input)
    if public.size > entry.index:
        raise RefusedError("the directory claims to know later entries")
    case.directory_time = _dated(case, part, entry, size=public.size)
    return part, public


def _dated(case: Examination, part: DirectoryPart, entry: Entry, *, size: int) -> int:
    """Return when witnesses saw the anchor of the directory, which is over every entry that the anchor covers.

    The directory's own date is nobody else's word; by its anchor it cannot claim to be younger than it is.
    """
    anchor = entry.statement.anchor
    signed, time = witnessed_earlier(case, part.anchor)
    if anchor is None or (signed.checkpoint.size, b64u(signed.checkpoint.root)) != (anchor.size, anchor.root):
        raise ProofError("the directory's anchor shown is not the one that it names")
    if size < anchor.size:
        raise RefusedError("the directory leaves out entries that its anchor covers")
    return time


def _directory_entry(case: Examination, index: int) -> Entry | None:
    chain = case.chains.get(directory_uri(case.root.host), [])
    return next((entry for entry in chain if entry.index == index), None)


def _objects(case: Examination) -> list[str]:
    objects = [own_uri(case), root_uri(case.root.host)]
    found = case.issuers.get(own_uri(case))
    if found:
        objects.append(found[0].statement.iss)
    objects += sorted({key_uri(case.root.host, signer.key.kid) for _, signer in case.signers.get(own_uri(case), [])})
    if case.attestation and case.attestation.says.tv:
        objects.append(case.attestation.says.tv.body)
    if case.attestation and case.attestation.says.confirmed:
        objects.append(case.attestation.says.confirmed.expert)
    return objects


def record_of(published: tuple[DirectoryPart, DirectoryPublished], uri: str) -> ObjectRecord | None:
    """Return the directory's record of an object; None is proven absence. Raises NotFoundError or ProofError."""
    record = subject_record(published, uri)
    if isinstance(record, IdentifierRecord):
        raise ProofError("the directory holds another kind of record under this name")
    return record


def subject_record(published: tuple[DirectoryPart, DirectoryPublished], subject: str) -> Record | None:
    """Return the directory's record of an object or an identifier; None is proven absence. Raises as ``record_of``."""
    part, public = published
    bucket = bucket_of(subject_key(subject), public.bits)
    for proof in part.buckets:
        if proof.bucket == bucket:
            return look_up(proof, subject, bits=public.bits, root=unb64u(public.root))
    raise NotFoundError(f"the directory's part about {subject} is not at hand")


def _check_absence(case: Examination, records: dict[str, ObjectRecord | None]) -> None:
    if records[own_uri(case)] is not None:
        return
    if case.issuance is None:
        _check_not_younger(case)
        case.headlines.add(Headline.NOT_FOUND)
        return
    published = published_directory(case)[1]
    if published.size <= case.issuance.index:
        raise NotFoundError("the directory is older than the mark: wait for the next one")
    raise RefusedError("the directory denies a mark that the log holds")


def _check_not_younger(case: Examination) -> None:
    """An old directory does not deny a mark that its issuer really signed since."""
    known_at = case.directory_time or 0
    if case.mark is not None and case.mark.iat > known_at:
        raise NotFoundError("the directory is older than the mark: fetch the newest one")
    if case.presented.seal is not None and case.now - known_at > LONGEST_DENIAL:
        raise NotFoundError("the directory is too old to deny a seal, which does not say when it was signed")


def check_heads(case: Examination, records: dict[str, ObjectRecord | None]) -> None:
    """Check that the newest entries at hand are those that the directory names. Raises NotFoundError, RefusedError."""
    for uri, record in records.items():
        if record is None:
            if uri != own_uri(case):
                raise RefusedError(f"the directory denies {uri}, which the log holds")
            continue
        known = next((one for one in case.chains.get(uri, []) if one.index == record.head), None)
        if known is None:
            raise NotFoundError(f"entry {record.head} about {uri} is later than those at hand")
        if b64u(known.leaf) != record.leaf:
            raise RefusedError(f"the directory names another entry at index {record.head}")
        if uri in case.faults:
            raise case.faults[uri]


def check_root_is_newest(case: Examination) -> None:
    """The trust root that was followed is the one that the log names last: keys may have been cut off since."""
    last = case.chains[root_uri(case.root.host)][-1].statement.public
    if isinstance(last, TrustRootPublished) and last.version > case.root.content.version:
        raise NotFoundError(f"the log names version {last.version} of the trust root, which is not at hand")


def _check_state(case: Examination, record: ObjectRecord | None) -> None:
    mark = case.marks.get(own_uri(case))
    states = [mark.state if mark else None, record.state if record else None]
    lift_by = mark.lift_by if mark else None
    if record is not None and record.state == "suspended":
        lift_by = record.until
    if "suspended" in states and lift_by is not None and case.as_of >= lift_by:
        # The deadline to lift a suspension withdraws the mark by the clock, whether or not the log says so already.
        states.append("withdrawn")
    if mark is not None and mark.state == "active" and _is_report_overdue(case, mark):
        # So does a yearly report that did not come: it suspends the mark.
        states.append("suspended")
    for state, headline in STATE_HEADLINES.items():
        if state in states:
            case.failed(CheckName.STATE, state, headline=headline)
            return
    if record is not None and record.state == "active":
        case.passed(CheckName.STATE, as_of=case.directory_time)
    else:
        case.unknown(CheckName.STATE, "missing", "the present state of the mark is not proven")


def _is_report_overdue(case: Examination, mark: MarkRecord) -> bool:
    try:
        duty = report_duty(mark.issued, case.schemes.values(), zone=case.root.content.zone)
    except NotFoundError:
        # The check of the criteria says that they are not at hand.
        return False
    return is_overdue(mark, duty, at=case.as_of)
