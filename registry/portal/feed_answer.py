"""What every feed is answered with: an ETag (RFC 9110 section 8.8.3), 304 for whoever has it, and CORS.

Feed readers ask all day long; most of the time nothing has changed, and 304 says so in no bytes. A feed for anybody may
be read by pages of any origin, as all of the read plane may; one at a secret address may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from registry.web.validators import has_it
from verifier.encoding import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, X-Request-Id"}
NOT_CHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The feed is still the one whose ETag was sent."}}
_ASKED_BEFORE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


def feed_answer(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return the answer that carries a feed, or 304 to whoever has this very one."""
    etag = f'"{digest(body)}"'
    told = {**headers, "ETag": etag}
    if has_it(request, etag):
        return Response(status_code=304, headers=told)
    return Response(body, media_type=media_type, headers=told)


def allowed() -> Response:
    """Return what a page of another origin is told that asks whether it may ask."""
    return Response(status_code=204, headers=_ASKED_BEFORE)
