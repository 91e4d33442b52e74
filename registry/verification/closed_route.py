"""Routes whose addresses take known parameters only: a word of a question that is not understood is never ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.verification.paths import LOOK_UPS
from registry.web.web_api import StrictRoute
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response

_OF_LOOK_UPS = ("as_of", "known_at", "subject", "policy", "nonce")


class ClosedRoute(StrictRoute):
    """Refuses parameters that the route does not have, and says which it has."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()
        known = sorted(field.alias for field in self.dependant.query_params)

        async def closed(request: Request) -> Response:
            unknown = next((name for name in request.query_params if name not in known), None)
            if unknown is not None:
                raise WrongUseError(f"this address takes no parameter {unknown[:40]!r}", hint=_hint(unknown, known))
            return await handle(request)

        return closed


def _hint(unknown: str, known: list[str]) -> str:
    if unknown in _OF_LOOK_UPS:
        return f"POST {LOOK_UPS} takes {unknown} in its body."
    return f"It takes {', '.join(known)}." if known else "It takes none: leave the parameter out."
