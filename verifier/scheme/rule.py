"""What a scheme pack says about its tiers: the rule of each one that can be issued, the name of each that cannot."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from verifier.names import SCHEME, VERSION
from verifier.schema import Closed, Level, Many
from verifier.scheme.assurance import Assurance

Text = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=False)]
SchemeId = Annotated[str, StringConstraints(pattern=f"^{SCHEME.pattern}$", max_length=64)]
SchemeVersion = Annotated[str, StringConstraints(pattern=f"^{VERSION.pattern}$")]
Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"<>]{1,300}$")]
HexDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, le=100_000)]


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a time zone of the IANA database") from error
    return zone


Zone = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z_]+/[A-Z][A-Za-z_]+$"), AfterValidator(_known_zone)]


class Words(Closed):
    """The same words in Japanese and English."""

    ja: Text
    en: Text


class Counts(Closed):
    """How much the scheme demands for a tier, and how many of those criteria the pack lists."""

    requirements: Number
    criteria: Number
    criteria_listed: Number

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if self.criteria_listed > self.criteria:
            raise ValueError("more criteria are listed than exist")
        return self


class TierRule(Closed):
    """What a mark of this tier needs: who issues it, on what basis, item by what, for how many months."""

    level: Level
    label: Words
    issuer: Literal["body", "registrar", "holder"]
    basis: Literal["evaluation", "self_declared"]
    items: Literal["criteria", "requirements"]
    term_months: Annotated[int, Field(ge=1, le=120)]
    expert_confirmation: bool
    executive_oath: bool
    technical_verification: bool
    assurance: Assurance
    counts: Counts

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.technical_verification != (self.assurance.technical_test != "none"):
            raise ValueError("technical_verification and assurance.technical_test contradict each other")
        if self.expert_confirmation != (self.assurance.assessor == "expert"):
            raise ValueError("expert_confirmation and assurance.assessor contradict each other")
        if self.items == "criteria" and self.counts.criteria_listed != self.counts.criteria:
            raise ValueError("a tier assessed by criteria must list all of them")
        return self


class DeclaredTier(Closed):
    """A tier that the scheme has announced but not defined: nothing can be issued for it."""

    level: Level
    label: Words
    note: Words


class Category(Closed):
    """A heading under which requirements stand."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
    label: Words


class Source(Closed):
    """Where the facts come from. The digest is as reported by others and was not checked against the file."""

    title: Text
    url: Link
    sha256_as_reported: HexDigest | None = None


class PackHead(Closed):
    """The document ``pack.toml``."""

    scheme: SchemeId
    version: SchemeVersion
    zone: Zone
    label: Words
    notice: Words
    limits: Words | None = None
    source: Source
    categories: Many[Category]
    tiers: Annotated[Many[TierRule], Field(min_length=1)]
    declared: Many[DeclaredTier] = ()
