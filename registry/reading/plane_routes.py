"""The routes of the read plane's files: each path that is published, how it is typed and how long it may be kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.routing import Route

from registry.errors import ErasedError
from registry.publishing.entity import PATH as ENTITY_PATH
from registry.reading.static_files import A_MINUTE, A_MOMENT, FOR_EVER, JSON, OCTETS, TEXT, Served, serve
from verifier.encoding import read_object
from verifier.errors import NotFoundError
from verifier.names import SCHEME

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from verifier.gather import Fetcher

_ID = r"[0-9a-hjkmnp-tv-z]{26}"
_NUMBER = r"(?:0|[1-9][0-9]{0,18})"
_BODY = r"[1-9][0-9]{0,8}"
_TILE = r"(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"

PLANE: tuple[tuple[str, Served], ...] = (
    (r"log/checkpoint", Served(TEXT, A_MOMENT)),
    (rf"log/checkpoints/{_NUMBER}", Served(TEXT, FOR_EVER)),
    (rf"log/tile/{_TILE}", Served(OCTETS, FOR_EVER)),
    (r"log/approvals/[A-Za-z0-9_-]{43}\.jwt", Served("application/jwt", FOR_EVER)),
    (r"documents/[A-Za-z0-9_-]{43}\.json", Served(JSON, FOR_EVER)),
    (r"directory/latest", Served(JSON, A_MOMENT)),
    (rf"directory/{_NUMBER}/index", Served(JSON, FOR_EVER)),
    (rf"directory/{_NUMBER}/delta", Served(OCTETS, FOR_EVER)),
    (rf"directory/{_NUMBER}/trust-list\.jwt", Served("application/trust-list+jwt", FOR_EVER)),
    (rf"directory/{_NUMBER}/recognition-list\.jwt", Served("application/recognition-list+jwt", FOR_EVER)),
    (r"notices/list\.json", Served(JSON, A_MINUTE)),
    (r"recognition/list\.jwt", Served("application/recognition-list+jwt", A_MINUTE)),
    (r"directory/shards/[0-9a-f]{64}", Served(OCTETS, FOR_EVER)),
    (r"status/[1-9][0-9]{0,8}", Served("application/statuslist+jwt", A_MINUTE)),
    (r"status/lists", Served(JSON, A_MINUTE)),
    (rf"trust/{_NUMBER}\.json", Served(JSON, FOR_EVER)),
    (r"trust/list\.jwt", Served("application/trust-list+jwt", A_MINUTE)),
    (re.escape(ENTITY_PATH), Served("application/entity-statement+jwt", A_MINUTE)),
    (rf"e/{_BODY}/\.well-known/openid-federation", Served("application/entity-statement+jwt", A_MINUTE)),
    (rf"federation/statements/{_BODY}\.jwt", Served("application/entity-statement+jwt", A_MINUTE)),
    (r"federation/subordinates\.json", Served(JSON, A_MINUTE)),
    (rf"federation/marked/{SCHEME.pattern}/[1-9]\.json", Served(JSON, A_MINUTE)),
    (r"federation/historical-keys", Served("application/jwk-set+jwt", A_MINUTE)),
    (rf"m/{_ID}/status-[A-Za-z0-9_-]{{43}}\.jwt", Served("application/trust-mark-status-response+jwt", A_MINUTE)),
    (rf"m/{_ID}\.jwt", Served("application/trust-mark+jwt", FOR_EVER)),
    (rf"m/{_ID}\.tlog-proof", Served(TEXT, FOR_EVER)),
    (rf"m/{_ID}/attestation\.jwt", Served("application/evaluation-attestation+jwt", FOR_EVER)),
    (rf"m/{_ID}/seal\.jwt", Served("application/qr-seal+jwt", FOR_EVER)),
    (rf"m/{_ID}/mark-[A-Za-z0-9_-]{{43}}\.jwt", Served("application/trust-mark+jwt", FOR_EVER)),
    (rf"m/{_ID}/seal-[A-Za-z0-9_-]{{43}}\.jwt", Served("application/qr-seal+jwt", FOR_EVER)),
    (rf"e/{_BODY}\.json", Served(JSON, A_MINUTE)),
)
"""Every published path, without the leading slash, and how it is served."""

_COMPILED = tuple((re.compile(pattern, re.ASCII), served) for pattern, served in PLANE)


def plane_routes(fetcher: Fetcher) -> list[Route]:
    """Return the routes that serve the published files as they are; other paths are for other routes."""

    async def file(request: Request) -> Response:
        path = request.url.path.removeprefix("/")
        for pattern, served in _COMPILED:
            if pattern.fullmatch(path):
                return serve(request, fetcher.fetch(path), served)
        raise NotFoundError("nothing of the read plane has this address")

    async def disclosed(request: Request) -> Response:
        answer = await file(request)
        path = request.url.path.removeprefix("/")
        if read_object(fetcher.fetch(path)).get("disclosures") == []:
            raise ErasedError("the name was erased for good", hint="The log still holds its commitment.")
        return answer

    folders = (
        "/log/{rest:path}",
        "/documents/{rest:path}",
        "/directory/{rest:path}",
        "/status/{no}",
        "/trust/{rest:path}",
        f"/{ENTITY_PATH}",
    )
    files = ("/m/{id}.jwt", "/m/{id}.tlog-proof", "/m/{id}/attestation.jwt", "/m/{id}/seal.jwt")
    corrected = ("/m/{id}/mark-{digest}.jwt", "/m/{id}/seal-{digest}.jwt")
    federation = (
        "/e/{no}/.well-known/openid-federation",
        "/federation/statements/{no}.jwt",
        "/federation/subordinates.json",
        "/federation/marked/{scheme}/{level}.json",
        "/federation/historical-keys",
        "/m/{id}/status-{digest}.jwt",
    )
    lists = (f"/{ENTITY_PATH}", "/recognition/list.jwt", "/notices/list.json")
    return [
        *(Route(path, file) for path in (*folders, *lists, *files, *corrected, *federation)),
        Route("/e/{no}.json", disclosed),
    ]
