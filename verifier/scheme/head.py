"""The document ``pack.toml``: what a pack says of itself, its tiers, and what can not be issued under it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verifier.schema import Closed, Many
from verifier.scheme.rule import DeclaredTier, HexDigest, Link, SchemeId, SchemeVersion, Text, TierRule, Words, Zone
from verifier.scheme.transition import Transition


class Category(Closed):
    """A heading under which requirements stand; ``evidence`` is our own hint at what usually shows them to be met."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
    label: Words
    evidence: Words | None = None


class Source(Closed):
    """Where the facts come from.

    ``sha256_as_reported`` was told by others and not checked against the file, ``sha256`` is of the file that was read.
    """

    title: Text
    url: Link | None = None
    sha256_as_reported: HexDigest | None = None
    sha256: HexDigest | None = None


class EvidenceRules(Closed):
    """How inspection data are sealed: the plan before the results, runs without a gap, corrections as new versions.

    A result that is sealed more than ``late_after_hours`` after it was measured is flagged, not refused.
    """

    kinds: Annotated[Many[Literal["plan", "results", "correction"]], Field(min_length=1)]
    plan_before_results: bool
    runs_without_gap: bool
    late_after_hours: Annotated[int, Field(ge=1, le=8760)]


class PackHead(Closed):
    """The document ``pack.toml``. ``closed`` says why nothing can be issued under this version any more."""

    scheme: SchemeId
    version: SchemeVersion
    zone: Zone
    subject: Literal["organisation", "product", "inspection"] = "organisation"
    label: Words
    notice: Words
    limits: Words | None = None
    closed: Words | None = None
    source: Source
    transition: Transition = Transition()
    evidence: EvidenceRules | None = None
    categories: Many[Category] = ()
    tiers: Many[TierRule] = ()
    declared: Many[DeclaredTier] = ()
