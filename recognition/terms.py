"""The terms of an agreement as people write them: ``agreement.toml``, with days and without digests of other files.

The folder that holds the file pins the scheme and the mappings; what happens to the agreement is said in the log. So
neither stands here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recognition.agreement import Agreement, ForeignSide, HomeSide, Listed, PinnedMapping, ScopeRule, StatusWords
from recognition.timeline import LAST_MOMENT
from verifier.dates import day_start
from verifier.errors import RefusedError
from verifier.schema import Closed, Digest, Label, Level, Many
from verifier.scheme.rule import SchemeId, SchemeVersion, Text, Words
from verifier.statement.recognition import AgreementKind


class IssuerRow(Closed):
    """Who may issue certificates that count, for certificates of the days from ``begins`` until before ``ends``."""

    id: Label
    begins: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="until")


class HomePin(Closed):
    """The home scheme's criteria, pinned by the digest of their pack."""

    scheme: SchemeId
    version: SchemeVersion
    sha256: Digest


class ForeignPin(Closed):
    """The foreign scheme and the versions that count."""

    scheme: SchemeId
    versions: Annotated[Many[SchemeVersion], Field(min_length=1)]


class Comment(Closed):
    """The days on which the public may comment; nothing comes into force before they are over."""

    opens: date
    closes: date

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("public comment closes before it opens")
        return self


class Legal(Closed):
    """The instrument on which an agreement rests: its citation, and the digest of its text."""

    citation: Text
    sha256: Digest


class Duties(Closed):
    """How fast each side tells the other about incidents, suspensions and new versions of its scheme."""

    incident_hours: Annotated[int, Field(ge=1, le=720)]
    suspension_hours: Annotated[int, Field(ge=1, le=720)]
    new_version_days: Annotated[int, Field(ge=1, le=730)]


class Terms(Closed):
    """The document ``agreement.toml``."""

    id: Label
    kind: AgreementKind
    label: Words
    foreign: ForeignPin
    home: HomePin
    cap_by_level: Annotated[dict[Label, Level], Field(min_length=1)]
    scope: ScopeRule
    issuers: Annotated[Many[IssuerRow], Field(min_length=1)]
    status_words: StatusWords
    requires: Many[Label] = ()
    max_supplement: Annotated[int, Field(ge=0, le=10_000)]
    not_after: date
    review_by: date
    comment: Comment
    duties: Duties
    existing: Literal["keep_until", "show_under_review", "stop_now"] = "keep_until"
    legal: Legal | None = None
    gap_study_sha256: Digest | None = None
    draft: Words | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.kind == "unilateral" and self.legal is None:
            raise ValueError("a unilateral agreement names the legal instrument that it rests on")
        if not self.comment.closes <= self.review_by <= self.not_after:
            raise ValueError("public comment, review and end do not follow each other")
        if len({one.id for one in self.issuers}) != len(self.issuers):
            raise ValueError("an issuer is listed twice")
        return self

    def agreement(self, *, mappings: tuple[str, ...], zone: str) -> Agreement:
        """Return what the decision reads, with the digests of the folder's mappings; days begin in that zone.

        Raises RefusedError when an issuer's listing ends before it begins.
        """
        for one in self.issuers:
            if one.ends is not None and one.ends <= one.begins:
                raise RefusedError(f"the listing of {one.id} ends before it begins")
        return Agreement(
            id=self.id,
            direction="inbound",
            kind=self.kind,
            depth=1,
            foreign=ForeignSide(scheme=self.foreign.scheme, versions=self.foreign.versions),
            home=HomeSide(scheme=self.home.scheme, version=self.home.version, sha256=self.home.sha256),
            mappings=tuple(PinnedMapping(sha256=one) for one in mappings),
            cap_by_level=self.cap_by_level,
            scope=self.scope,
            issuers=tuple(
                Listed(
                    id=one.id,
                    begins=day_start(one.begins, zone),
                    ends=day_start(one.ends, zone) if one.ends else LAST_MOMENT,
                )
                for one in self.issuers
            ),
            status_words=self.status_words,
            requires=self.requires,
            max_supplement=self.max_supplement,
            not_after=day_start(self.not_after, zone),
            draft=self.draft,
        )
