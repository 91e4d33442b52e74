"""Evidence about an organisation by its identifier: what the directory lists for it, or that it lists nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.check.recognised import Recognised, recognised_tiers
from verifier.directory.record import IdentifierRecord, ListedMark, ObjectRecord
from verifier.errors import NotFoundError, ProofError, UnavailableError
from verifier.examine.entries import replay_entries
from verifier.examine.examination import Examination, Presented
from verifier.examine.log_evidence import check_log, check_trust_root, read_entries
from verifier.examine.present_evidence import check_root_is_newest, published_directory, subject_record
from verifier.identifier import Identifier, parse_identifier
from verifier.names import org_uri
from verifier.statement.recognition import AgreementInForce, RecognitionRecorded
from verifier.verdict import CheckName, Result

if TYPE_CHECKING:
    from verifier.bundle import Bundle
    from verifier.directory.record import Record
    from verifier.statement import Statement
    from verifier.trust.root import TrustRoot

_OF_THE_LOG = (CheckName.TRUST_ROOT, CheckName.CHECKPOINT, CheckName.WITNESSES, CheckName.INCLUSION)


@dataclass(frozen=True)
class Listed:
    """What a proven directory lists for an identifier; empty is proven absence. ``as_of`` is the directory's time.

    ``declared`` says whether something is declared under the number, ``declared_until`` until when.
    """

    identifier: Identifier
    as_of: int
    size: int
    marks: tuple[ListedMark, ...]
    recognised: tuple[Recognised, ...]
    declared: bool
    declared_until: int | None


def subjects_about(identifier: Identifier, host: str) -> tuple[str, ...]:
    """Return what is to be looked up about an identifier: itself, and what the organisation declares."""
    return (str(identifier), org_uri(host, identifier))


def listed_marks_of(identifier: str, bundle: Bundle, *, root: TrustRoot, now: int) -> Listed:
    """Return what the directory in the bundle lists for an identifier, once log, witnesses and key vouch for it.

    Raises NotFoundError or UnavailableError for a part that is missing, ProofError, SignatureError or RefusedError
    for one that is wrong.
    """
    number = parse_identifier(identifier)
    case = Examination(Presented("", root.host), bundle, root, now, now)
    check_trust_root(case)
    check_log(case)
    read_entries(case)
    replay_entries(case)
    _check_log_holds(case)
    published = published_directory(case)
    check_root_is_newest(case)
    held, declared = (subject_record(published, one) for one in subjects_about(number, root.host))
    statements = _recognitions(case)
    records: dict[str, Record | None] = {one.object: subject_record(published, one.object) for one in statements}
    return Listed(
        identifier=number,
        as_of=case.directory_time or 0,
        size=published[1].size,
        marks=_lines(held),
        recognised=recognised_tiers(statements, records).get(str(number), ()),
        declared=isinstance(declared, ObjectRecord) and declared.state == "declared",
        declared_until=declared.until if isinstance(declared, ObjectRecord) else None,
    )


def _check_log_holds(case: Examination) -> None:
    for check in case.checks:
        if check.name not in _OF_THE_LOG or check.result is Result.PASSED:
            continue
        detail = f"{check.name.value}: {check.detail or check.reason}"
        raise ProofError(detail) if check.result is Result.FAILED else UnavailableError(detail)
    if case.latest is None:
        raise NotFoundError("no latest checkpoint is at hand")


def _recognitions(case: Examination) -> list[Statement]:
    statements = [entry.statement for chain in case.chains.values() for entry in chain if case.is_logged(entry)]
    return [one for one in statements if isinstance(one.public, RecognitionRecorded | AgreementInForce)]


def _lines(record: Record | None) -> tuple[ListedMark, ...]:
    if record is None:
        return ()
    if not isinstance(record, IdentifierRecord):
        raise ProofError("the directory holds another kind of record under this identifier")
    return tuple(
        ListedMark(m.link, m.mark, m.nbf, m.scheme, m.scope_kind, m.state, m.tier, m.until) for m in record.marks
    )
