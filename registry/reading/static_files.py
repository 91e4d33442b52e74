"""Answers made of published files: media type, caching, validators, ranges (RFC 9110)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from registry.web.validators import has_it
from verifier.encoding import digest

if TYPE_CHECKING:
    from starlette.requests import Request

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=1"
A_MINUTE = "public, max-age=60"
OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"

_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})", re.ASCII)


@dataclass(frozen=True)
class Served:
    """How a kind of file is served."""

    media_type: str
    cache: str


def serve(request: Request, data: bytes, served: Served) -> Response:
    """Return the file, the part of it that was asked for, or that the asker has it already."""
    etag = f'"{digest(data)}"'
    headers = {
        "Cache-Control": served.cache,
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
        "Accept-Ranges": "bytes",
    }
    if has_it(request, etag):
        return Response(status_code=304, headers=headers)
    matched = _RANGE.fullmatch(request.headers.get("range", ""))
    status = 200
    if matched and request.headers.get("if-range", etag) == etag:
        first, last = int(matched[1]), min(int(matched[2] or len(data)), len(data) - 1)
        if first > last:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        data, status = data[first : last + 1], 206
    answer = Response(data, status, headers=headers)
    # Set as it is: OpenID Federation wants exactly this type, without the charset that a framework adds.
    answer.headers["Content-Type"] = served.media_type
    return answer
