"""The question: every input of a decision, each pinned by its digest. Nothing else is read, no clock and no network."""

from __future__ import annotations

from dataclasses import dataclass

from recognition.agreement import Agreement, Listed
from recognition.certificate import Certificate, Scope, Supplement
from recognition.home import HomeCriteria
from recognition.mapping import ControlMapping
from recognition.scheme import ForeignScheme
from verifier.errors import WrongUseError
from verifier.tier import Tier


@dataclass(frozen=True, kw_only=True)
class Question:
    """Does this certificate count as the target tier at ``as_of``, as known at ``known_at``?

    ``recognised_at`` is when the recognition was recorded, None for a new one. ``evaluators`` are the home evaluators
    whose supplements may count. ``scope`` is what the recognition is asked for; None: for what the certificate covers.
    Times are UTC seconds.
    """

    home: HomeCriteria
    agreement: Agreement
    scheme: ForeignScheme
    mappings: tuple[ControlMapping, ...]
    certificate: Certificate
    target: Tier
    as_of: int
    known_at: int
    recognised_at: int | None = None
    supplements: tuple[Supplement, ...] = ()
    evaluators: tuple[Listed, ...] = ()
    scope: Scope | None = None

    def __post_init__(self) -> None:
        """Refuse questions that contradict themselves. Raises WrongUseError."""
        if self.recognised_at is not None and self.recognised_at > self.as_of:
            raise WrongUseError("a recognition cannot have been recorded after the time that is asked about")
        if self.recognised_at is not None and self.recognised_at < self.certificate.issued:
            raise WrongUseError("a recognition cannot have been recorded before its certificate was issued")
        if self.target not in (tier.tier for tier in self.home.tiers):
            known = ", ".join(str(tier.tier) for tier in self.home.tiers)
            raise WrongUseError(f"{self.target} is no tier of these home criteria", hint=f"Its tiers: {known}")
        if self.certificate.scheme != self.scheme.id:
            raise WrongUseError(f"the certificate is of {self.certificate.scheme}, the scheme file of {self.scheme.id}")
