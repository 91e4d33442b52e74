"""A client as the portal knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """One client; ``key_sha256`` or ``jwk`` says how it is known, ``per_minute`` how often it may ask."""

    id: str
    name: str
    key_sha256: str | None
    jwk: str | None
    per_minute: int
    made: int
    revoked: int | None = None

    @property
    def shown_as(self) -> str:
        """What lists show: the beginning of the API key, or that there is a public key."""
        return f"shk_{self.id}_…" if self.jwk is None else f"{self.id} (private_key_jwt)"
