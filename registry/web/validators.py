"""Conditional requests (RFC 9110 section 13): whether the asker has the very content that it would get."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def has_it(request: Request, etag: str) -> bool:
    """Say whether If-None-Match names this entity tag; the comparison is the weak one."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return etag in known or "*" in known
