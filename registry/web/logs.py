"""What the processes write for their operator: plain lines that hold no secret, no personal data and no identifier.

A trace back shows code and messages, never the values of variables: those may be keys, opened commitments or the
number that somebody looked up. Requests are named by the template of their route, not by their path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from starlette.requests import Request


def configure_logs() -> None:
    """Let every logger of this process write plain lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


def route_of(request: Request) -> str:
    """Return the template of the request's route, such as ``/o/{id}``."""
    return str(getattr(request.scope.get("route"), "path", "(no route)"))
