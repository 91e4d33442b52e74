"""The policy file: what a buyer asks of a supplier's mark, as one TOML document (docs/specification/policy.md).

The same file is used for one mark (`shirushi verify --policy`) and for a list of suppliers (`shirushi check`). Its
schema is closed: a member that is misspelt is refused, never skipped, because a demand that is not read is not made.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from verifier.dates import day_start
from verifier.encoding import canonical, digest
from verifier.errors import MalformedError, MarkError, NewerVersionError, StatementError
from verifier.faults import faults_text
from verifier.policy import AllOf, AtLeast, FreshWithin, HeldBy, Policy, ScopeIn, ValidThrough, WithOt
from verifier.schema import Closed, Many, One
from verifier.scheme.shipped import check_awarded
from verifier.statement.public import ScopeKind
from verifier.statement.recognition import AgreementKind
from verifier.tier import Tier, parse_tier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from verifier.identifier import Identifier

MAX_BYTES = 65_536
HOUR, DAY = 3600, 86_400
LATEST = date(6323, 12, 31)
"""The last day that may be asked for: no date in any format is after it."""


class Requirement(Closed):
    """What is asked. Every member but ``version`` and ``tier`` may be left out."""

    version: One
    name: Annotated[str, Field(max_length=200)] = ""
    tier: Annotated[str, Field(max_length=60)]
    scope: Annotated[Many[ScopeKind], Field(min_length=1, max_length=3)] = ("company", "group")
    covered: bool = True
    ot: Literal["any", "included"] = "any"
    recognition: Annotated[Many[AgreementKind], Field(max_length=3)] = ()
    max_age_hours: Annotated[int, Field(ge=1, le=87_600)] | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    valid_until: Annotated[date, Field(le=LATEST)] | None = None

    @property
    def wanted(self) -> Tier:
        """The lowest tier that is enough."""
        return parse_tier(self.tier)

    @property
    def max_age(self) -> int | None:
        """How old the evidence may be, in seconds; None is any age."""
        return None if self.max_age_hours is None else self.max_age_hours * HOUR

    @property
    def grace(self) -> int:
        """How long after the end of its term a mark still counts, in seconds."""
        return self.grace_days * DAY

    @property
    def sha256(self) -> str:
        """The digest of what is asked: the same for two files that differ in comments or order."""
        return digest(canonical(self.members()))

    def ends_at(self, zone: str) -> int | None:
        """Return the instant up to which a mark has to be valid, the last day included; None is any."""
        return day_start(self.valid_until + timedelta(days=1), zone) if self.valid_until else None

    def policy(self, zone: str, subject: Identifier | None = None) -> Policy:
        """Return the demands as the judge of one mark reads them, asked for an organisation or else for the holder.

        A grace lets a term end that much before ``valid_until``; it makes no mark valid whose term has ended.
        """
        demands: list[Policy] = [AtLeast(self.wanted), ScopeIn(self.scope)]
        through = self.ends_at(zone)
        if subject is not None and not self.covered:
            demands.append(HeldBy(subject))
        if self.ot == "included":
            demands.append(WithOt())
        if self.max_age is not None:
            demands.append(FreshWithin(self.max_age))
        if through is not None:
            demands.append(ValidThrough(through - self.grace))
        return AllOf(tuple(demands))


def parse_requirement(data: bytes) -> Requirement:
    """Return the policy of a file. Raises MalformedError that names every member that is wrong."""
    if len(data) > MAX_BYTES:
        raise MalformedError(f"a policy file has at most {MAX_BYTES} bytes")
    try:
        value: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedError(
            f"the policy file is not TOML: {error}", hint="Save it as UTF-8; texts stand in quotes."
        ) from error
    return _checked(lambda: Requirement.model_validate(value), "file")


def requirement_of(members: Mapping[str, Any]) -> Requirement:
    """Return the policy of a JSON object, with the members of the file. Raises MalformedError as for the file."""
    data = canonical(dict(members))
    return _checked(lambda: Requirement.model_validate_json(data), "policy")


def recorded_requirement(members: Mapping[str, Any]) -> Requirement:
    """Return the policy under which something was answered, maybe long ago: any tier of the right form, awarded or not.

    Raises NewerVersionError for a version or a member that is unknown here, MalformedError or StatementError for what
    is no policy.
    """
    try:
        requirement = Requirement.model_validate_json(canonical(dict(members)))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        told = faults_text(faults[:3], whole="policy")
        if all(one["type"] == "extra_forbidden" or one["loc"] == ("version",) for one in faults):
            raise NewerVersionError(f"the policy has a version or member unknown here: {told}") from error
        raise StatementError(f"the policy is outside its schema: {told}") from error
    parse_tier(requirement.tier)
    return requirement


def _checked(read: Callable[[], Requirement], what: str) -> Requirement:
    try:
        requirement = read()
    except ValidationError as error:
        faults = faults_text(error.errors(include_url=False, include_input=False), whole=what)
        known = ", ".join(Requirement.model_fields)
        raise MalformedError(f"the policy file is wrong: {faults}", hint=f"It may hold: {known}.") from error
    try:
        check_awarded(requirement.wanted)
    except MarkError as error:
        raise MalformedError(f"the policy file is wrong: tier: {error.message}", hint=error.hint) from error
    return requirement
