"""Routes of look-ups: whoever asks in the address for what stands in bodies alone is told where."""

from __future__ import annotations

from registry.verification.paths import IMAGES, LOOK_UPS
from registry.web.web_api import StrictRoute

_OF_LOOK_UPS = ("as_of", "known_at", "subject", "policy", "nonce")


class ClosedRoute(StrictRoute):
    """Says of the members of a look-up that they stand in its body."""

    def hint_about(self, unknown: str, known: frozenset[str]) -> str:
        """Return where else the parameter is taken."""
        if unknown in _OF_LOOK_UPS:
            return f"POST {IMAGES if self.path == IMAGES else LOOK_UPS} takes {unknown} in its body, as JSON."
        return super().hint_about(unknown, known)
