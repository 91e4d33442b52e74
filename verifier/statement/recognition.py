"""What statements about mappings, agreements and recognitions say in public: the closed schemas of that family.

Names, persons and free text stand nowhere in them; documents are pinned by digest. See public.py for all other types.
"""

from __future__ import annotations

from typing import Literal

from verifier.schema import Closed, Count, Digest, Instant, Label, Level, Uri


class MappingPublished(Closed):
    """A version of a mapping between two schemes, pinned by digest."""

    version: Label
    sha256: Digest
    status: Literal["draft", "complete", "superseded"]


class AgreementVersion(Closed):
    """A version of a recognition agreement, pinned by digest."""

    version: Count
    sha256: Digest


class AgreementInForce(Closed):
    """An agreement version decides from ``effective``; a unilateral one names the digest of its legal instrument."""

    version: Count
    sha256: Digest
    kind: Literal["unilateral", "bilateral", "multilateral"]
    effective: Instant
    legal_sha256: Digest | None = None


class AgreementStopped(Closed):
    """What becomes of recognitions that exist when the agreement stops."""

    reason: Literal["administrative", "integrity"]
    existing: Literal["keep_until", "show_under_review", "stop_now"]
    effective: Instant
    until: Instant | None = None


class RecognitionRecorded(Closed):
    """A foreign certificate counts as a tier under an agreement; the digest is over the receipt."""

    agreement: Uri
    scheme: Label
    tier: Level
    sub: Uri
    until: Instant
    receipt_sha256: Digest
