"""What every screen of a buyer's desk works with, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.console.people import ADMIN

if TYPE_CHECKING:
    from verifier.edge.buyer.checking import Checking
    from verifier.edge.buyer.desk_folder import DeskFolder
    from verifier.edge.buyer.pulling import Pulling
    from verifier.injected import Clock, Entropy

CLERK, ENGINEER = "clerk", "engineer"
ROLES = (CLERK, ENGINEER)
EVERY_ROLE = frozenset({CLERK, ENGINEER, ADMIN})
TECHNICAL = frozenset({ENGINEER, ADMIN})
ADMINISTRATION = frozenset({ADMIN})
PORTAL_KEY = "portal"
"""The key with which assertions for the portal are signed."""


@dataclass(frozen=True)
class Desk:
    """One desk: its folder, and what works beside the pages."""

    folder: DeskFolder
    checking: Checking
    pulling: Pulling
    now: Clock
    entropy: Entropy

    def close(self) -> None:
        """End what works beside the pages."""
        self.checking.close()
