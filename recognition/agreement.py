"""Agreement: what the decision needs of a recognition agreement. One direction; the reverse is another document.

Recognition does not pass through: ``depth`` is 1 by type, and only an original certificate of the named scheme counts.
Signatures, the legal instrument and publication are not judged here: whoever calls has checked them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recognition.timeline import Moment, Timeline
from verifier.encoding import canonical, digest
from verifier.schema import Closed, Digest, Label, Level, Many
from verifier.scheme.rule import SchemeId, SchemeVersion, Words

ScopeKind = Literal["group", "company", "unit"]


class ForeignSide(Closed):
    """The foreign scheme and the versions of it that the agreement pins. A new version counts only once it is added."""

    scheme: SchemeId
    versions: Annotated[Many[SchemeVersion], Field(min_length=1)]


class HomeSide(Closed):
    """The home scheme with its criteria, pinned by version and by the digest of the pack."""

    scheme: SchemeId
    version: SchemeVersion
    sha256: Digest


class Listed(Closed):
    """Somebody who may issue or evaluate for documents dated in [begins, ends), with what happened since."""

    id: Label
    begins: Moment
    ends: Moment
    timeline: Timeline = ()


class PinnedMapping(Closed):
    """A mapping by digest, with what happened to this version of it."""

    sha256: Digest
    timeline: Timeline = ()


class ScopeRule(Closed):
    """Which kinds of scope count, and which tags of a certificate's scope exclude it."""

    kinds: Many[ScopeKind]
    excluded: Many[Label] = ()


class StatusWords(Closed):
    """How the foreign scheme's words for a certificate's state are understood. Any other word decides nothing."""

    valid: Many[str]
    suspended: Many[str] = ()
    invalid: Many[str] = ()

    @model_validator(mode="after")
    def _one_meaning_each(self) -> Self:
        words = [*self.valid, *self.suspended, *self.invalid]
        if len(set(words)) != len(words):
            raise ValueError("a word for a state has two meanings")
        return self


class Agreement(Closed):
    """The terms under which certificates of a foreign scheme count as home tiers."""

    id: Label
    direction: Literal["inbound"]
    kind: Literal["unilateral", "bilateral", "multilateral"]
    depth: Literal[1]
    foreign: ForeignSide
    home: HomeSide
    mappings: Many[PinnedMapping]
    cap_by_level: dict[Label, Level]
    scope: ScopeRule
    issuers: Many[Listed]
    status_words: StatusWords
    requires: Many[Label] = ()
    max_supplement: Annotated[int, Field(ge=0, le=10_000)]
    not_after: Moment
    timeline: Timeline = ()
    draft: Words | None = None

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of the canonical form."""
        return digest(canonical(self.members()))
