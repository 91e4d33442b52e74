"""Judging what a foreign registry answered about a certificate. Pure; asking is the edge's.

Whatever an answer lacks, or says of somebody else, leaves the certificate unconfirmed. An unsigned answer rests on the
channel alone, that is on TLS and on whoever runs the registry; a signed one on the issuer's bound key.
"""

from __future__ import annotations

from typing import Any

from recognition.authenticate.claims import read_certificate, read_number
from recognition.authenticate.kept_answers import Answer
from recognition.authenticate.record import Assurance, Authenticated, Claimed, Trail, Undecided
from recognition.authenticate.scheme_profile import LookUpForm, Profile
from recognition.authenticate.signed_token import token_form, verified_token
from verifier.encoding import digest, read_object
from verifier.errors import EvidenceError, MalformedError, NewerVersionError, WrongUseError

MEDIA_TYPES = {"json": frozenset({"application/json"}), "jwt": frozenset({"application/jwt"})}


def look_up_form(profile: Profile) -> LookUpForm:
    """Return how the profile has its registry asked. Raises WrongUseError when there is none to ask."""
    form = profile.head.look_up
    if form is None:
        raise WrongUseError(f"{profile.scheme} has no registry to look up in", hint="Its profile has no [look_up].")
    if form.answer == "jwt":
        token_form(profile)
    return form


def start_look_up(profile: Profile, *, now: int) -> Trail:
    """Return the trail of a look-up. It warns of what the other side learns by being asked."""
    form = look_up_form(profile)
    trail = Trail(
        "registry_lookup",
        profile.scheme,
        "signature" if form.answer == "jwt" else "channel",
        now,
        {"profile": profile.digest},
    )
    return trail.warned("registry_learns_who_is_asked_about")


def judge_answer(answer: Answer, claimed: Claimed, profile: Profile, *, trail: Trail) -> Authenticated | Undecided:
    """Return the certificate that the answer confirms, or why it confirms none. It never raises EvidenceError."""
    form = look_up_form(profile)
    trail = trail.passed("reached").read("answer", digest(answer.body))
    bounds = {"said_at": answer.fetched_at, "fresh_until": answer.fetched_at + form.fresh_seconds}
    if answer.media_type not in MEDIA_TYPES[form.answer]:
        return trail.failed("media_type").undecided("wrong_media_type", **bounds)
    trail = trail.passed("media_type")
    try:
        issuer, facts = _facts(answer, profile, form, now=trail.at)
    except MalformedError:
        return trail.failed("readable").undecided("not_readable", **bounds)
    except (EvidenceError, WrongUseError):
        return trail.failed("signature").undecided("bad_signature", **bounds)
    trail = trail.passed("readable", *(["signature", "dates", "audience"] if form.answer == "jwt" else []))
    try:
        number = read_number(facts, profile)
        certificate = read_certificate(facts, profile, issuer=issuer, status=None)
    except (EvidenceError, NewerVersionError):
        return trail.failed("facts").undecided("outside_profile", **bounds)
    if number != claimed.number:
        return trail.passed("facts").failed("number").undecided("another_certificate", **bounds)
    if names := claimed.contradictions(certificate):
        return trail.passed("facts", "number").failed(*names).undecided("contradicts_the_claim", **bounds)
    trail = trail.passed("facts", "number", "holder")
    if certificate.status is None:
        trail = trail.warned("status_unknown")
    assurance: Assurance = "high" if form.answer == "jwt" and certificate.status is not None else "substantial"
    bounds["fresh_until"] = min(bounds["fresh_until"], certificate.expires)
    return trail.authenticated(certificate, assurance=assurance, **bounds)


def _facts(answer: Answer, profile: Profile, form: LookUpForm, *, now: int) -> tuple[str, dict[str, Any]]:
    if form.answer == "json":
        return form.issuer, read_object(answer.body)
    try:
        compact = answer.body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise MalformedError("a compact token is ASCII") from error
    token, issuer = verified_token(compact, profile, now=now)
    return issuer.id, token.payload
