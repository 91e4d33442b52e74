"""The examination: what is presented, the evidence at hand, and the checks made so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from verifier.bundle import Bundle
from verifier.errors import EvidenceError, MarkError, UnavailableError
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tlog_policy import Policy
from verifier.mark import Mark
from verifier.replay.listed_records import ExpertRecord
from verifier.replay.records import BodyRecord, Entry, KeyRecord, MarkRecord
from verifier.replay.signers import SignedBy
from verifier.seal import ScannedSeal
from verifier.statement.attestation import Attestation
from verifier.statement.public import SchemePublished
from verifier.trust.root import TrustRoot
from verifier.trust.trustlist import TrustList
from verifier.verdict import Check, CheckName, Headline, Result

Value = TypeVar("Value")


@dataclass(frozen=True)
class Presented:
    """What somebody shows: a mark's token, or the text of its QR. The id is the shown one."""

    id: str
    host: str
    mark: Mark | None = None
    seal: ScannedSeal | None = None


@dataclass
class Examination:
    """The working state of one verdict. Fields after ``as_of`` start empty and are filled by checks that passed."""

    presented: Presented
    bundle: Bundle
    pinned: TrustRoot
    now: int
    as_of: int
    own_policy: Policy | None = None
    root: TrustRoot = field(init=False)
    checks: list[Check] = field(default_factory=list)
    headlines: set[Headline] = field(default_factory=set)
    latest: SignedCheckpoint | None = None
    known_at: int | None = None
    opened: dict[bytes, SignedCheckpoint] = field(default_factory=dict)
    chains: dict[str, list[Entry]] = field(default_factory=dict)
    included: set[tuple[int, bytes]] = field(default_factory=set)
    heads: dict[str, int] = field(default_factory=dict)
    faults: dict[str, MarkError] = field(default_factory=dict)
    keys: dict[str, KeyRecord] = field(default_factory=dict)
    bodies: dict[str, BodyRecord] = field(default_factory=dict)
    schemes: dict[str, SchemePublished] = field(default_factory=dict)
    experts: dict[str, ExpertRecord] = field(default_factory=dict)
    marks: dict[str, MarkRecord] = field(default_factory=dict)
    corrections: dict[str, list[Entry]] = field(default_factory=dict)
    is_outdated: bool = False
    issuers: dict[str, tuple[Entry, SignedBy, SignedBy]] = field(default_factory=dict)
    signers: dict[str, list[tuple[Entry, SignedBy]]] = field(default_factory=dict)
    seconds: dict[str, str] = field(default_factory=dict)
    used_seconds: set[str] = field(default_factory=set)
    mark: Mark | None = None
    issuance: Entry | None = None
    attestation: Attestation | None = None
    trust_list: TrustList | None = None
    directory_time: int | None = None

    def __post_init__(self) -> None:
        """Start from the pinned root."""
        self.root = self.pinned

    def body_key(self, kid: str) -> KeyRecord | None:
        """Return the record of a body's key, out of the bundle's entries."""
        return self.keys.get(kid)

    def is_logged(self, entry: Entry) -> bool:
        """Say whether the entry is proven to stand at its index."""
        return (entry.index, entry.leaf) in self.included

    def passed(self, name: CheckName, *, as_of: int | None = None) -> None:
        """Note a check that passed."""
        self.checks.append(Check(name, Result.PASSED, as_of=as_of))

    def failed(self, name: CheckName, reason: str, detail: str = "", *, headline: Headline | None = None) -> None:
        """Note a check that failed, with the headline that it calls for."""
        self.checks.append(Check(name, Result.FAILED, reason, detail))
        self.headlines.add(headline or Headline.NOT_CONFIRMED)

    def unknown(self, name: CheckName, reason: str, detail: str = "") -> None:
        """Note a check that could not be made."""
        self.checks.append(Check(name, Result.UNKNOWN, reason, detail))
        self.headlines.add(Headline.NOT_CONFIRMED)

    def made(
        self, name: CheckName, check: Callable[[], Value], *, reason: str, headline: Headline | None = None
    ) -> Value | None:
        """Make a check: return its value and note it as passed, or note how it failed and return None."""
        try:
            value = check()
        except MarkError as error:
            self.note(name, error, reason=reason, headline=headline)
            return None
        self.passed(name)
        return value

    def note(self, name: CheckName, error: MarkError, *, reason: str, headline: Headline | None = None) -> None:
        """Note an error as a failed check, or as one that could not be made."""
        if isinstance(error, UnavailableError):
            self.unknown(name, error.code, error.message)
        elif isinstance(error, EvidenceError):
            self.failed(name, reason, error.message, headline=headline)
        else:
            raise error

    def result(self, name: CheckName) -> Result | None:
        """Return how a check ended, None when it was not made."""
        return next((check.result for check in self.checks if check.name is name), None)
