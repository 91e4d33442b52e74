"""The reverse direction: which foreign level a mark of ours is worth by the partner's own rules.

The partner decides, not we: ``reverse.toml`` in an agreement's folder is what it signed. A mark that was itself
recognised is never exported, and what crosses the border passes the agreement's disclosure register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from recognition.disclosure import disclose
from verifier.errors import NotFoundError, RefusedError
from verifier.schema import Closed, Digest, Label, Level, Many
from verifier.scheme.rule import SchemeId, SchemeVersion, Text

if TYPE_CHECKING:
    from recognition.disclosure import Crossing, Disclosed
    from recognition.treaty import Treaty
    from verifier.verdict import Shown, Verdict

FILE = "reverse.toml"
ScopeKind = Literal["group", "company", "unit"]


class Worth(Closed):
    """A home tier, and the foreign level that it counts as over there; ``only`` are the kinds of scope that do."""

    tier: Level
    level: Label
    only: Annotated[Many[ScopeKind], Field(min_length=1)] = ("group", "company", "unit")


class Reverse(Closed):
    """The document ``reverse.toml``: the partner's rule for marks of ours, pinned to its versions and to ours."""

    partner: Label
    foreign_scheme: SchemeId
    foreign_version: SchemeVersion
    home_scheme: SchemeId
    home_criteria: Annotated[Many[SchemeVersion], Field(min_length=1)]
    rule: Text
    rule_sha256: Digest
    not_after: date
    worth: Annotated[Many[Worth], Field(min_length=1)]


@dataclass(frozen=True)
class ExportPack:
    """What may be handed to the partner: the claim, what became of each field, and the record of the disclosure."""

    claim: dict[str, Any]
    disclosed: Disclosed

    def members(self) -> dict[str, Any]:
        """Return the JSON object of the pack."""
        return {"export": "shirushi-mark-abroad", "claim": self.claim, "mark": self.disclosed.members}


def worth_of(reverse: Reverse, shown: Shown, *, day: date) -> Worth:
    """Return what a mark counts as over there. Raises NotFoundError when the rule gives it nothing that day."""
    if day >= reverse.not_after:
        raise NotFoundError(f"the partner's rule ended on {reverse.not_after}")
    if shown.scheme != reverse.home_scheme or shown.criteria not in reverse.home_criteria:
        raise NotFoundError(f"the partner's rule is not about {shown.scheme} {shown.criteria}")
    found = [one for one in reverse.worth if one.tier <= shown.tier and shown.scope_kind in one.only]
    if not found:
        raise NotFoundError(f"the partner's rule gives tier {shown.tier} of this scope no level")
    return max(found, key=lambda one: one.tier)


def export_mark(verdict: Verdict, treaty: Treaty, crossing: Crossing, *, secret: bytes) -> ExportPack:
    """Return the pack for one mark.

    Raises RefusedError for a mark that is not valid, and as ``worth_of`` and ``disclose`` do.
    """
    shown = verdict.mark
    if verdict.exit_code != 0 or shown is None:
        raise RefusedError(f"only a valid mark is exported; this one is {verdict.headline.value}")
    if shown.basis not in (None, "evaluation"):
        raise RefusedError("only a mark that was issued on an evaluation is exported: recognition has depth one")
    if treaty.reverse is None:
        raise NotFoundError(f"{treaty.terms.id} has no {FILE}: the partner signed no rule for marks of ours")
    found = worth_of(treaty.reverse, shown, day=crossing.day)
    disclosed = disclose(fields_of(shown), treaty.disclosure, crossing, secret=secret)
    claim = {
        "agreement": treaty.terms.id,
        "foreign_scheme": treaty.reverse.foreign_scheme,
        "foreign_version": treaty.reverse.foreign_version,
        "level": found.level,
        "rule_sha256": treaty.reverse.rule_sha256,
        "as_of": verdict.as_of,
    }
    return ExportPack(claim, disclosed)


def fields_of(shown: Shown) -> dict[str, Any]:
    """Return the fields of a mark under the names that disclosure registers use."""
    return {
        "mark": shown.id,
        "identifier": [*shown.identifiers],
        "name": shown.holder,
        "name-latin": shown.holder_latin,
        "scheme": shown.scheme,
        "tier": shown.tier,
        "criteria": shown.criteria,
        "issuer": shown.issuer,
        "issued": shown.nbf,
        "expires": shown.exp,
        "scope-kind": shown.scope_kind,
        "scope-summary": shown.scope_summary,
        "covered": [*shown.covered],
        "domains": [*shown.domains],
        "ot": shown.ot,
    }
