"""What a scheme pack says about its tiers: the rule of each one that can be issued, the name of each that cannot.

Who issues is data: a body after its evaluation, a registrar after others have vouched, or the holder by declaring. The
parts say which role does what, and which listing it needs on which day. This is the shape only; that a rule agrees with
itself is judged in consistency.py.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from verifier.names import SCHEME, VERSION
from verifier.schema import Closed, Code, Level, Many
from verifier.scheme.assurance import Assurance
from verifier.scheme.text import readable

Text = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=False), AfterValidator(readable)]
SchemeId = Annotated[str, StringConstraints(pattern=f"^{SCHEME.pattern}$", max_length=64)]
SchemeVersion = Annotated[str, StringConstraints(pattern=f"^{VERSION.pattern}$")]
Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"<>]{1,300}$")]
HexDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, le=100_000)]

Issuer = Literal["body", "registrar", "holder"]
Basis = Literal["evaluation", "self_declared"]
Role = Literal["holder", "assessor", "decider", "expert", "executive", "technical_verifier", "registrar"]
Deed = Literal["assesses", "declares", "attests", "decides", "confirms", "swears", "tests", "registers"]
Listing = Literal["evaluation", "technical_verification", "registrar", "expert"]
Moment = Literal["evaluation", "test", "confirmation", "decision", "registration"]
Figure = Literal["term_months", "duties", "suspension"]


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

    def in_(self, lang: str) -> str:
        """Return the words in that language; English where it is not Japanese."""
        return self.ja if lang == "ja" else self.en


class Counts(Closed):
    """How much the scheme demands for a tier, and how many of those criteria the pack lists.

    ``criteria`` is absent where the number is not known here.
    """

    requirements: Number
    criteria: Number | None = None
    criteria_listed: Number


class Part(Closed):
    """What one role does for a mark, and which listing it needs on which day; the holder needs none."""

    role: Role
    deed: Deed
    listing: Listing | None = None
    listed_at: Many[Moment] = ()


class Duty(Closed):
    """What a holder owes while the mark lasts: due every so many months, overdue after the grace."""

    code: Code
    label: Words
    every_months: Annotated[int, Field(ge=1, le=60)]
    grace_days: Annotated[int, Field(ge=0, le=366)]
    overdue: Literal["suspend", "show"]


class Suspension(Closed):
    """How long a suspension may last before the mark withdraws itself."""

    longest_months: Annotated[int, Field(ge=1, le=6)]


class Wording(Closed):
    """What may be said of a holder, and what the mark does not mean."""

    held: Words
    means_not: Words


class TierRule(Closed):
    """What a mark of this tier needs: who issues it, on what basis, item by what, for how many months.

    ``illustrative`` names the figures that are this product's and not the scheme's.
    """

    level: Level
    label: Words
    method: Words
    issuer: Issuer
    basis: Basis
    items: Literal["criteria", "requirements"]
    term_months: Annotated[int, Field(ge=1, le=120)]
    assurance: Assurance
    counts: Counts
    parts: Annotated[Many[Part], Field(min_length=1)]
    duties: Many[Duty] = ()
    suspension: Suspension | None = None
    wording: Wording
    illustrative: Many[Figure] = ()

    @property
    def expert_confirmation(self) -> bool:
        """Say whether a security expert confirms the self-assessment."""
        return self.has("confirms")

    @property
    def executive_oath(self) -> bool:
        """Say whether an executive of the applicant swears."""
        return self.has("swears")

    @property
    def technical_verification(self) -> bool:
        """Say whether a technical verification body tests."""
        return self.has("tests")

    def has(self, deed: Deed) -> bool:
        """Say whether somebody does this for a mark of the tier."""
        return any(part.deed == deed for part in self.parts)


class DeclaredTier(Closed):
    """A tier that is named but cannot be issued: not defined yet, or of a closed version."""

    level: Level
    label: Words
    note: Words
    counts: Counts | None = None
