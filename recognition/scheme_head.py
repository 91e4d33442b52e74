"""The head of a foreign scheme, the document ``scheme.toml``: levels, versions, status words, ways to authenticate.

The shape only; that a head agrees with itself is judged in scheme_lint.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from verifier.schema import Closed, Label, Many
from verifier.scheme.assurance import Assurance
from verifier.scheme.rule import Link, Number, SchemeId, SchemeVersion, Text, Words, Zone

HEAD = "scheme.toml"

Months = Annotated[int, Field(ge=1, le=120)]
Standing = Literal["certification", "self_assessment", "informative"]
StatusMeaning = Literal["valid", "conditional", "suspended", "invalid"]
Method = Literal["signed_token", "status_list", "published_list", "registry_lookup", "holder_proof", "manual_evidence"]
Omissible = Literal["controls", "statuses", "technical_test", "validity", "versions_days"]


class ForeignLevel(Closed):
    """A level of the foreign scheme, with who assesses it and how it is tested. Levels stand lowest first.

    ``validity_months`` is absent where it is the scheme's own; ``items`` is how many things the scheme counts in it.
    """

    id: Label
    label: Words
    assurance: Assurance
    validity_months: Months | None = None
    items: Number | None = None


class ForeignVersion(Closed):
    """A version of the scheme's requirements, and the days on which a certificate of it can be issued.

    Without a first day nothing is known to have been issued under it.
    """

    id: SchemeVersion
    name: Text
    first_day: date | None = None
    last_day: dict[Label, date] = Field(default_factory=dict)

    def issues_on(self, day: date, *, level: str) -> bool:
        """Tell whether a certificate of this version and level can bear that day."""
        last = self.last_day.get(level)
        return self.first_day is not None and self.first_day <= day and (last is None or day <= last)


class StatusWord(Closed):
    """A word of the scheme for the state of a certificate, and what it means.

    "conditional": held while open points are closed; what that counts for is the agreement's to say.
    """

    word: Text
    means: StatusMeaning


class Authentication(Closed):
    """How somebody finds out that a certificate is real and what state it is in; best first."""

    method: Method
    note: Words
    address: Link | None = None


class Reference(Closed):
    """Where a fact about the scheme was read, and on which day."""

    title: Text
    url: Link
    read_on: date | None = None


class SchemeHead(Closed):
    """The document ``scheme.toml``.

    ``documents`` are those without which a certificate does not say which controls are held. ``omitted`` says of each
    part that is left out why it is. A ``synthetic`` scheme does not exist.
    """

    id: SchemeId
    zone: Zone
    standing: Standing = "certification"
    synthetic: bool = False
    validity_months: Months | None = None
    operator: Label
    label: Words
    notice: Words
    documents: Many[Label] = ()
    omitted: dict[Omissible, Words] = Field(default_factory=dict)
    levels: Many[ForeignLevel] = ()
    versions: Annotated[Many[ForeignVersion], Field(min_length=1)]
    statuses: Many[StatusWord] = ()
    authentication: Many[Authentication] = ()
    sources: Many[Reference]

    @property
    def level_ids(self) -> tuple[str, ...]:
        """Return the ids of the levels, lowest first."""
        return tuple(level.id for level in self.levels)
