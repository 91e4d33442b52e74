"""What a statement says, in plain words. Names and reasons are codes and numbers: the log holds nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.dates import utc_text
from verifier.names import parse_name
from verifier.statement import public as p

if TYPE_CHECKING:
    from verifier.statement import Statement

_TITLES = {
    "trust_root.published": "A version of the trust root comes into use",
    "scheme.published": "A version of a scheme's criteria is published",
    "body.accredited": "A body is accredited",
    "body.amended": "A body's accreditation is changed",
    "body.suspended": "A body is suspended",
    "body.reinstated": "A body's suspension is lifted",
    "body.withdrawn": "A body's accreditation ends",
    "key.added": "A key of a body is listed",
    "key.retired": "A key is retired",
    "key.revoked": "A key is revoked",
    "mark.issued": "A mark is issued",
    "mark.corrected": "A typing error in a mark is corrected",
    "mark.suspended": "A mark is suspended",
    "mark.reinstated": "A mark's suspension is lifted",
    "mark.scope_changed": "A mark is replaced by one of another scope",
    "mark.superseded": "A mark is replaced by another one",
    "mark.withdrawn": "A mark is withdrawn",
    "mark.cancelled": "A mark is cancelled by its holder",
    "mark.annulled": "A mark is void from the start",
    "mapping.published": "A version of a mapping between two schemes is published",
    "agreement.proposed": "A foreign operator proposes and signs the terms of an agreement",
    "agreement.announced": "The authority announces the terms of an agreement for comment",
    "agreement.declined": "The authority declines an agreement",
    "agreement.in_force": "An agreement, or a part of it, comes into force",
    "agreement.suspended": "An agreement, or a part of it, is suspended",
    "agreement.terminated": "An agreement, or a part of it, ends",
    "recognition.recorded": "A foreign certificate is recognised as a tier",
    "recognition.ended": "A recognition ends",
    "log.closed": "The log takes no more entries",
    "directory.published": "The directory of all present states is published",
}


def title_of(statement: Statement) -> str:
    """Return what happens, in a few words."""
    return _TITLES.get(statement.type, f"A statement of the type {statement.type}")


def sentences(statement: Statement) -> list[str]:
    """Return what the statement says, a sentence each."""
    said = [f"{title_of(statement)}: {statement.object}.", *_details(statement)]
    said.append(f"Its signer dates it {utc_text(statement.iat)}.")
    if statement.sd:
        said.append(f"It commits to {len(statement.sd)} facts without showing them (some may be padding).")
    return said


def _details(statement: Statement) -> list[str]:
    match statement.public:
        case p.MarkIssued() as issued:
            return _issued(issued)
        case p.BodyAccredited() as body:
            return [
                f"It is body no. {body.no} with the number {body.identifier}, in the role {body.role}.",
                _scope(body.scope, body.begins, body.ends),
            ]
        case p.BodyAmended() as amended:
            return [_scope(amended.scope, amended.begins, amended.ends)]
        case p.KeyAdded() as key:
            return [f"The key is no. {key.no} of {key.body}, held by {key.holder} as {key.role}."]
        case p.KeyRevoked() as revoked:
            reason = f"The reason is {revoked.reason}."
            return [reason, f"What it signed from entry {revoked.cutoff_index} on is void."]
        case p.MarkSuspended() as suspended:
            end = utc_text(suspended.lift_by)
            return [f"The reason is {suspended.reason}. Unless it is lifted before {end}, the mark is withdrawn then."]
        case p.SchemePublished() as scheme:
            levels = ", ".join(str(one.level) for one in scheme.tiers)
            return [f"It is {scheme.scheme} in the version {scheme.version}, with the levels {levels}."]
        case p.TrustRootPublished() as root:
            return [f"It is version {root.version}."]
        case p.DirectoryPublished() as directory:
            return [f"It is over the first {directory.size} entries; its root is {directory.root}."]
        case p.Successor() as successor:
            return [f"Its successor is {successor.successor}."]
        case p.Reason() | p.BodyWithdrawn() as stopped:
            return [f"The reason is {stopped.reason}."]
        case other:
            return [f"{name}: {value}." for name, value in sorted(other.members().items())]


def _issued(issued: p.MarkIssued) -> list[str]:
    said = [
        f"It attests {issued.scheme} level {issued.tier} to {parse_name(issued.sub).value}, scope {issued.scope_kind}.",
        f"It is valid from {utc_text(issued.nbf)} until before {utc_text(issued.exp)}.",
    ]
    if issued.covered:
        said.append(f"It covers {', '.join(issued.covered)}, too.")
    if issued.supersedes:
        said.append(f"It replaces {issued.supersedes}.")
    return said


def _scope(rows: tuple[p.ScopeRow, ...], begins: int, ends: int) -> str:
    listed = ", ".join(f"{row.scheme} level {row.level}" for row in rows) or "no tier"
    return f"It may act for {listed}, from {utc_text(begins)} until before {utc_text(ends)}."
