"""An undertaking: one self-assessment for one level, with the organisation and the scope that it is about. Pure.

``profile`` may be empty as long as nobody filled it in; what is in it has the forms that a mark has (issuer/intake.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from issuer.record import Exclusion
from verifier.mark import Holder, Scope
from verifier.schema import Closed, Many

if TYPE_CHECKING:
    from verifier.scheme.pack import SchemePack

Line = Annotated[str, StringConstraints(max_length=200)]


class ExpertNote(Closed):
    """The security expert who advises and is to confirm: a name, the number in the register of experts, own notes."""

    name: Line
    number: Line = ""
    advice: Annotated[str, Field(max_length=2000)] = ""


class Profile(Closed):
    """Organisation, scope, what the scope leaves out, and the expert; None for what nobody filled in yet."""

    holder: Holder | None = None
    scope: Scope | None = None
    exclusions: Many[Exclusion] = ()
    expert: ExpertNote | None = None


@dataclass(frozen=True)
class Undertaking:
    """A self-assessment that was begun."""

    id: int
    pack: SchemePack
    level: int
    began_at: int
    by: str
    profile: Profile

    @property
    def has_scope(self) -> bool:
        """Say whether it is said who applies and for what."""
        return self.profile.holder is not None and self.profile.scope is not None

    @property
    def wants_expert(self) -> bool:
        """Say whether the level asks for a security expert's confirmation."""
        return any(part.deed == "confirms" for part in self.pack.issuable_tier(self.level).parts)

    def members(self) -> dict[str, Any]:
        """Return what is applied for, as JSON."""
        profile = self.profile
        return {
            "scheme": self.pack.scheme,
            "version": self.pack.version,
            "level": self.level,
            "criteria_sha256": self.pack.digest,
            "holder": profile.holder.members() if profile.holder else None,
            "scope": profile.scope.members() if profile.scope else None,
            "exclusions": [one.members() for one in profile.exclusions],
        }
