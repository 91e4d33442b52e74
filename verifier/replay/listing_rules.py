"""What may be said about schemes, bodies, keys, experts, declarations, evidence and policy: one function a rule.

Each returns nothing when the rule holds and raises RefusedError, in the words of the rule, when it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.dates import day_start, local_date, term_end
from verifier.errors import NotFoundError, RefusedError
from verifier.keys import import_jwk, thumbprint
from verifier.names import body_uri, key_uri, parse_name
from verifier.replay.records import check_cutoff
from verifier.statement.key_proof import check_key_proof, parse_key_proof

if TYPE_CHECKING:
    from verifier.replay.signers import SignedBy
    from verifier.replay.state import LogState
    from verifier.statement import Statement
    from verifier.statement.public import (
        BodyAccredited,
        DeclarationRegistered,
        DeclarationStopped,
        DisclosureErased,
        ExpertListed,
        KeyAdded,
        KeyRevoked,
        PolicyChanged,
        SchemePublished,
        ScopeRow,
        TierTerms,
    )


def check_scheme(published: SchemePublished) -> None:
    """A version that ends another one's issuance names which, and never itself."""
    if published.replaced_issuable_until is not None and published.replaces is None:
        raise RefusedError("the statement ends issuance without saying under which criteria")
    if published.replaces == published.sha256:
        raise RefusedError("criteria do not replace themselves")


def check_key(state: LogState, statement: Statement, added: KeyAdded, proof: str | None) -> None:
    """A new key proves itself, is P-256, and gets a number that its active body never used."""
    if proof is None:
        raise NotFoundError("adding a key needs the key's own proof")
    if statement.object != key_uri(state.host, added.kid) or thumbprint(added.jwk) != added.kid:
        raise RefusedError("the object is not the key that is added")
    if import_jwk({**added.jwk, "kid": added.kid}).algorithm != "ES256":
        raise RefusedError("keys of bodies are P-256: this registry issues ES256 only")
    check_key_proof(parse_key_proof(proof, log=statement.log), added, at=statement.iat)
    if added.body not in state.bodies or state.bodies[added.body].state != "active":
        raise RefusedError("a key is added for an accredited body")
    if (state.bodies[added.body].role == "foreign_operator") != (added.role == "foreign_operator"):
        raise RefusedError("a foreign operator has keys of a foreign operator, and nobody else has")
    if (added.body, added.no) in state.key_numbers:
        raise RefusedError("the key number was used before", hint="Numbers are never used twice: take the next one.")


def check_revocation(state: LogState, statement: Statement, revoked: KeyRevoked) -> None:
    """A cut-off lies in the past, and below an earlier one."""
    if revoked.cutoff_index > state.size:
        raise RefusedError("a cut-off cannot lie in the future")
    if statement.object in state.heads:
        check_cutoff(state.keys[parse_name(statement.object).value], revoked)


def check_body(state: LogState, statement: Statement, accredited: BodyAccredited) -> None:
    """A body is accredited under its own number, for published criteria."""
    if statement.object != body_uri(state.host, accredited.no):
        raise RefusedError("the object is not the body that is accredited")
    if (accredited.role == "foreign_operator") != bool(accredited.operates):
        raise RefusedError("a foreign operator is listed for foreign schemes, and nobody else is")
    if accredited.operates and accredited.scope:
        raise RefusedError("a foreign operator awards no tiers")
    check_scope(state, accredited.scope, accredited.begins, accredited.ends)


def check_scope(state: LogState, scope: tuple[ScopeRow, ...], begins: int, ends: int) -> None:
    """An accreditation is for a time, and for tiers that published criteria define."""
    if not begins < ends:
        raise RefusedError("the accreditation ends before it begins")
    published = {(one.scheme, one.sha256, terms.level) for one in state.schemes.values() for terms in one.tiers}
    for row in scope:
        if (row.scheme, row.criteria_sha256, row.level) not in published:
            raise RefusedError(f"no published criteria fit the scope row {row.scheme} level {row.level}")


def check_expert(state: LogState, statement: Statement, listed: ExpertListed) -> None:
    """An expert is listed for a time; who is listed again stays in the same register."""
    if not listed.begins < listed.ends:
        raise RefusedError("the listing ends before it begins")
    record = state.experts.get(statement.object)
    if record is not None and record.register != listed.register_code:
        raise RefusedError("the expert's number belongs to another register")


def check_declaration(
    state: LogState, statement: Statement, declared: DeclarationRegistered, first: SignedBy, *, zone: str
) -> None:
    """A registrar that is listed for it takes in an organisation's declaration, for the term of a tier of this kind."""
    if declared.sub != statement.object:
        raise RefusedError("an organisation declares of itself only")
    terms = _tier(state, declared)
    if terms.issuer != "holder" or terms.basis != "self_declared":
        raise RefusedError("this tier is not a holder's own declaration")
    _check_registrar(state, declared, first, at=statement.iat)
    if declared.nbf < day_start(local_date(statement.iat, zone), zone):
        raise RefusedError("the declaration claims to stand from before the day of its registration")
    if not declared.nbf < declared.exp <= term_end(declared.nbf, terms.term_months, zone):
        raise RefusedError(f"the declaration lasts longer than the {terms.term_months} months of its tier")


def check_stopped(state: LogState, statement: Statement, stopped: DeclarationStopped, first: SignedBy) -> None:
    """The registrar that took in the declaration stops it, or the authority does."""
    record = state.organisations.get(statement.object)
    found = record.declaration(stopped.scheme) if record else None
    if found is None:
        raise RefusedError("there is no declaration under this scheme")
    if first.role == "decider" and found.registrar != first.entity:
        raise RefusedError("the declaration was registered by another body")


def check_erased(state: LogState, statement: Statement, erased: DisclosureErased) -> None:
    """A disclosure is erased once."""
    record = state.organisations.get(statement.object)
    if record is not None and erased.commitment in record.erased:
        raise RefusedError("the disclosure was erased before")


def check_evidence(state: LogState, statement: Statement) -> None:
    """One body seals all of a series."""
    record = state.evidence.get(statement.object)
    if statement.iss not in state.bodies:
        raise RefusedError("evidence is sealed by an accredited body")
    if record is not None and record.body != statement.iss:
        raise RefusedError("the series is another body's")


def check_policy(state: LogState, changed: PolicyChanged) -> None:
    """Versions of the policy follow each other."""
    last = state.policy.version if state.policy else 0
    if changed.version != last + 1:
        raise RefusedError(f"the next version of the policy is {last + 1}")


def _tier(state: LogState, declared: DeclarationRegistered) -> TierTerms:
    schemes: list[SchemePublished] = [
        one for one in state.schemes.values() if (one.scheme, one.sha256) == (declared.scheme, declared.criteria_sha256)
    ]
    if not schemes:
        raise RefusedError("the criteria version of the declaration is not a published one")
    for terms in schemes[0].tiers:
        if terms.level == declared.level:
            return terms
    raise RefusedError(f"the scheme does not award level {declared.level}")


def _check_registrar(state: LogState, declared: DeclarationRegistered, first: SignedBy, *, at: int) -> None:
    body = state.bodies.get(first.entity)
    terms = body.active_terms(state.size) if body and body.role == "registrar" else None
    if terms is None or not terms.begins <= at < terms.ends:
        raise RefusedError("no registrar was listed that could register it")
    rows = {(row.scheme, row.level, row.criteria_sha256) for row in terms.scope}
    if (declared.scheme, declared.level, declared.criteria_sha256) not in rows:
        raise RefusedError("the registrar is not listed for this scheme, tier and criteria version")
