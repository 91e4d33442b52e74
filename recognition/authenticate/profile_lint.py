"""Whether a profile and its scheme speak of the same things: levels, versions, and words for a certificate's state.

A profile that yields a level that the scheme has not authenticates certificates that no decision can recognise, and
nobody would see why.
"""

from __future__ import annotations

from collections.abc import Iterator

from recognition.authenticate.scheme_profile import Claim, Profile
from recognition.scheme import ForeignScheme


def profile_faults(profile: Profile, scheme: ForeignScheme) -> tuple[str, ...]:
    """Return in what the profile does not fit its scheme, one sentence each; empty when it fits."""
    return tuple(_faults(profile, scheme))


def _faults(profile: Profile, scheme: ForeignScheme) -> Iterator[str]:
    head = profile.head
    if head.scheme != scheme.id:
        yield f"the profile is of {head.scheme}, the scheme of {scheme.id}"
        return
    if head.zone != scheme.head.zone:
        yield f"the profile counts days in {head.zone}, the scheme in {scheme.head.zone}"
    levels = {level.id for level in scheme.head.levels}
    versions = {version.id for version in scheme.head.versions}
    states = {status.word for status in scheme.head.statuses}
    for name, claim, known in (("level", head.claims.level, levels), ("version", head.claims.version, versions)):
        yield from (f"{name} {word!r} is none of the scheme" for word in sorted(_yields(claim) - known))
    words = _yields(head.claims.status) | set(head.token.status_words.values() if head.token is not None else ())
    yield from (f"state {word!r} is no word of the scheme" for word in sorted(words - states))


def _yields(claim: Claim | None) -> set[str]:
    """Return the words that a claim can yield, as far as the profile itself says."""
    if claim is None:
        return set()
    return {claim.fixed} if claim.fixed is not None else set(claim.words.values())
