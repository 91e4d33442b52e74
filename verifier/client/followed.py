"""The trust root that a client holds a registry to: the one that was pinned, and what was followed from it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from verifier.trust.root import follow_each

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.client.kept import Kept
    from verifier.trust.root import TrustRoot


class FollowedRoot:
    """The newest root known, in memory and in what is kept; less than was known once never counts again."""

    def __init__(self, pinned: TrustRoot, kept: Kept | None) -> None:
        self.pinned = pinned
        self._kept = kept
        self._known = pinned
        self._lock = Lock()

    def newest(self) -> TrustRoot:
        """Return the newest root known that follows from the pinned one."""
        kept = self._kept.root(self.pinned) if self._kept is not None else self.pinned
        with self._lock:
            if kept.content.version > self._known.content.version:
                self._known = kept
            return self._known

    def learn(self, candidates: Iterable[bytes]) -> None:
        """Follow every candidate that the custodians of the root before it signed; others teach nothing."""
        with self._lock:
            self._known = follow_each(self._known, candidates)
