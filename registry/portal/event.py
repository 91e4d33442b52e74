"""An event, as it is stored, sent and shown in feeds: the payload is made once, and its bytes stay what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.dates import utc_text
from verifier.encoding import canonical

if TYPE_CHECKING:
    from verifier.injected import Entropy

TEST = "portal.test"


@dataclass(frozen=True)
class Event:
    """Something to be told to a client. ``id`` is the ``webhook-id`` of every delivery of it, however often."""

    id: str
    client: str
    watch: str
    type: str
    payload: bytes
    made: int


def new_event(client: str, type: str, data: dict[str, Any], *, now: int, entropy: Entropy, watch: str = "") -> Event:
    """Return a new event; the payload has the form of Standard Webhooks."""
    payload = canonical({"type": type, "timestamp": utc_text(now), "data": data})
    return Event(new_id("evt", entropy), client, watch, type, payload, now)


def new_id(prefix: str, entropy: Entropy) -> str:
    """Return a new id: 128 random bits behind what it is an id of."""
    return f"{prefix}_{entropy(16).hex()}"
