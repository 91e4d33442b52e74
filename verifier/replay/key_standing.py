"""Is whoever shows this from an accredited body? What the record says of a key, of its body and role, on a day.

Named checks, each passed, failed or not to be made, as everywhere. Nothing here names a person, and "listed" is never
more than that: a key's id is public, so only a fresh proof of the key shows that its holder is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from verifier.envelope import verify_token
from verifier.errors import EvidenceError, SignatureError
from verifier.names import body_uri, key_uri
from verifier.replay.history import Moment, state_at
from verifier.replay.records import KeyRecord
from verifier.statement.shown_key import ShownKey, read_shown_key

if TYPE_CHECKING:
    from verifier.replay.history import PastState
    from verifier.replay.incident import Past

Result = Literal["passed", "failed", "unknown"]
CHECKS = ("signature", "holder", "listed", "body", "role", "key", "standing")
REASONS = (
    "signed", "signature", "no_signature", "held_now", "held_then", "key_id", "signed_then", "listed", "not_listed",
    "same_body", "other_body", "role", "other_role", "key_active", "key_not_yet", "key_retired", "key_revoked",
    "key_void", "body_active", "body_suspended", "body_withdrawn", "body_lapsed", "body_not_yet",
)  # fmt: skip
HEADLINES = ("confirmed", "listed", "not_in_force", "other_body", "not_listed", "forged")


@dataclass(frozen=True)
class KeyCheck:
    """One check with its reason."""

    name: str
    result: Result
    reason: str


@dataclass(frozen=True)
class KeyStanding:
    """The answer. ``role`` is what the record lists the key for; ``since`` and ``until`` are of its present state."""

    headline: str
    checks: tuple[KeyCheck, ...]
    shown: ShownKey | None
    as_of: int
    body: str | None = None
    role: str | None = None
    since: int | None = None
    until: int | None = None

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        shown = self.shown
        said = {"kind": shown.kind, "kid": shown.kid, "iat": shown.iat, "exp": shown.exp} if shown else None
        return {
            "headline": self.headline,
            "as_of": self.as_of,
            "shown": said,
            "listed_for": self.body,
            "role": self.role,
            "since": self.since,
            "until": self.until,
            "checks": [vars(one) for one in self.checks],
        }


def key_standing(text: str, no: int, past: Past, *, host: str, log: str, moment: Moment, now: int) -> KeyStanding:
    """Say what the record knows of a shown key towards the body ``no``.

    Raises WrongUseError for a text that is no key id, no proof and no attestation.
    """
    try:
        shown = read_shown_key(text, host=host, log=log)
    except EvidenceError:
        return KeyStanding("forged", (KeyCheck("signature", "failed", "signature"),), None, moment.as_of)
    uri = key_uri(host, shown.kid)
    # Which key it is, for whom and for what, never changes; how it stands does.
    listed, found = _known(past, uri, Moment(now, moment.size)), _known(past, uri, moment)
    record = listed.record if listed else None
    if found is None or not isinstance(record, KeyRecord):
        checks = (*_holding(shown, now), KeyCheck("listed", "failed", "not_listed"))
        return KeyStanding("not_listed", checks, shown, moment.as_of)
    try:
        if shown.token is not None:
            verify_token(shown.token, record.key)
    except SignatureError:
        return KeyStanding("forged", (KeyCheck("signature", "failed", "signature"),), shown, moment.as_of)
    body = _known(past, record.body, moment)
    checks = (
        *_holding(shown, now),
        KeyCheck("listed", "passed", "listed"),
        _same_body(shown, record, body_uri(host, no)),
        _same_role(shown, record),
        _key(found),
        _standing(body),
    )
    return KeyStanding(
        _headline(checks),
        checks,
        shown,
        moment.as_of,
        body=record.body,
        role=record.role,
        since=found.since,
        until=found.until,
    )


def _known(past: Past, uri: str, moment: Moment) -> PastState | None:
    entries = past.entries(uri)
    return state_at(entries, moment, past.covered_at) if entries else None


def _holding(shown: ShownKey, now: int) -> tuple[KeyCheck, ...]:
    if shown.iat is None or shown.exp is None:
        return (KeyCheck("signature", "unknown", "no_signature"), KeyCheck("holder", "unknown", "key_id"))
    signed = KeyCheck("signature", "passed", "signed")
    if shown.kind == "attestation":
        return (signed, KeyCheck("holder", "unknown", "signed_then"))
    is_fresh = shown.iat <= now < shown.exp
    return (signed, KeyCheck("holder", *(("passed", "held_now") if is_fresh else ("unknown", "held_then"))))


def _same_body(shown: ShownKey, record: KeyRecord, asked: str) -> KeyCheck:
    is_same = record.body == asked and shown.body in (None, asked)
    return KeyCheck("body", "passed", "same_body") if is_same else KeyCheck("body", "failed", "other_body")


def _same_role(shown: ShownKey, record: KeyRecord) -> KeyCheck:
    is_same = shown.role in (None, record.role)
    return KeyCheck("role", "passed", "role") if is_same else KeyCheck("role", "failed", "other_role")


def _key(found: PastState) -> KeyCheck:
    if found.state == "active":
        return KeyCheck("key", "passed", "key_active")
    reason = {"unknown": "key_not_yet", "retired": "key_retired", "void": "key_void"}.get(found.state, "key_revoked")
    return KeyCheck("key", "failed", reason)


def _standing(body: PastState | None) -> KeyCheck:
    if body is None or body.state == "unknown":
        return KeyCheck("standing", "failed", "body_not_yet")
    # What ends a body for good is told alike: whoever asks has to look at the body's own page then.
    reason = f"body_{body.state}" if f"body_{body.state}" in REASONS else "body_withdrawn"
    return KeyCheck("standing", "passed" if body.state == "active" else "failed", reason)


def _headline(checks: tuple[KeyCheck, ...]) -> str:
    made = {one.name: one for one in checks}
    if "failed" in (made["body"].result, made["role"].result):
        return "other_body"
    if "failed" in (made["key"].result, made["standing"].result):
        return "not_in_force"
    return "confirmed" if made["holder"].result == "passed" else "listed"
