"""What people sign at the desk: the assessor the attestation, the decider seal, mark and statement, the desk a request.

Nothing here decides or checks: case.py says what may be signed, issue.py checks what was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from issuer.case import Case, Rules
from issuer.identity import Identity, Signers, open_signer
from issuer.issuance import Signed
from issuer.record import Attested, Decision, Reservation
from issuer.wallet import Wish, sign_wished, wish_of
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import CLOCK_SKEW, parse_token, sign_token
from verifier.errors import RefusedError
from verifier.identifier import parse_identifier
from verifier.injected import Entropy
from verifier.mark import TYP as MARK
from verifier.mark import MarkDraft, parse_mark, sign_mark
from verifier.names import expert_uri, mark_uri, org_uri
from verifier.schema import read_model
from verifier.seal import TYP as SEAL
from verifier.seal import SealContent, read_seal, seal_content, sign_seal
from verifier.statement import Anchor, Draft, new_token_id, sign_statement
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.attestation import Confirmed, Evaluated, Period, sign_attestation
from verifier.statement.commitment import Disclosure, commit, salt_from

ASSERTION = "client-assertion+jwt"
ASSERTION_LIFETIME = 300
RESULTS = "results"


def subject_uri(case: Case, identity: Identity) -> str:
    """Return the entity id of the organisation: its first identifier names it."""
    return org_uri(identity.host, parse_identifier(case.holder.identifiers[0]))


def reservation_of(case: Case) -> Reservation:
    """Return what the registry reserved for the case. Raises RefusedError before it did."""
    if case.reservation is None:
        raise RefusedError(f"case {case.id} has no mark id yet", hint=f"shirushi issuer case accept {case.id}")
    return case.reservation


def sign_request(request: dict[str, Any], *, identity: Identity, signers: Signers, at: int, entropy: Entropy) -> str:
    """Return the desk key's assertion for one request to the registry, good once and for five minutes."""
    payload = {
        "iss": identity.uri,
        "sub": identity.uri,
        "aud": identity.authority,
        "jti": b64u(entropy(16)),
        "iat": at,
        "exp": at + ASSERTION_LIFETIME,
        "request": digest(canonical(request)),
    }
    return sign_token(payload, typ=ASSERTION, signer=open_signer(signers, "desk"))


def sign_result(case: Case, *, identity: Identity, signers: Signers, at: int, entropy: Entropy) -> Attested:
    """Return the assessor's attestation that every item of the case is met.

    Raises RefusedError when no time has passed since the assessment began.
    """
    if case.assessing_since is None or case.assessing_since >= at:
        raise RefusedError("the assessment has only just begun", hint="Attest after the evaluation.")
    salt = salt_from(entropy)
    evaluated = Evaluated(
        mark=reservation_of(case).mark,
        sub=subject_uri(case, identity),
        scheme=case.scheme,
        tier=case.level,
        criteria_sha256=case.criteria_sha256,
        scope_sha256=case.scope.digest,
        holder_sha256=case.holder.digest,
        results=results_commitment(case, identity, salt=salt),
        all_met=True,
        evaluated=read_model(Period, {"from": case.assessing_since, "to": at}, what="evaluation"),
        tv=case.technical,
        confirmed=_confirmed(case, identity),
    )
    signer = open_signer(signers, "assessor")
    compact = sign_attestation(evaluated, iss=identity.uri, log=identity.log, iat=at, signer=signer, entropy=entropy)
    return Attested(holder=identity.holder("assessor"), at=at, compact=compact, salt=salt)


def _confirmed(case: Case, identity: Identity) -> Confirmed | None:
    # A holder of this body who confirmed stands behind the assessor's own signature; the log lists experts only.
    if case.confirmation is None or case.confirmation.kind != "listed_expert":
        return None
    return Confirmed(expert=expert_uri(identity.host, case.confirmation.by), date=case.confirmation.at)


def results_commitment(case: Case, identity: Identity, *, salt: str) -> str:
    """Return the commitment to the answers as they stand: they are never shown, but cannot be changed later."""
    opened = Disclosure(salt, RESULTS, case.result.decode())
    return commit(log=identity.log, object=mark_uri(identity.host, reservation_of(case).mark), disclosure=opened)


