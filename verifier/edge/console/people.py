"""People of a console, and what they are let in with. Values only; how they are kept is queries.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ADMIN = "admin"
"""The role that invites and blocks people; every console has it."""

IDLE = 30 * 60
"""Seconds after which a session that nobody used is over."""
LONGEST = 12 * 3600
"""Seconds after which every session is over."""
INVITED_FOR = 24 * 3600
CHALLENGED_FOR = 300
CODES = 10

Way = Literal["passkey", "recovery"]


@dataclass(frozen=True)
class Person:
    """Somebody with an account. ``unit`` separates tenants of one console, and is empty where there is one only."""

    id: str
    name: str
    roles: frozenset[str]
    unit: str
    created_at: int
    blocked_at: int | None = None

    def may(self, roles: frozenset[str]) -> bool:
        """Say whether this person has one of the roles."""
        return bool(self.roles & roles)


@dataclass(frozen=True)
class Passkey:
    """A public key of an authenticator; ``id`` and ``public_key`` are base64url."""

    id: str
    person: str
    public_key: str
    sign_count: int
    label: str
    created_at: int
    used_at: int | None = None


@dataclass(frozen=True)
class Session:
    """A person who is signed in; ``id`` is the digest of the token in the cookie.

    Who came in by a recovery code can make a new passkey and do nothing else.
    """

    id: str
    person: str
    way: Way
    began_at: int
    seen_at: int
    lang: str = ""
    told: str = ""

    def is_over(self, now: int) -> bool:
        """Say whether it has ended by then."""
        return now - self.seen_at >= IDLE or now - self.began_at >= LONGEST


@dataclass(frozen=True)
class Invitation:
    """Leave to enrol once; for somebody who is there already (``person``), to enrol another passkey."""

    id: str
    name: str
    roles: frozenset[str]
    unit: str
    person: str
    by: str
    until: int


@dataclass(frozen=True)
class JournalLine:
    """What somebody did, and what came of it: ``done`` or the code of the error."""

    at: int
    person: str
    act: str
    about: str
    outcome: str
