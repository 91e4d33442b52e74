"""Whether what a process serves is worth serving: by the age of the newest checkpoint that witnesses vouch for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.publishing.published import Published
from verifier.directory.proven import POINTER
from verifier.edge.folder import FolderFetcher
from verifier.errors import MarkError
from verifier.verify import LIVE_WITHIN

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.injected import Clock
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Readiness:
    """``status`` is ok, stale or nothing_published; ages are in seconds. A stale registry answers, and says so."""

    status: str
    size: int
    checkpoint_age: int | None

    @property
    def is_ready(self) -> bool:
        """Whether a balancer should send requests here."""
        return self.status != "nothing_published"

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return dict(vars(self))


class ReadinessOf:
    """Looks at one public folder."""

    def __init__(self, public: Path, *, trust_root: TrustRoot, now: Clock) -> None:
        self._published = Published(public, trust_root)
        self._fetcher = FolderFetcher(public)
        self._now = now

    def look(self) -> Readiness:
        """Return how it stands."""
        try:
            latest = self._published.latest()
            self._fetcher.fetch(POINTER)
        except MarkError:
            latest = None
        if latest is None:
            return Readiness("nothing_published", 0, None)
        age = self._now() - latest.time
        return Readiness("ok" if age <= LIVE_WITHIN else "stale", latest.size, age)

    def gauges(self) -> dict[str, Any]:
        """Return the metrics for ``Observing``."""
        return {
            "checkpoint_age_seconds": ("Seconds since witnesses saw the newest checkpoint; -1 for none.", self._age),
            "log_size": ("Entries under the newest checkpoint.", lambda: float(self.look().size)),
        }

    def _age(self) -> float:
        age = self.look().checkpoint_age
        return -1.0 if age is None else float(age)
