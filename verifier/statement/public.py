"""What each type of statement says in public: one closed schema per type.

Corporate identifiers stand in clear. Names, persons, findings, scores and free text never do: they are commitments in
``sd`` (see commitment.py). Reasons are codes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from verifier.schema import (
    Closed,
    Code,
    Count,
    Digest,
    Index,
    Instant,
    Label,
    Level,
    Many,
    Uri,
    checked_mark_id,
)
from verifier.statement.recognition import (
    AgreementInForce,
    AgreementStopped,
    AgreementVersion,
    MappingPublished,
    RecognitionRecorded,
)

BodyRole = Literal["evaluation", "technical_verification", "training", "registrar", "foreign_operator"]
KeyRole = Literal["assessor", "decider", "desk", "foreign_operator"]
ScopeKind = Literal["group", "company", "unit"]
MarkId = Annotated[str, AfterValidator(checked_mark_id)]


class Empty(Closed):
    """The type and the object say everything."""


class Reason(Closed):
    """A reason as a code of the scheme's rules."""

    reason: Code


class TrustRootPublished(Closed):
    """A version of the trust root comes into use; ``sha256`` is over its signed bytes, not over the signatures."""

    version: Count
    sha256: Digest


class ReportTerms(Closed):
    """A holder reports every so many months; a report is overdue after the grace, and the clock suspends the mark."""

    every_months: Annotated[int, Field(ge=1, le=60)]
    grace_days: Annotated[int, Field(ge=0, le=366)]


class TierTerms(Closed):
    """How long a mark of one level lasts, its basis, who issues it, and what else it needs.

    ``expert_confirmation`` says that a listed expert confirms the answers; where a registrar issues, one always does.
    """

    level: Level
    basis: Literal["evaluation", "self_declared"]
    issuer: Literal["body", "registrar", "holder"]
    term_months: Annotated[int, Field(ge=1, le=120)]
    technical_verification: bool
    expert_confirmation: bool | None = None
    report: ReportTerms | None = None


class SchemePublished(Closed):
    """One version of a scheme's criteria, pinned by the digest of its pack.

    ``replaces`` is the digest of the version before; from ``replaced_issuable_until`` on no mark is issued under it.
    """

    scheme: Label
    version: Label
    sha256: Digest
    tiers: Many[TierTerms]
    replaces: Digest | None = None
    replaced_issuable_until: Instant | None = None


class ScopeRow(Closed):
    """One thing a body is accredited for."""

    scheme: Label
    level: Level
    criteria_sha256: Digest


class BodyAccredited(Closed):
    """A body may act in a role, for these rows, for evaluations and decisions dated in [from, until).

    A foreign operator has no rows: ``operates`` names the foreign schemes that it speaks for.
    """

    no: Count
    role: BodyRole
    identifier: Label
    scope: Many[ScopeRow]
    operates: Many[Label] | None = None
    begins: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")


class BodyAmended(Closed):
    """The accreditation's rows and window are replaced."""

    scope: Many[ScopeRow]
    begins: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")


class BodyWithdrawn(Closed):
    """The accreditation ends; a lapse leaves marks alone, a cause opens their review."""

    reason: Literal["lapse", "request", "cause"]


class ExpertListed(Closed):
    """A security expert, by register number and nameless, may confirm self-assessments in [from, until)."""

    register_code: Code = Field(alias="register")
    begins: Instant = Field(alias="from")
    ends: Instant = Field(alias="until")


class KeyAdded(Closed):
    """A key enters once, for one body and one role. ``holder`` is a lasting pseudonym of one person."""

    jwk: dict[str, str]
    kid: Digest
    body: Uri
    role: KeyRole
    holder: Label
    no: Count
    proof: Digest


class KeyRevoked(Closed):
    """Entries by this key with an index at or above ``cutoff_index`` are void."""

    reason: Literal["compromised", "superseded", "unspecified"]
    cutoff_index: Index


class DeclarationRegistered(Closed):
    """A holder's own declaration (★1, ★2), never a certification. It replaces its earlier one under the scheme."""

    scheme: Label
    level: Level
    criteria_sha256: Digest
    sub: Uri
    nbf: Instant
    exp: Instant


class DeclarationStopped(Closed):
    """The organisation's declaration under this scheme stands no more."""

    scheme: Label
    reason: Code


class StatusPlace(Closed):
    """A mark's place in the status lists, reserved with its id."""

    list: Count
    idx: Index


class MarkIssued(Closed):
    """A mark comes into being; the digests are over the signing inputs of the mark and of its QR seal."""

    scheme: Label
    tier: Level
    criteria_sha256: Digest
    sub: Uri
    scope_kind: ScopeKind
    covered: Many[Label]
    nbf: Instant
    exp: Instant
    mark_sha256: Digest
    seal_sha256: Digest
    status: StatusPlace
    supersedes: MarkId | None = None


class MarkCorrected(Closed):
    """A typing error in a name or a domain is corrected: same meaning, new bytes of the mark and of its QR seal."""

    mark_sha256: Digest
    seal_sha256: Digest


class MarkSuspended(Closed):
    """The mark is temporarily invalid; it withdraws itself at ``lift_by``."""

    reason: Code
    lift_by: Instant


class Successor(Closed):
    """The mark is replaced by another."""

    successor: MarkId


class AnnualReportFiled(Closed):
    """The yearly self-assessment that falls due on that day was filed."""

    due: Instant


class DutyExtended(Closed):
    """A holder's duty falls due later."""

    duty: Code
    until: Instant


class EvidenceSealed(Closed):
    """A salted manifest of files existed before this entry."""

    manifest_sha256: Digest
    kind: Literal["plan", "results", "correction"]


class NoticePublished(Closed):
    """A notice to the public, pinned by digest."""

    kind: Code
    sha256: Digest


class PolicyChanged(Closed):
    """The operator's published policy, pinned by digest."""

    version: Count
    sha256: Digest


class DisclosureErased(Closed):
    """The disclosure behind a commitment was erased."""

    commitment: Digest


class PublishedFile(Closed):
    """A file of the read plane and the SHA-256 of its bytes (of a token: of its signing input)."""

    uri: Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9._/-]{0,99}$")]
    sha256: Digest


class DirectoryPublished(Closed):
    """The directory over the first ``size`` entries: a pure function of them."""

    size: Count
    bits: Annotated[int, Field(ge=0, le=24)]
    root: Digest
    files: Many[PublishedFile]


class LogKeyRotated(Closed):
    """The log signs with this verifier key from here on."""

    vkey: Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]


class LogClosed(Closed):
    """This log takes no more entries; its record goes on under another origin."""

    successor: Annotated[str, Field(pattern=r"^[!-~]{1,120}$")]


Public = (
    Empty
    | Reason
    | TrustRootPublished
    | SchemePublished
    | BodyAccredited
    | BodyAmended
    | BodyWithdrawn
    | ExpertListed
    | KeyAdded
    | KeyRevoked
    | DeclarationRegistered
    | DeclarationStopped
    | MarkIssued
    | MarkCorrected
    | MarkSuspended
    | Successor
    | AnnualReportFiled
    | DutyExtended
    | MappingPublished
    | AgreementVersion
    | AgreementInForce
    | AgreementStopped
    | RecognitionRecorded
    | EvidenceSealed
    | NoticePublished
    | PolicyChanged
    | DisclosureErased
    | DirectoryPublished
    | LogKeyRotated
    | LogClosed
)
