"""The closed union of statement types: for each its object, its public schema and who must sign it.

Signing follows the table "Signers" of docs/specification/statement.md. A type may be signed in more than one way; a
second signer is always another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.errors import NewerVersionError
from verifier.statement import public as p
from verifier.statement import recognition as r


class Role(Enum):
    """In what capacity a key signs a statement or its approval."""

    OPERATOR = "operator of the authority"
    DECIDER = "decider of the body"
    ASSESSOR = "assessor of the body"
    BODY_HOLDER = "another holder of the body"
    DIRECTORY = "directory key"
    FOREIGN_OPERATOR = "foreign scheme operator"


class Effect(Enum):
    """What a statement does to rights; decides whether dating applies."""

    GRANT = "grants or keeps a right: must pass dating"
    TAKING_AWAY = "takes away: takes effect by its index and never fails by dating"
    RECORD = "records a fact"


@dataclass(frozen=True)
class Signing:
    """One way to sign a type: the first signer, and the second person where one is needed."""

    first: Role
    second: Role | None = None


@dataclass(frozen=True)
class Kind:
    """What a statement type is about, its schema, its effect and the ways to sign it."""

    name: str
    object_kind: str
    schema: type[p.Public]
    effect: Effect
    signings: tuple[Signing, ...]


_BOTH = (Signing(Role.OPERATOR, Role.OPERATOR),)
_OPERATOR = (Signing(Role.OPERATOR),)
_DIRECTORY = (Signing(Role.DIRECTORY),)
_ISSUE = (Signing(Role.DECIDER, Role.ASSESSOR),)
_TWO_HOLDERS = (Signing(Role.DECIDER, Role.BODY_HOLDER),)
_DECIDER = (Signing(Role.DECIDER),)
_FOREIGN = (Signing(Role.FOREIGN_OPERATOR),)

_G, _T, _R = Effect.GRANT, Effect.TAKING_AWAY, Effect.RECORD

_KINDS = (
    Kind("trust_root.published", "trust", p.TrustRootPublished, _R, _BOTH),
    Kind("scheme.published", "s", p.SchemePublished, _R, _BOTH),
    Kind("body.accredited", "e", p.BodyAccredited, _G, _BOTH),
    Kind("body.amended", "e", p.BodyAmended, _G, _BOTH),
    Kind("body.suspended", "e", p.Reason, _T, _BOTH + _OPERATOR),
    Kind("body.reinstated", "e", p.Empty, _G, _BOTH),
    Kind("body.withdrawn", "e", p.BodyWithdrawn, _T, _BOTH),
    Kind("expert.listed", "x", p.ExpertListed, _G, _BOTH),
    Kind("expert.delisted", "x", p.Reason, _T, _BOTH),
    Kind("key.added", "k", p.KeyAdded, _G, _BOTH),
    Kind("key.retired", "k", p.Empty, _T, _OPERATOR + _DECIDER),
    Kind("key.revoked", "k", p.KeyRevoked, _T, _BOTH),
    Kind("declaration.registered", "o", p.DeclarationRegistered, _G, _DECIDER),
    Kind("declaration.stopped", "o", p.DeclarationStopped, _T, _DECIDER + _BOTH),
    Kind("mark.issued", "m", p.MarkIssued, _G, _ISSUE),
    Kind("mark.corrected", "m", p.MarkCorrected, _G, _ISSUE),
    Kind("mark.suspended", "m", p.MarkSuspended, _T, _DECIDER + _BOTH + _DIRECTORY),
    Kind("mark.reinstated", "m", p.Empty, _G, _TWO_HOLDERS + _BOTH),
    Kind("mark.scope_changed", "m", p.Successor, _G, _ISSUE),
    Kind("mark.superseded", "m", p.Successor, _G, _ISSUE + _BOTH),
    Kind("mark.withdrawn", "m", p.Reason, _T, _TWO_HOLDERS + _BOTH + _DIRECTORY),
    Kind("mark.cancelled", "m", p.Empty, _T, _DECIDER),
    Kind("mark.annulled", "m", p.Reason, _T, _BOTH),
    Kind("annual_report.filed", "m", p.AnnualReportFiled, _R, _OPERATOR + _DECIDER),
    Kind("duty.extended", "m", p.DutyExtended, _G, _BOTH),
    Kind("mapping.published", "p", r.MappingPublished, _R, _BOTH),
    Kind("agreement.proposed", "a", r.AgreementVersion, _R, _FOREIGN),
    Kind("agreement.announced", "a", r.AgreementVersion, _R, _BOTH),
    Kind("agreement.declined", "a", p.Reason, _R, _BOTH),
    Kind("agreement.in_force", "a", r.AgreementInForce, _G, _BOTH),
    Kind("agreement.suspended", "a", r.AgreementStopped, _T, _BOTH),
    Kind("agreement.terminated", "a", r.AgreementStopped, _T, _BOTH),
    Kind("recognition.recorded", "r", r.RecognitionRecorded, _R, _DIRECTORY),
    Kind("recognition.ended", "r", p.Reason, _T, _DIRECTORY),
    Kind("evidence.sealed", "v", p.EvidenceSealed, _R, _DECIDER),
    Kind("notice.published", "n", p.NoticePublished, _R, _OPERATOR),
    Kind("policy.changed", "policy", p.PolicyChanged, _R, _BOTH),
    Kind("disclosure.erased", "o", p.DisclosureErased, _R, _OPERATOR),
    Kind("directory.published", "directory", p.DirectoryPublished, _R, _DIRECTORY),
    Kind("log.key_rotated", "log", p.LogKeyRotated, _R, _BOTH),
    Kind("log.closed", "log", p.LogClosed, _R, _BOTH),
)

KINDS = {kind.name: kind for kind in _KINDS}


def kind_of(type_: str) -> Kind:
    """Return the kind of that name. Raises NewerVersionError for a type unknown to this version."""
    if type_ not in KINDS:
        raise NewerVersionError(f"statement type {type_[:40]!r} is unknown to this version")
    return KINDS[type_]
