"""What statements about mappings, agreements and recognitions say in public: the closed schemas of that family.

Names, persons and free text stand nowhere in them; documents are pinned by digest. See public.py for all other types.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from verifier.schema import Closed, Count, Digest, Instant, Label, Level, Uri

AgreementKind = Literal["unilateral", "bilateral", "multilateral"]


class MappingPublished(Closed):
    """A version of a mapping between two schemes, pinned by the digest of its document."""

    version: Label
    sha256: Digest
    status: Literal["draft", "complete", "superseded"]


class AgreementVersion(Closed):
    """A version of a recognition agreement about one foreign scheme, pinned by the digest of its document."""

    version: Count
    sha256: Digest
    scheme: Label
    kind: AgreementKind


class Part(Closed):
    """The one part of an agreement that an event is about, an issuer or a mapping; without one, the whole of it."""

    issuer: Label | None = None
    mapping: Digest | None = None

    @property
    def is_part(self) -> bool:
        """Say whether the event is about a part only."""
        return self.issuer is not None or self.mapping is not None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.issuer is not None and self.mapping is not None:
            raise ValueError("one event is about one issuer or about one mapping")
        return self


class AgreementInForce(Part):
    """An agreement version, or a part of it, decides from ``effective``.

    A unilateral one names the digest of its legal instrument, because the other side has not signed.
    """

    version: Count
    sha256: Digest
    kind: AgreementKind
    effective: Instant
    legal_sha256: Digest | None = None


class AgreementStopped(Part):
    """An agreement, or a part of it, decides nothing new from ``effective``; what becomes of what it decided before."""

    reason: Literal["administrative", "integrity"]
    existing: Literal["keep_until", "show_under_review", "stop_now"]
    effective: Instant
    until: Instant | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.existing == "stop_now") != (self.until is None):
            raise ValueError("until stands exactly where existing recognitions do not stop now")
        if self.until is not None and self.until <= self.effective:
            raise ValueError("existing recognitions would end before the event takes effect")
        if self.reason == "integrity" and self.existing != "stop_now":
            raise ValueError("after a loss of integrity existing recognitions stop at once")
        return self


class RecognitionRecorded(Closed):
    """A foreign certificate counts as a tier under an agreement; the digest pins its public receipt."""

    agreement: Uri
    scheme: Label
    tier: Level
    sub: Uri
    until: Instant
    receipt_sha256: Digest
