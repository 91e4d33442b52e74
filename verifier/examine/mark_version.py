"""Which version of a mark is shown: the one that the log names last, one that a correction took the place of, or none.

Bytes that were corrected are genuine and superseded. Bytes that the log does not name are another mark's, unless they
were signed after the evidence was made: then they may be a correction that the evidence does not show.
"""

from __future__ import annotations

from verifier.errors import EvidenceError, NotFoundError, RefusedError
from verifier.examine.entries import own_uri
from verifier.examine.examination import Examination
from verifier.mark import Mark
from verifier.replay import issuance as rules
from verifier.replay.correction import check_mark_is_corrected
from verifier.replay.records import Entry
from verifier.seal import ScannedSeal, seal_fits_mark
from verifier.statement.public import MarkCorrected, MarkIssued

LONGEST_DENIAL = 2 * 3600
"""Evidence that is older than this does not deny a seal, which does not say when it was signed."""


def version_entries(case: Examination) -> list[Entry]:
    """Return the entries that name bytes of the mark, the newest first: its corrections, then its issuance."""
    issued = [case.issuance] if case.issuance is not None else []
    return [*reversed(case.corrections.get(own_uri(case), [])), *issued]


def check_shown_mark(case: Examination, issuance: Entry, mark: Mark) -> None:
    """Check that the mark is, word for word, the newest version; a corrected one sets ``is_outdated``.

    Raises RefusedError for another mark, NotFoundError for one that may be newer than the evidence.
    """
    names = [entry for entry in version_entries(case) if _mark_sha256(entry) == mark.token.digest]
    if not names:
        if is_newer(case, mark):
            raise NotFoundError("the mark is younger than the evidence: it may be a correction that is not shown")
        rules.check_mark_is_issued(issuance.statement, mark)
    elif names[0].statement.type == "mark.corrected":
        rules.check_mark_fits(issuance.statement, mark)
        check_mark_is_corrected(names[0].statement, mark)
    else:
        rules.check_mark_is_issued(issuance.statement, mark)
    if names and names[0] is not version_entries(case)[0]:
        if case.presented.mark is None and not case.is_outdated:
            raise NotFoundError("the corrected mark is not at hand")
        case.is_outdated = True


def check_shown_seal(case: Examination, seal: ScannedSeal) -> Entry | None:
    """Return the entry that names the seal, None when it may be newer than the evidence; a corrected one is outdated.

    Raises RefusedError for another seal, or one that tells another story than the mark.
    """
    entries = version_entries(case)
    named = (entry for entry in entries if seal.token(entry.statement.token.kid).digest == _seal_sha256(entry))
    found = next(named, None)
    if found is None:
        if case.now - (case.known_at or 0) > LONGEST_DENIAL:
            return None
        raise RefusedError("the log holds another QR seal under this id")
    if found is not entries[0]:
        case.is_outdated |= case.presented.seal is not None
    elif case.mark is not None and case.mark.token.digest == _mark_sha256(found) and not _is_its_seal(case.mark, seal):
        raise RefusedError("the QR seal tells another story than the mark")
    return found


def is_newer(case: Examination, mark: Mark) -> bool:
    """Say whether the mark was signed after the evidence, and says what the mark of the log says."""
    if case.issuance is None or case.known_at is None or mark.iat <= case.known_at:
        return False
    try:
        rules.check_mark_fits(case.issuance.statement, mark)
    except EvidenceError:
        return False
    return True


def is_as_issued(case: Examination, mark: Mark) -> bool:
    """Say whether the mark is the version that the attestation was about."""
    return case.issuance is not None and _mark_sha256(case.issuance) == mark.token.digest


def _is_its_seal(mark: Mark, seal: ScannedSeal) -> bool:
    return (seal.host, seal.id) == (mark.host, mark.id) and seal_fits_mark(seal.content, mark)


def _mark_sha256(entry: Entry) -> str | None:
    public = entry.statement.public
    return public.mark_sha256 if isinstance(public, MarkIssued | MarkCorrected) else None


def _seal_sha256(entry: Entry) -> str | None:
    public = entry.statement.public
    return public.seal_sha256 if isinstance(public, MarkIssued | MarkCorrected) else None
