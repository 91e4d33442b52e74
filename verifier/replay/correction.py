"""Correction of a mark: same meaning, new bytes. Names, domains and listing of the holder may change, nothing else.

The corrected mark keeps id, number, issuer, holder's identifiers, tier, criteria, dates, status place and scope digest.
Its assessor approves the new bytes, because the attestation was about the old ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.envelope import CLOCK_SKEW
from verifier.errors import RefusedError
from verifier.seal import seal_fits_mark
from verifier.statement.public import MarkCorrected

if TYPE_CHECKING:
    from verifier.mark import Mark
    from verifier.seal import ScannedSeal
    from verifier.statement import Statement


def corrected_of(statement: Statement) -> MarkCorrected:
    """Return the public part of a mark.corrected statement. Raises RefusedError for another type."""
    if not isinstance(statement.public, MarkCorrected):
        raise RefusedError("not a statement that corrects a mark")
    return statement.public


def check_mark_is_corrected(correction: Statement, mark: Mark) -> None:
    """The mark is, word for word, the one of the correction."""
    public = corrected_of(correction)
    if mark.token.digest != public.mark_sha256:
        raise RefusedError("the log holds another mark under this id")
    if correction.token.kid != mark.token.kid or abs(mark.iat - correction.iat) > CLOCK_SKEW:
        raise RefusedError("mark and correction were not signed together")
    if public.seal_sha256 != mark.content.seal_sha256:
        raise RefusedError("mark and correction name different seals")


def check_seal_is_corrected(correction: Statement, mark: Mark, seal: ScannedSeal, *, kid: str) -> None:
    """The QR seal is the one that the correction and the corrected mark name, and it tells the same story."""
    if seal.digest(kid) != corrected_of(correction).seal_sha256:
        raise RefusedError("the log holds another QR seal under this id")
    if (seal.host, seal.id) != (mark.host, mark.id) or not seal_fits_mark(seal.content, mark):
        raise RefusedError("the QR seal tells another story than the mark")


def check_only_corrects(earlier: Mark, corrected: Mark) -> None:
    """Nothing but the holder's names, domains and listing differs from the mark that is corrected."""
    if _meaning(earlier) != _meaning(corrected):
        raise RefusedError(
            "a correction changes names, domains and listing only", hint="Issue the mark anew and supersede this one."
        )
    if earlier.content.org == corrected.content.org:
        raise RefusedError("the correction changes nothing")


def _meaning(mark: Mark) -> tuple[object, ...]:
    content = mark.content
    place = (mark.host, mark.id, mark.iss, mark.sub, mark.nbf, mark.exp, mark.status_no, mark.status_idx)
    said = (content.scheme, content.tier, content.number, content.criteria, content.basis, content.log)
    return (*place, *said, content.org.identifiers, content.scope_sha256)
