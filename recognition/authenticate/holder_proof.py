"""The holder-consented one-time proof: an asker's challenge, answered with the facts for that asker only.

Two ways to answer. The issuer, at the holder's request, signs the facts together with the nonce. Or the holder shows
its issuer-signed token and signs the nonce with the key that the token names in ``cnf``. Either way the facts are under
an issuer's bound key. A challenge is bound to its asker, its agreement and its certificate, ends after minutes, and is
spent by the first answer that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from pydantic import model_validator

from recognition.authenticate.claims import read_number
from recognition.authenticate.foreign_token import (
    ForeignToken,
    check_audience,
    check_dates,
    read_foreign,
    verify_foreign,
)
from recognition.authenticate.record import Authenticated, Claimed
from recognition.authenticate.scheme_profile import BoundIssuer, Profile
from recognition.authenticate.sd_jwt_vc import confirmation_key
from recognition.authenticate.signed_token import (
    StatusEvidence,
    finish,
    start_trail,
    verified_issuer,
    verified_token,
)
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import CLOCK_SKEW
from verifier.errors import EnvelopeError, RefusedError
from verifier.injected import Entropy
from verifier.schema import Closed, Instant, Label, Nonce, Uri
from verifier.scheme.rule import SchemeId

TYP = "recognition-proof+jwt"
LIFETIME = 900
MOST_OPEN = 10_000


class Challenge(Closed):
    """What an asker sends: answer for me, under this agreement, about this certificate, once, before ``expires``."""

    nonce: Nonce
    asker: Uri
    agreement: Label
    scheme: SchemeId
    claimed: Claimed
    issued: Instant
    expires: Instant

    @model_validator(mode="after")
    def _short(self) -> Self:
        if not self.issued < self.expires <= self.issued + LIFETIME:
            raise ValueError("a challenge lasts fifteen minutes at most")
        return self

    @property
    def digest(self) -> str:
        """Return the base64url SHA-256 of the canonical form, which an answer repeats."""
        return digest(canonical(self.members()))


@dataclass(frozen=True)
class ChallengeBook:
    """The challenges that are open, by nonce. It is a value: whoever keeps it stores the one that comes back."""

    open: Mapping[str, Challenge] = field(default_factory=dict)

    def ask(
        self, claimed: Claimed, *, asker: str, agreement: str, scheme: str, now: int, entropy: Entropy
    ) -> tuple[Self, Challenge]:
        """Return the book with a new challenge, and the challenge. Raises RefusedError when too many are open."""
        alive = {nonce: one for nonce, one in self.open.items() if now < one.expires}
        if len(alive) >= MOST_OPEN:
            raise RefusedError("too many challenges are open", hint="Try again in some minutes.")
        challenge = Challenge(
            nonce=b64u(entropy(16)),
            asker=asker,
            agreement=agreement,
            scheme=scheme,
            claimed=claimed,
            issued=now,
            expires=now + LIFETIME,
        )
        return replace(self, open={**alive, challenge.nonce: challenge}), challenge

    def answered(
        self, proof: str, profile: Profile, *, now: int, token: str | None = None, status: StatusEvidence | None = None
    ) -> tuple[Self, Authenticated]:
        """Return the book without the challenge that this proof answers, and the certificate.

        ``token`` is the issuer-signed token where the holder's key signed the proof. A proof that does not hold spends
        nothing, so a stranger cannot use up a challenge. Raises EvidenceError.
        """
        answer = read_foreign(proof, typ=TYP)
        challenge = self.open.get(str(answer.payload.get("nonce")))
        if challenge is None:
            raise RefusedError("no challenge of that nonce is open", hint="It was answered before, or never asked.")
        found = _answer(answer, challenge, profile, now=now, shown=_Shown(token, status))
        rest = {nonce: one for nonce, one in self.open.items() if nonce != challenge.nonce}
        return replace(self, open=rest), found


@dataclass(frozen=True)
class _Shown:
    """What comes beside the proof: the issuer's token where the holder signs, and a status list."""

    token: str | None
    status: StatusEvidence | None


def _answer(answer: ForeignToken, challenge: Challenge, profile: Profile, *, now: int, shown: _Shown) -> Authenticated:
    if challenge.scheme != profile.scheme:
        raise RefusedError("the challenge is about a certificate of another scheme")
    if shown.token is None:
        certified, issuer = answer, verified_issuer(answer, profile)
    else:
        certified, issuer = _holder_signed(answer, shown.token, profile, now=now)
    _check_bound(answer, challenge, now=now)
    _check_about(certified.payload, challenge, profile)
    trail = start_trail("holder_proof", profile, certified, now=now).read("challenge", challenge.digest)
    trail = trail.read("proof", answer.digest).passed("signature", "nonce", "asker", "agreement", "dates")
    done = finish(certified.payload, profile, issuer, trail, status=shown.status)
    if names := challenge.claimed.contradictions(done.certificate):
        raise RefusedError(f"the proof is about another certificate: {', '.join(names)}")
    return done


def _holder_signed(
    answer: ForeignToken, compact: str, profile: Profile, *, now: int
) -> tuple[ForeignToken, BoundIssuer]:
    token, issuer = verified_token(compact, profile, now=now)
    verify_foreign(answer, {str(answer.header.get("kid", "")): confirmation_key(token.payload)})
    if answer.payload.get("token_sha256") != token.digest:
        raise EnvelopeError("the proof is over another token")
    return token, issuer


def _check_bound(answer: ForeignToken, challenge: Challenge, *, now: int) -> None:
    payload = answer.payload
    check_audience(payload, challenge.asker)
    if payload.get("agreement") != challenge.agreement or payload.get("challenge_sha256") != challenge.digest:
        raise EnvelopeError("the proof was given for another agreement or question")
    if now >= challenge.expires:
        raise EnvelopeError("the challenge has expired", hint="Ask again.")
    check_dates(payload, now=now, max_days=1)
    if answer.issued < challenge.issued - CLOCK_SKEW:
        raise EnvelopeError("the proof is older than the challenge")


def _check_about(facts: dict[str, Any], challenge: Challenge, profile: Profile) -> None:
    if read_number(facts, profile) != challenge.claimed.number:
        raise RefusedError("the proof is about another certificate: number")
