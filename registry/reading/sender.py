"""Who sends a form or an order, as far as limits need it. Nothing of it is kept."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def sender_of(request: Request) -> str | None:
    """Return the sender's address; None where a proxy of this machine stands between, which counts for all alike."""
    host = request.client.host if request.client else ""
    try:
        return None if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return None
