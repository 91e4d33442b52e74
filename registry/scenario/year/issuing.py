"""A body issues a mark, or corrects one: reserved, attested by one person, sealed and decided by another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from registry.admission.reserve import TYP as ASSERTION
from registry.scenario import cast
from registry.scenario.year.people import HeldMark
from registry.scenario.year.voices import Beside
from verifier.dates import day_start, local_date, term_end
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import DAY, parse_token, sign_token
from verifier.identifier import parse_identifier
from verifier.mark import TYP as MARK
from verifier.mark import MarkDraft, Scope, sign_mark
from verifier.names import mark_uri, org_uri
from verifier.replay.companions import Companions
from verifier.schema import read_model
from verifier.seal import TYP as SEAL
from verifier.seal import seal_content, sign_seal
from verifier.statement.attestation import TYP as ATTESTATION
from verifier.statement.attestation import (
    Confirmed,
    Evaluated,
    Period,
    TechnicalVerification,
    sign_attestation,
)

if TYPE_CHECKING:
    from registry.rows.queries import Reserved
    from registry.scenario.year.people import Body, Offer, Supplier
    from registry.scenario.year.voices import Voices
    from verifier.statement.public import ScopeKind

EVALUATED_FOR, TESTED_BEFORE, CONFIRMED_BEFORE = 27 * DAY, 5 * DAY, 4 * DAY
ASSERTED_FOR = 300


@dataclass(frozen=True)
class Wanted:
    """A mark to be issued. ``months`` is its term, ``old`` the mark whose place it takes."""

    supplier: Supplier
    offer: Offer
    months: int
    old: HeldMark | None = None
    summary: str = "全社の IT 基盤 / Company-wide IT base"
    covered: tuple[str, ...] = ()
    scope_kind: ScopeKind = "company"
    ot: Literal["excluded", "included"] = "excluded"


@dataclass(frozen=True)
class Helpers:
    """Who stands behind an attestation beside the body: its technical verifier, and the expert who confirms answers."""

    tester: str
    expert: str


class Issuing:
    """Issues marks in one registry."""

    def __init__(self, voices: Voices, helpers: Helpers) -> None:
        self._voices = voices
        self._helpers = helpers

    def issue(self, body: Body, wanted: Wanted, *, begins: int | None = None, ends: int | None = None) -> HeldMark:
        """Issue a mark that begins today, or at ``begins``, and lasts its term, or until ``ends``."""
        now, entropy, offer = self._voices.now, self._voices.entropy, wanted.offer
        nbf = begins or day_start(local_date(now, cast.ZONE), cast.ZONE)
        exp = ends or term_end(nbf, wanted.months, cast.ZONE)
        draft = self._draft(body, wanted, self._reserve(body, offer), nbf=nbf, exp=exp)
        attestation = sign_attestation(
            self._evaluated(draft, offer),
            iss=body.uri,
            log=self._voices.log,
            iat=now,
            signer=body.keys["assessor"],
            entropy=entropy,
        )
        mark, seal = self._sign(body, draft)
        tokens = Companions(second=attestation, mark=mark, seal=seal)
        public = _issued(draft, offer, tokens) | ({"supersedes": wanted.old.id} if wanted.old else {})
        uri = mark_uri(self._voices.host, draft.id)
        self._voices.say(
            "mark.issued", uri, public, by=self._voices.body(body), beside=Beside(tokens, second_typ=ATTESTATION)
        )
        held = HeldMark(body, offer, draft, wanted.supplier, now)
        body.marks.append(held)
        if wanted.old is not None:
            wanted.old.successor = held
        return held

    def correct(self, held: HeldMark, name: str) -> None:
        """Correct a typing error in the holder's name."""
        holder = held.draft.holder.model_copy(update={"name": name})
        held.draft = replace(held.draft, holder=holder)
        mark, seal = self._sign(held.body, held.draft)
        public = {"mark_sha256": parse_token(mark, MARK).digest, "seal_sha256": parse_token(seal, SEAL).digest}
        self._voices.say(
            "mark.corrected",
            held.uri,
            public,
            by=self._voices.body(held.body, two=True),
            beside=Beside(Companions(mark=mark, seal=seal)),
        )

    def _reserve(self, body: Body, offer: Offer) -> Reserved:
        wish: dict[str, Any] = {"scheme": offer.scheme, "level": offer.tier}
        now, entropy = self._voices.now, self._voices.entropy
        claims = {
            "iss": body.uri,
            "sub": body.uri,
            "aud": self._voices.authority_uri,
            "jti": b64u(entropy(16)),
            "iat": now,
            "exp": now + ASSERTED_FOR,
            "request": digest(canonical(wish)),
        }
        assertion = sign_token(claims, typ=ASSERTION, signer=body.keys["desk"])
        return self._voices.reserve(wish, assertion)

    def _sign(self, body: Body, draft: MarkDraft) -> tuple[str, str]:
        decider = body.keys["decider"]
        content = seal_content(draft, key_no=body.places["decider"].no)
        seal = sign_seal(content, host=self._voices.host, id=draft.id, signer=decider)
        sealed, nonce = parse_token(seal, SEAL).digest, b64u(self._voices.entropy(16))
        return sign_mark(draft, iat=self._voices.now, seal_sha256=sealed, nonce=nonce, signer=decider), seal

    def _draft(self, body: Body, wanted: Wanted, reserved: Reserved, *, nbf: int, exp: int) -> MarkDraft:
        offer = wanted.offer
        return MarkDraft(
            host=self._voices.host,
            id=reserved.mark,
            iss=body.uri,
            sub=org_uri(self._voices.host, parse_identifier(wanted.supplier.identifier)),
            nbf=nbf,
            exp=exp,
            status_no=reserved.status_list,
            status_idx=reserved.status_idx,
            number=reserved.number,
            scheme=offer.scheme,
            tier=offer.tier,
            criteria=offer.version,
            basis="evaluation",
            holder=wanted.supplier.holder,
            scope=Scope(
                scope_kind=wanted.scope_kind, covered=wanted.covered, scope_summary=wanted.summary, ot=wanted.ot
            ),
        )

    def _evaluated(self, draft: MarkDraft, offer: Offer) -> Evaluated:
        now, helpers = self._voices.now, self._helpers
        tested = TechnicalVerification(body=helpers.tester, date=now - TESTED_BEFORE)
        confirmed = Confirmed(expert=helpers.expert, date=now - CONFIRMED_BEFORE)
        return Evaluated(
            mark=draft.id,
            sub=draft.sub,
            scheme=draft.scheme,
            tier=draft.tier,
            criteria_sha256=offer.criteria,
            scope_sha256=draft.scope.digest,
            holder_sha256=draft.holder.digest,
            results=b64u(self._voices.entropy(32)),
            all_met=True,
            evaluated=read_model(Period, {"from": now - EVALUATED_FOR, "to": now}, what="evaluation"),
            tv=tested if offer.is_tested else None,
            confirmed=None if offer.is_tested else confirmed,
        )


def _issued(draft: MarkDraft, offer: Offer, tokens: Companions) -> dict[str, Any]:
    return {
        "scheme": draft.scheme,
        "tier": draft.tier,
        "criteria_sha256": offer.criteria,
        "sub": draft.sub,
        "scope_kind": draft.scope.scope_kind,
        "covered": list(draft.scope.covered),
        "nbf": draft.nbf,
        "exp": draft.exp,
        "mark_sha256": parse_token(tokens.mark or "", MARK).digest,
        "seal_sha256": parse_token(tokens.seal or "", SEAL).digest,
        "status": {"list": draft.status_no, "idx": draft.status_idx},
    }
