"""What authenticating a certificate ends with: the certificate with a record of how, or why it could not be confirmed.

There is no third end. Evidence that is bad raises (``verifier.errors.EvidenceError``); evidence that could not be got,
or that does not say what was asked, is undecided. Nothing here ever calls a certificate invalid: a state that the
scheme itself gives, such as "withdrawn", is a fact of an authenticated certificate, and the decision judges it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Field

from recognition.certificate import Certificate
from verifier.schema import Closed, Code, Digest, Instant, Label, Many
from verifier.scheme.rule import SchemeId

Method = Literal["signed_token", "sd_jwt_vc", "registry_lookup", "published_list", "holder_proof", "manual_evidence"]
RestsOn = Literal["signature", "channel", "two_operators"]
Assurance = Literal["high", "substantial", "low"]
Result = Literal["passed", "failed", "not_made"]


class Check(Closed):
    """One thing that was looked at, and what came of it."""

    name: Code
    result: Result


class Authentication(Closed):
    """How a certificate was authenticated, or why it was not. Times are UTC seconds.

    ``inputs`` pins by digest everything that was read. ``at`` is when it was checked, ``said_at`` when the foreign side
    said it, ``fresh_until`` when it stops counting. ``reason`` is set exactly when the outcome is undecided.
    """

    method: Method
    outcome: Literal["authenticated", "undecided"]
    reason: Code | None = None
    scheme: SchemeId
    issuer: Label | None = None
    rests_on: RestsOn
    assurance: Assurance | None = None
    checks: Many[Check]
    inputs: dict[Code, Digest]
    certificate_sha256: Digest | None = None
    at: Instant
    said_at: Instant | None = None
    fresh_until: Instant | None = None
    warnings: Many[Code] = ()


class Claimed(Closed):
    """What somebody says about a certificate whose registry or list is asked: enough to notice another's answer."""

    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9 ._/:-]{0,62}[A-Za-z0-9])?$")]
    holder: Label
    level: Label | None = None
    version: str | None = None

    def contradictions(self, certificate: Certificate) -> tuple[str, ...]:
        """Return the names of the members in which the certificate says something else."""
        return tuple(
            name
            for name in ("holder", "level", "version")
            if getattr(self, name) is not None and getattr(self, name) != getattr(certificate, name)
        )


@dataclass(frozen=True)
class Authenticated:
    """A certificate whose ``evidence`` is "authenticated", and the record of how."""

    certificate: Certificate
    record: Authentication


@dataclass(frozen=True)
class Undecided:
    """The certificate could not be confirmed. It is neither valid nor invalid by this."""

    record: Authentication


@dataclass(frozen=True)
class Trail:
    """What is noted while a certificate is being authenticated; it ends as an ``Authentication``."""

    method: Method
    scheme: str
    rests_on: RestsOn
    at: int
    inputs: dict[str, str]
    checks: tuple[Check, ...] = ()
    warnings: tuple[str, ...] = ()

    def passed(self, *names: str) -> Self:
        """Return the trail with checks that passed."""
        return self._noted("passed", names)

    def failed(self, *names: str) -> Self:
        """Return the trail with checks that failed."""
        return self._noted("failed", names)

    def not_made(self, *names: str) -> Self:
        """Return the trail with checks that could not be made."""
        return self._noted("not_made", names)

    def warned(self, *codes: str) -> Self:
        """Return the trail with warnings."""
        return replace(self, warnings=(*self.warnings, *(code for code in codes if code not in self.warnings)))

    def read(self, name: str, digest: str) -> Self:
        """Return the trail with one more thing that was read."""
        return replace(self, inputs={**self.inputs, name: digest})

    def authenticated(
        self, certificate: Certificate, *, assurance: Assurance, said_at: int, fresh_until: int
    ) -> Authenticated:
        """Return the happy end."""
        record = Authentication(
            method=self.method,
            outcome="authenticated",
            scheme=self.scheme,
            issuer=certificate.issuer,
            rests_on=self.rests_on,
            assurance=assurance,
            checks=self.checks,
            inputs=self.inputs,
            certificate_sha256=certificate.digest,
            at=self.at,
            said_at=said_at,
            fresh_until=fresh_until,
            warnings=self.warnings,
        )
        return Authenticated(certificate, record)

    def undecided(self, reason: str, *, said_at: int | None = None, fresh_until: int | None = None) -> Undecided:
        """Return the end of what could not be confirmed."""
        record = Authentication(
            method=self.method,
            outcome="undecided",
            reason=reason,
            scheme=self.scheme,
            rests_on=self.rests_on,
            checks=self.checks,
            inputs=self.inputs,
            at=self.at,
            said_at=said_at,
            fresh_until=fresh_until,
            warnings=self.warnings,
        )
        return Undecided(record)

    def _noted(self, result: Result, names: tuple[str, ...]) -> Self:
        return replace(self, checks=(*self.checks, *(Check(name=name, result=result) for name in names)))
