"""Authentication by a signed token: a JWT (RFC 7519) under a key that is bound to its issuer, with its status list.

Only ``iss`` and ``kid`` are looked at before the signature holds, and both as dictionary keys only. A status list that
is missing, stale or bad leaves the state unknown: the certificate is authentic then, and its state undecided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recognition.authenticate.claims import read_certificate
from recognition.authenticate.foreign_token import (
    ForeignToken,
    check_audience,
    check_dates,
    read_foreign,
    verify_foreign,
)
from recognition.authenticate.record import Assurance, Authenticated, Method, Trail
from recognition.authenticate.scheme_profile import BoundIssuer, Profile, TokenForm
from recognition.authenticate.status_token import read_reference, read_status_token
from verifier.encoding import digest, read_object, unb64u
from verifier.errors import EnvelopeError, EvidenceError, MalformedError, SignatureError, WrongUseError

NO_END = 2**37 - 1


@dataclass(frozen=True)
class StatusEvidence:
    """A status list token as it was fetched, and when."""

    compact: str
    fetched_at: int


@dataclass(frozen=True)
class State:
    """What is known of a certificate's present state: the scheme's word or None, and how long that counts."""

    word: str | None
    fresh_until: int


def authenticate_token(
    compact: str, profile: Profile, *, now: int, status: StatusEvidence | None = None
) -> Authenticated:
    """Return the certificate that a signed token carries. Raises EvidenceError or NewerVersionError, never else."""
    token, issuer = verified_token(compact, profile, now=now)
    trail = start_trail("signed_token", profile, token, now=now).passed("signature", "dates", "audience")
    return finish(token.payload, profile, issuer, trail, status=status)


def verified_token(compact: str, profile: Profile, *, now: int) -> tuple[ForeignToken, BoundIssuer]:
    """Return a token that shows all it holds, and the issuer whose bound key signed it; it is of this time.

    Raises EvidenceError, or WrongUseError for a scheme whose holders choose what to show: there, what a token alone
    does not show would read as absent.
    """
    form = token_form(profile)
    if form.selective:
        raise WrongUseError(f"{profile.scheme} has SD-JWT VC", hint="Show it with its disclosures.")
    token = read_foreign(compact, typ=form.typ)
    issuer = verified_issuer(token, profile)
    check_token(token, form, now=now)
    return token, issuer


def named_list(compact: str) -> str | None:
    """Return the address of the status list that a token, or the issuer's part of an SD-JWT, names.

    Ask there only once the token was verified: here it is not.
    """
    try:
        return read_reference(read_object(unb64u(compact.partition("~")[0].split(".")[1]))).uri
    except (MalformedError, IndexError):
        return None


def token_form(profile: Profile) -> TokenForm:
    """Return what the profile demands of tokens. Raises WrongUseError when the scheme has none."""
    if profile.head.token is None:
        raise WrongUseError(f"{profile.scheme} has no signed tokens", hint="Its profile has no [token].")
    return profile.head.token


def verified_issuer(token: ForeignToken, profile: Profile) -> BoundIssuer:
    """Return the issuer whose bound key signed the token. Raises SignatureError."""
    named = token.payload.get("iss")
    issuer = profile.issuers.get(named) if isinstance(named, str) else None
    if issuer is None:
        raise SignatureError("the token names no issuer of this scheme")
    key = verify_foreign(token, issuer.keys)
    if not key.counted_at(token.issued):
        raise SignatureError("the key did not count on the day on which the token was issued")
    return issuer


def check_token(token: ForeignToken, form: TokenForm, *, now: int) -> None:
    """Check dates, audience and, where the profile names one, ``vct``. Raises EnvelopeError."""
    check_dates(token.payload, now=now, max_days=form.max_days, require_exp=form.require_exp)
    check_audience(token.payload, form.audience)
    if form.vct is not None and token.payload.get("vct") != form.vct:
        raise EnvelopeError("the token is a credential of another type (vct)")


def start_trail(method: Method, profile: Profile, token: ForeignToken, *, now: int) -> Trail:
    """Return the trail of a token that was verified."""
    return Trail(method, profile.scheme, "signature", now, {"profile": profile.digest, "token": token.digest})


def finish(
    facts: dict[str, Any], profile: Profile, issuer: BoundIssuer, trail: Trail, *, status: StatusEvidence | None
) -> Authenticated:
    """Return the certificate of verified facts, with its state as far as it could be found out."""
    trail, state = _state(facts, profile, issuer, trail, status=status)
    certificate = read_certificate(facts, profile, issuer=issuer.id, status=state.word)
    trail = trail.passed("facts")
    if certificate.status is None:
        trail = trail.warned("status_unknown")
    assurance: Assurance = "high" if certificate.status is not None else "substantial"
    fresh_until = min(state.fresh_until, facts.get("exp", NO_END), certificate.expires)
    return trail.authenticated(certificate, assurance=assurance, said_at=facts["iat"], fresh_until=fresh_until)


def _state(
    facts: dict[str, Any], profile: Profile, issuer: BoundIssuer, trail: Trail, *, status: StatusEvidence | None
) -> tuple[Trail, State]:
    form = token_form(profile)
    if not form.status_list:
        return trail, State(None, NO_END)
    if status is None:
        return trail.not_made("status_list"), State(None, NO_END)
    trail = trail.read("status_list", digest(status.compact.encode()))
    try:
        reference = read_reference(facts)
        found = read_status_token(status.compact, issuer.status_keys, uri=reference.uri, now=trail.at)
        value = found.value(reference.idx)
        fresh_until = found.fresh_until(status.fetched_at)
    except EvidenceError:
        # A bad list is a reason not to know the state; were it a reason to refuse, whoever serves it could deny marks.
        return trail.failed("status_list").warned("status_list_bad"), State(None, NO_END)
    if trail.at >= fresh_until:
        return trail.not_made("status_list").warned("status_list_stale"), State(None, NO_END)
    word = form.status_words.get(str(value))
    if word is None:
        return trail.not_made("status_list").warned("status_word_unknown"), State(None, fresh_until)
    return trail.passed("status_list"), State(word, fresh_until)
