"""Reading the facts of a certificate out of a token, an answer or a row, as the scheme's profile says where they stand.

Whatever is missing, of another form or in a word that the profile does not know raises: a guess would be an opinion of
ours about a foreign certificate.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from recognition.authenticate.scheme_profile import Claim, DateClaim, HolderClaim, Profile
from recognition.certificate import Certificate
from verifier.dates import day_start, parse_instant
from verifier.errors import MalformedError, StatementError, WrongUseError
from verifier.identifier import parse_identifier
from verifier.schema import read_model

LONGEST = 200
MANY = 200
_LISTS = ("scope_tags", "documents", "excluded_controls")
_TEXTS = ("level", "version", "basis", "scope_kind")


def read_certificate(facts: dict[str, Any], profile: Profile, *, issuer: str, status: str | None) -> Certificate:
    """Return the certificate that these facts describe, authenticated as far as they are.

    ``status`` is the scheme's word where the profile has none among the claims. Raises StatementError, MalformedError
    or NewerVersionError.
    """
    claims, zone = profile.head.claims, profile.head.zone
    members: dict[str, Any] = {name: read_text(facts, getattr(claims, name), name) for name in _TEXTS}
    for name in _LISTS:
        claim = getattr(claims, name)
        members[name] = _read_list(facts, claim, name) if claim is not None else []
    members |= {
        "scheme": profile.scheme,
        "evidence": "authenticated",
        "issuer": issuer,
        "holder": _read_holder(facts, claims.holder),
        "issued": _read_date(facts, claims.issued, zone, "issued"),
        "expires": _read_date(facts, claims.expires, zone, "expires"),
        "status": read_text(facts, claims.status, "status") if claims.status is not None else status,
    }
    return read_model(Certificate, members, what="certificate")


def read_number(facts: dict[str, Any], profile: Profile) -> str:
    """Return the certificate's number. Raises StatementError where the profile or the facts name none."""
    claim = profile.head.claims.number
    number = read_text(facts, claim, "number") if claim is not None else None
    if number is None:
        raise StatementError("the certificate has no number here")
    return number


def look_at(facts: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer (RFC 6901) through objects, None where nothing does."""
    value = facts
    for step in pointer[1:].split("/"):
        if not isinstance(value, dict):
            return None
        value = value.get(step.replace("~1", "/").replace("~0", "~"))
    return value


def read_text(facts: dict[str, Any], claim: Claim, name: str) -> str | None:
    """Return the text of a claim in our words, None for one that may be absent and is. Raises StatementError."""
    if claim.at is None:
        return claim.fixed
    value = look_at(facts, claim.at)
    if value is None or value == "":
        if claim.optional:
            return None
        raise StatementError(f"{name} is missing at {claim.at}")
    return _word(value, claim, name)


def _word(value: Any, claim: Claim, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > LONGEST:
        raise StatementError(f"{name} is not a short text")
    if claim.words and str(value) not in claim.words:
        raise StatementError(f"{name} is {str(value)[:60]!r}, a word that the profile does not know")
    return claim.words[str(value)] if claim.words else str(value)


def _read_list(facts: dict[str, Any], claim: Claim, name: str) -> list[str]:
    if claim.at is None:
        return [claim.fixed or ""]
    value = look_at(facts, claim.at)
    if isinstance(value, str) and claim.separator:
        value = [part.strip() for part in value.split(claim.separator) if part.strip()]
    if value is None and claim.optional:
        return []
    if not isinstance(value, list) or len(value) > MANY:
        raise StatementError(f"{name} is missing or no list at {claim.at}")
    return sorted({_word(item, claim, name) for item in value})


def _read_holder(facts: dict[str, Any], claim: HolderClaim) -> str:
    value = look_at(facts, claim.at)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise StatementError(f"holder is missing or no text at {claim.at}")
    return str(parse_identifier(f"{claim.register_}-{value}" if claim.register_ else value))


def _read_date(facts: dict[str, Any], claim: DateClaim, zone: str, name: str) -> int:
    value = look_at(facts, claim.at)
    if claim.form == "seconds":
        if isinstance(value, bool) or not isinstance(value, int):
            raise StatementError(f"{name} is not a time in whole seconds at {claim.at}")
        return value
    if not isinstance(value, str) or len(value) > 40:
        raise StatementError(f"{name} is missing or no date at {claim.at}")
    try:
        if claim.form == "instant":
            if len(value) <= 10:
                raise MalformedError(f"{name} has no time of day")
            return parse_instant(value, zone=zone)
        day = date.fromisoformat(value)
        return day_start(day + timedelta(days=1) if claim.form == "last_day" else day, zone)
    except (ValueError, OverflowError, WrongUseError) as error:
        raise StatementError(f"{name} is not a date: {value[:40]!r}") from error
