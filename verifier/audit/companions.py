"""Fetching what stands beside an entry: the token of the second person, the mark, the QR seal, a new key's own proof.

The proof of a new key says nothing that the entry does not, so a registry may leave it out; that one rule of admission
cannot be made again from outside then, and the report says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.audit.plane import attestation_path, mark_path, optional, seal_path, second_path
from verifier.gather import corrected_path
from verifier.names import parse_name
from verifier.replay.companions import Companions
from verifier.statement.document import document_of, document_path
from verifier.statement.public import KeyAdded, MarkCorrected, MarkIssued

if TYPE_CHECKING:
    from verifier.audit.finding import Findings
    from verifier.gather import Fetcher
    from verifier.replay.records import MarkRecord
    from verifier.statement import Statement


def second_place(statement: Statement) -> str | None:
    """Return where the token of a statement's second person is published, None when it names none."""
    if statement.second is None:
        return None
    if isinstance(statement.public, MarkIssued):
        return attestation_path(parse_name(statement.object).value)
    return second_path(statement.second)


def bytes_places(statement: Statement) -> tuple[str, str] | None:
    """Return where the mark and the seal are published that a statement issues or corrects, None for other types."""
    mark_id = parse_name(statement.object).value
    match statement.public:
        case MarkIssued():
            return mark_path(mark_id), seal_path(mark_id)
        case MarkCorrected() as corrected:
            mark = corrected_path(mark_id, "mark", corrected.mark_sha256)
            return mark, corrected_path(mark_id, "seal", corrected.seal_sha256)
        case _:
            return None


def newest_mark_path(record: MarkRecord) -> str:
    """Return where the newest version of a mark is published."""
    mark_id = parse_name(record.uri).value
    return corrected_path(mark_id, "mark", record.mark_sha256) if record.corrected else mark_path(mark_id)


def fetch_companions(
    fetcher: Fetcher, statement: Statement, index: int, findings: Findings, *, record: MarkRecord | None = None
) -> Companions:
    """Return the tokens beside the entry at ``index``; what is not published is a finding.

    ``record`` is the mark that the statement is about, as it stood before. Raises UnavailableError.
    """

    def token(path: str | None) -> str | None:
        if path is None:
            return None
        data = optional(fetcher, path)
        if data is None:
            findings.add(
                Code.MISSING_FILE, "the entry cannot be judged", entry=index, object=statement.object, path=path
            )
            return None
        return data.decode("utf-8", "replace")

    second = token(second_place(statement))
    if isinstance(statement.public, KeyAdded):
        proof = optional(fetcher, second_path(statement.public.proof))
        return Companions(second=second, proof=proof.decode("ascii", "replace") if proof is not None else None)
    pinned, places = document_of(statement), bytes_places(statement)
    if pinned is not None:
        return Companions(second=second, document=token(document_path(pinned)))
    if places is None:
        return Companions(second=second)
    is_correction = isinstance(statement.public, MarkCorrected)
    earlier = token(newest_mark_path(record)) if is_correction and record is not None else None
    return Companions(second=second, mark=token(places[0]), seal=token(places[1]), earlier=earlier)
