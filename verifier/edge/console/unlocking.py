"""Passphrases of signing keys, kept in memory for a while: per session, so that what one unlocks no other can use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.edge.console.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.injected import Clock

KEPT_FOR = 15 * 60
"""Seconds after its last use in which a passphrase is forgotten."""


@dataclass
class _Kept:
    passphrase: bytes
    until: int


@dataclass
class Unlocking:
    """The passphrases that are known now; a restart forgets them all.

    ``try_key`` opens a key by name and passphrase, and raises KeyRefusedError or WrongUseError when it does not open.
    """

    try_key: Callable[[str, bytes], None]
    now: Clock
    _kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)

    def unlock(self, session: str, key: str, passphrase: bytes) -> None:
        """Keep a passphrase that opens the key. Raises MarkError when it does not."""
        self.try_key(key, passphrase)
        self._kept[session, key] = _Kept(passphrase, self.now() + KEPT_FOR)

    def passphrase(self, session: str, key: str) -> bytes:
        """Return the passphrase of a key. Raises LockedError."""
        self._forget()
        found = self._kept.get((session, key))
        if found is None:
            raise LockedError(key)
        found.until = self.now() + KEPT_FOR
        return found.passphrase

    def unlocked(self, session: str) -> frozenset[str]:
        """Return the keys that are unlocked in a session."""
        self._forget()
        return frozenset(key for owner, key in self._kept if owner == session)

    def lock(self, session: str) -> None:
        """Forget every passphrase of a session."""
        for one in [one for one in self._kept if one[0] == session]:
            del self._kept[one]

    def _forget(self) -> None:
        now = self.now()
        for one in [one for one, kept in self._kept.items() if kept.until <= now]:
            del self._kept[one]
