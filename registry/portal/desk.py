"""What the routes of the portal work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.portal.once import Once

if TYPE_CHECKING:
    from registry.rows.database import Database
    from verifier.injected import Clock, Entropy


@dataclass(frozen=True)
class Desk:
    """The database, time and chance of one portal; ``to_loopback`` lets webhooks go to this machine."""

    database: Database
    host: str
    now: Clock
    entropy: Entropy
    to_loopback: bool

    @property
    def base(self) -> str:
        """The address that the portal's paths stand under."""
        return f"https://{self.host}"

    @property
    def once(self) -> Once:
        """What does each wish once."""
        return Once(self.database, self.now)
