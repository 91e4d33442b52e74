"""Who sends a form or an order: from which address, as far as limits need it, and from whose page. Nothing is kept."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from verifier.edge.console.errors import ForeignFormError

if TYPE_CHECKING:
    from starlette.requests import Request


def sender_of(request: Request) -> str | None:
    """Return the sender's address; None where a proxy of this machine stands between, which counts for all alike."""
    host = request.client.host if request.client else ""
    try:
        return None if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return None


def check_own_form(request: Request, *, host: str, address: str) -> None:
    """Check that a form was sent from the registry's own page. Raises ForeignFormError, which tells its ``address``."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    own = (request.headers.get("host", ""), host)
    if site != "same-origin" if site is not None else origin.partition("://")[2] not in own:
        raise ForeignFormError("the form came from another site", hint=f"Open {address} and send it there.")