@dataclass(frozen=True)
class Signable:
    """All that a decider's key is asked to sign for one mark, whether the case is at hand or came in a file."""

    draft: MarkDraft
    criteria_sha256: str
    supersedes: str | None
    attestation: str
    wish: Wish | None = None
    """The credential that is signed in the same act, where one was asked for."""


@dataclass(frozen=True)
class Granted:
    """A case that was granted, with what issuing its mark needs."""

    case: Case
    rules: Rules
    attested: Attested
    decision: Decision
    draft: MarkDraft

    @property
    def signable(self) -> Signable:
        """What is to be signed."""
        return Signable(
            self.draft,
            self.case.criteria_sha256,
            self.decision.supersedes,
            self.attested.compact,
            wish_of(self.case),
        )


def granted(case: Case, rules: Rules, identity: Identity) -> Granted:
    """Return the granted case with the mark that was decided. Raises RefusedError when it is not granted."""
    attested, decision = case.attested, case.decision
    if attested is None or decision is None or decision.nbf is None:
        raise RefusedError(f"case {case.id} is {case.state}, not granted")
    reservation, nbf = reservation_of(case), decision.nbf
    draft = MarkDraft(
        host=identity.host,
        id=reservation.mark,
        iss=identity.uri,
        sub=subject_uri(case, identity),
        nbf=nbf,
        exp=min(rules.mark_end(nbf), decision.ends or rules.mark_end(nbf)),
        status_no=reservation.status_no,
        status_idx=reservation.status_idx,
        number=reservation.number,
        scheme=case.scheme,
        tier=case.level,
        criteria=case.version,
        basis=rules.tier.basis,
        holder=case.holder,
        scope=case.scope,
    )
    return Granted(case, rules, attested, decision, draft)


def sign_issue(
    wanted: Signable,
    anchor: Anchor,
    *,
    identity: Identity,
    signers: Signers,
    at: int,
    entropy: Entropy,
    earlier: Signed | None = None,
) -> Signed:
    """Return what the decider signs; the statement names the attestation as the second person's token.

    ``earlier`` is what was signed before and is in no log: its seal and its mark are kept as far as the rules let them.
    """
    draft = wanted.draft
    signer = open_signer(signers, "decider")
    content = seal_content(draft, key_no=identity.places["decider"].no)
    seal = _kept_seal(earlier, content, kid=signer.kid)
    seal = seal or sign_seal(content, host=draft.host, id=draft.id, signer=signer)
    seal_sha256 = parse_token(seal, SEAL).digest
    mark = _kept_mark(earlier, seal_sha256, at=at)
    mark = mark or sign_mark(draft, iat=at, seal_sha256=seal_sha256, nonce=b64u(entropy(16)), signer=signer)
    public = {
        "scheme": draft.scheme,
        "tier": draft.tier,
        "criteria_sha256": wanted.criteria_sha256,
        "sub": draft.sub,
        "scope_kind": draft.scope.scope_kind,
        "covered": list(draft.scope.covered),
        "nbf": draft.nbf,
        "exp": draft.exp,
        "mark_sha256": parse_token(mark, MARK).digest,
        "seal_sha256": seal_sha256,
        "status": {"list": draft.status_no, "idx": draft.status_idx},
    }
    if wanted.supersedes is not None:
        public["supersedes"] = wanted.supersedes
    statement = sign_statement(
        Draft(identity.log, "mark.issued", mark_uri(draft.host, draft.id), public),
        iss=identity.uri,
        iat=at,
        jti=new_token_id(at, entropy),
        prev=None,
        anchor=anchor,
        signer=signer,
        second=parse_token(wanted.attestation, ATTESTATION).digest,
    )
    return Signed(seal, mark, statement, sign_wished(wanted.wish, mark, signer=signer, entropy=entropy))


def _kept_seal(earlier: Signed | None, content: SealContent, *, kid: str) -> str | None:
    if earlier is None or parse_token(earlier.seal, SEAL).kid != kid or read_seal(earlier.seal).content != content:
        return None
    return earlier.seal


def _kept_mark(earlier: Signed | None, seal_sha256: str, *, at: int) -> str | None:
    # Mark and statement have to be signed together; the seal's digest stands for everything else that a mark says.
    if earlier is None:
        return None
    mark = parse_mark(earlier.mark)
    is_kept = mark.content.seal_sha256 == seal_sha256 and abs(mark.iat - at) <= CLOCK_SKEW
    return earlier.mark if is_kept else None
