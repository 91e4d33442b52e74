"""Passphrases of signing keys, kept in memory for a while: per session, so that what one unlocks no other can use."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.edge.console.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.injected import Clock

KEPT_FOR = 15 * 60
"""Seconds after its last use in which a passphrase is forgotten."""


MOST_WRONG = 5
"""Wrong passphrases in one session; a token of hardware locks itself after few more."""


@dataclass
class _Kept:
    passphrase: bytes
    until: int


@dataclass
class Unlocking:
    """The passphrases that are known now; a restart forgets them all.

    ``try_key`` opens a key by name and passphrase, and raises KeyRefusedError or WrongUseError when it does not open.
    What is over is forgotten when its time comes, whether or not anybody looks.
    """

    try_key: Callable[[str, bytes], None]
    now: Clock
    kept_for: int = KEPT_FOR
    _kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)
    _wrong: Counter[str] = field(default_factory=Counter)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _waits: bool = False

    def unlock(self, session: str, key: str, passphrase: bytes) -> None:
        """Keep a passphrase that opens the key. Raises MarkError when it does not."""
        with self._lock:
            self._wrong[session] += 1
        self.try_key(key, passphrase)
        with self._lock:
            del self._wrong[session]
            self._kept[session, key] = _Kept(passphrase, self.now() + self.kept_for)
            self._wait()

    def is_guessing(self, session: str) -> bool:
        """Say whether so many passphrases were wrong in a session that nobody is mistyping any more."""
        with self._lock:
            return self._wrong[session] >= MOST_WRONG

    def passphrase(self, session: str, key: str) -> bytes:
        """Return the passphrase of a key. Raises LockedError."""
        with self._lock:
            self._forget()
            found = self._kept.get((session, key))
            if found is None:
                raise LockedError(key)
            found.until = self.now() + self.kept_for
            return found.passphrase

    def unlocked(self, session: str) -> frozenset[str]:
        """Return the keys that are unlocked in a session."""
        with self._lock:
            self._forget()
            return frozenset(key for owner, key in self._kept if owner == session)

    def lock(self, session: str) -> None:
        """Forget every passphrase of a session."""
        with self._lock:
            self._wrong.pop(session, None)
            for one in [one for one in self._kept if one[0] == session]:
                del self._kept[one]

    def holds(self) -> int:
        """Return how many passphrases are in memory."""
        with self._lock:
            return len(self._kept)

    def _forget(self) -> None:
        now = self.now()
        for one in [one for one, kept in self._kept.items() if kept.until <= now]:
            del self._kept[one]

    def _wait(self) -> None:
        """Wake up when the next one is over."""
        if self._waits or not self._kept:
            return
        self._waits = True
        seconds = min(kept.until for kept in self._kept.values()) - self.now()
        timer = threading.Timer(max(1, seconds), self._wake)
        timer.daemon = True
        timer.start()

    def _wake(self) -> None:
        with self._lock:
            self._waits = False
            self._forget()
            self._wait()
