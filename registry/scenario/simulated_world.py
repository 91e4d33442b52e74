"""A world to lie in: a simulated registry with criteria, a body with its two persons, and marks.

Forks are copies that go their own way: a world is built once and lied in many times.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from registry.scenario.simulated_log import HOST, ZONE
from registry.scenario.simulator import CRITERIA, DAY, HOLDER, SCHEME, TIERS, VERSION, RegistrySimulator
from verifier.bundle import Bundle
from verifier.dates import day_start, local_date, term_end
from verifier.encoding import b64u, digest
from verifier.envelope import parse_token
from verifier.gather import gather
from verifier.identifier import parse_identifier
from verifier.mark import Holder, MarkDraft, Scope, sign_mark
from verifier.markid import new_mark_id
from verifier.names import log_origin, mark_uri, org_uri, scheme_uri
from verifier.replay.rules import Companions
from verifier.seal import scan_text, seal_content, sign_seal
from verifier.signer import SoftwareSigner
from verifier.statement import Anchor, Draft
from verifier.statement.attestation import Evaluated, Period, TechnicalVerification, sign_attestation
from verifier.trust.root import TrustRoot
from verifier.verdict import Verdict
from verifier.verify import verify_text


@dataclass(frozen=True)
class Issuance:
    """Everything that a decider is about to sign; an attack replaces a part of it."""

    draft: MarkDraft
    evaluated: Evaluated
    iat: int
    key_no: int = 2


class World:
    """A registry with published criteria, an evaluation body and a technical verifier: ready to issue."""

    def __init__(self, seed: str = "world", *, environment: Any = "demonstration") -> None:
        self.sim = RegistrySimulator(seed, environment=environment)
        self.pinned: TrustRoot = self.sim.root
        scheme = {"scheme": SCHEME, "version": VERSION, "sha256": CRITERIA, "tiers": TIERS}
        self.sim.say("scheme.published", scheme_uri(HOST, SCHEME, VERSION), scheme)
        self.body = self.sim.accredit(1001)
        self.tester = self.sim.accredit(2001, role="technical_verification", levels=())
        self.sim.add_key(self.body, "assessor", "h-assessor", no=1)
        self.sim.add_key(self.body, "decider", "h-decider", no=2)
        self.sim.publish()

    def fork(self) -> World:
        """Return a copy that goes its own way from here."""
        other = copy(self)
        other.sim = self.sim.fork()
        other.body, other.tester = (replace(body, keys={**body.keys}) for body in (self.body, self.tester))
        return other

    # --- issuing -----------------------------------------------------------------------------------------------------

    def prepare(
        self, *, tier: int = 3, name: str = "株式会社サンプル精機", identifier: str = HOLDER, idx: int = 7
    ) -> Issuance:
        """Return an issuance that keeps all rules."""
        sim = self.sim
        nbf = day_start(local_date(sim.now, ZONE), ZONE)
        months = next(one["term_months"] for one in TIERS if one["level"] == tier)
        scope = Scope(scope_kind="company", covered=(), scope_summary="全社の IT 基盤", ot="excluded")
        draft = MarkDraft(
            host=HOST,
            id=new_mark_id(sim.entropy),
            iss=self.body.uri,
            sub=org_uri(HOST, parse_identifier(identifier)),
            nbf=nbf,
            exp=term_end(nbf, int(str(months)), ZONE),
            status_no=1,
            status_idx=idx,
            number=f"SCS{tier}-00000{idx}",
            scheme=SCHEME,
            tier=tier,
            criteria=VERSION,
            basis="evaluation",
            holder=Holder(name=name, name_latin="Sample Seiki KK", identifiers=(identifier,)),
            scope=scope,
        )
        tested = TechnicalVerification(body=self.tester.uri, date=sim.now - 5 * DAY)
        evaluated = Evaluated(
            mark=draft.id,
            sub=draft.sub,
            scheme=SCHEME,
            tier=tier,
            criteria_sha256=CRITERIA,
            scope_sha256=scope.digest,
            holder_sha256=draft.holder.digest,
            results=digest(b"results"),
            all_met=True,
            evaluated=Period.model_validate({"from": sim.now - 30 * DAY, "to": sim.now - 3 * DAY}),
            tv=tested if tier == 4 else None,
        )
        return Issuance(draft, evaluated, sim.now)

    def attest(self, prepared: Issuance, *, assessor: SoftwareSigner | None = None, iat: int | None = None) -> str:
        """Return the assessor's attestation of an issuance."""
        return sign_attestation(
            prepared.evaluated,
            iss=prepared.draft.iss,
            log=log_origin(HOST),
            iat=iat or prepared.iat - DAY,
            signer=assessor or self.body.keys["assessor"],
            entropy=self.sim.entropy,
        )

    def issue(
        self,
        issuance: Issuance | None = None,
        *,
        attestation: str | None = None,
        assessor: SoftwareSigner | None = None,
        decider: SoftwareSigner | None = None,
        mark_iat: int | None = None,
        anchor: Anchor | None = None,
        retell: Callable[[dict[str, Any]], dict[str, Any]] = dict,
        judged: bool = True,
        logged: bool = True,
        directory: bool = True,
        **wishes: Any,
    ) -> str:
        """Issue a mark and publish it; returns its id. ``retell`` makes the statement say something else."""
        sim, prepared = self.sim, issuance or self.prepare(**wishes)
        draft, signer = prepared.draft, decider or self.body.keys["decider"]
        attestation = attestation or self.attest(prepared, assessor=assessor)
        seal = sign_seal(seal_content(draft, key_no=prepared.key_no), host=HOST, id=draft.id, signer=signer)
        seal_sha256 = parse_token(seal, "qr-seal+jwt").digest
        nonce = b64u(sim.entropy(16))
        mark = sign_mark(draft, iat=mark_iat or prepared.iat, seal_sha256=seal_sha256, nonce=nonce, signer=signer)
        public = retell(issued_public(draft, mark=mark, seal_sha256=seal_sha256))
        sim.files[f"m/{draft.id}.jwt"] = mark.encode()
        sim.files[f"m/{draft.id}/seal.jwt"] = seal.encode()
        sim.files[f"m/{draft.id}/attestation.jwt"] = attestation.encode()
        if logged:
            statement = sim.signed(
                Draft(log_origin(HOST), "mark.issued", mark_uri(HOST, draft.id), public),
                signer,
                iss=draft.iss,
                second=attestation,
                iat=prepared.iat,
                anchor=anchor,
                typ="evaluation-attestation+jwt",
            )
            index = sim.append(statement, Companions(second=attestation, mark=mark, seal=seal), judged=judged)
            sim.unproven.append((draft.id, index))
        sim.publish()
        if directory:
            sim.publish_directory()
        return draft.id

    # --- what happens to a mark --------------------------------------------------------------------------------------

    def suspend(self, mark_id: str, *, days: int = 90, directory: bool = True) -> int:
        """The body suspends a mark."""
        public = {"reason": "nonconformity", "lift_by": self.sim.now + days * DAY}
        return self.change("mark.suspended", mark_id, public, directory=directory)

    def change(
        self,
        type: str,
        mark_id: str,
        public: dict[str, Any] | None = None,
        *,
        signer: SoftwareSigner | None = None,
        second: SoftwareSigner | None = None,
        approval: str | None = None,
        judged: bool = True,
        directory: bool = True,
    ) -> int:
        """The body says something about a mark, and it is published."""
        draft = Draft(log_origin(HOST), type, mark_uri(HOST, mark_id), public or {})
        decider = signer or self.body.keys["decider"]
        index = self.sim.speak(draft, decider, iss=self.body.uri, second=second, approval=approval, judged=judged)
        self.show(directory=directory)
        return index

    def announce(self, type: str, object: str, public: dict[str, Any] | None = None, **lies: Any) -> int:
        """The authority says something, and it is published with a new directory."""
        index = self.sim.say(type, object, public or {}, **lies)
        self.show()
        return index

    def show(self, *, directory: bool = True) -> None:
        """Publish what was said."""
        self.sim.publish()
        if directory:
            self.sim.publish_directory()

    # --- what a verifier sees ----------------------------------------------------------------------------------------

    def bundle(self, mark_id: str) -> Bundle:
        """Gather the evidence."""
        return gather(self.sim, mark_id)

    def mark(self, mark_id: str) -> str:
        """The mark's token."""
        return self.sim.files[f"m/{mark_id}.jwt"].decode()

    def qr(self, mark_id: str) -> str:
        """The text of the mark's QR."""
        return scan_text(self.sim.files[f"m/{mark_id}/seal.jwt"].decode())

    def verdict(
        self,
        mark_id: str,
        *,
        text: str | None = None,
        bundle: Bundle | None = None,
        now: int | None = None,
        **asked: Any,
    ) -> Verdict:
        """Judge a mark by what the registry publishes, or by another text or bundle."""
        return verify_text(
            self.mark(mark_id) if text is None else text,
            bundle=bundle or self.bundle(mark_id),
            root=self.pinned,
            now=now or self.sim.now,
            **asked,
        )


def issued_public(draft: MarkDraft, *, mark: str, seal_sha256: str) -> dict[str, Any]:
    """Return what mark.issued says about a draft."""
    return {
        "scheme": draft.scheme,
        "tier": draft.tier,
        "criteria_sha256": CRITERIA,
        "sub": draft.sub,
        "scope_kind": draft.scope.scope_kind,
        "covered": list(draft.scope.covered),
        "nbf": draft.nbf,
        "exp": draft.exp,
        "mark_sha256": parse_token(mark, "trust-mark+jwt").digest,
        "seal_sha256": seal_sha256,
        "status": {"list": draft.status_no, "idx": draft.status_idx},
    }


def changed(issuance: Issuance, **members: Any) -> Issuance:
    """Return the issuance with other members in its draft."""
    return replace(issuance, draft=replace(issuance.draft, **members))


def attested(issuance: Issuance, **members: Any) -> Issuance:
    """Return the issuance with other members in its attestation."""
    return replace(issuance, evaluated=issuance.evaluated.model_copy(update=members))
