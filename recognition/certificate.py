"""The facts of a foreign certificate, and of a supplement: a home evaluation of what the certificate leaves open."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from recognition.agreement import ScopeKind
from recognition.timeline import Moment
from verifier.encoding import canonical, digest
from verifier.schema import Closed, Digest, Label, Many
from verifier.scheme.assurance import Assurance
from verifier.scheme.rule import SchemeId, SchemeVersion


class Dated(Closed):
    """Something that holds in [issued, expires)."""

    issued: Moment
    expires: Moment

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires <= self.issued:
            raise ValueError("it expires before it begins")
        return self

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of the canonical form."""
        return digest(canonical(self.members()))


class Scope(Closed):
    """What was assessed, as sets of names: legal entities, sites and systems. What is not named is not included."""

    entities: Many[Label] = ()
    sites: Many[Label] = ()
    systems: Many[Label] = ()

    def missing_from(self, assessed: Scope) -> tuple[str, ...]:
        """Return what of this scope the assessed one does not include, as ``kind:name``, in order."""
        return tuple(
            f"{kind}:{name}"
            for kind in ("entities", "sites", "systems")
            for name in sorted(set(getattr(self, kind)) - set(getattr(assessed, kind)))
        )


class Certificate(Dated):
    """What a foreign certificate says. ``evidence`` is "stated" while nobody has authenticated it.

    ``status`` is the scheme's own word for its present state, None when it could not be found out.
    ``excluded_controls`` are those its holder has declared not applicable; they count as not held. ``scope`` is None
    where the certificate does not name entities, sites and systems. ``conditions_met`` are those of qualified rows.
    """

    scheme: SchemeId
    version: SchemeVersion
    level: Label
    basis: Literal["evaluation", "self_declared", "recognition"]
    evidence: Literal["authenticated", "stated"]
    issuer: Label
    holder: Label | None = None
    scope_kind: ScopeKind
    scope_tags: Many[Label] = ()
    status: str | None = None
    documents: Many[Label] = ()
    excluded_controls: Many[Label] = ()
    scope: Scope | None = None
    conditions_met: Many[Label] = ()


class Supplement(Dated):
    """An evaluation of single home criteria by a home evaluator, at a stated assurance, for one holder."""

    holder: Label
    evaluator: Label
    criteria_sha256: Digest
    criteria: Many[Label]
    assurance: Assurance
    work_order_sha256: Digest | None = None
    """The work order that it closes; one that names none may close any."""
