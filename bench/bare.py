"""A bare Starlette route with given bytes, on the server that the product uses: the floor of target P3.

``python -m bench.bare --port N --answer FILE`` serves the file's bytes at every mark's address until it is ended.
"""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from registry.verification.paths import MARKS
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

# The same bytes on the line: the headers are a part of the answer.
HEADERS = {
    "ETag": '"' + 43 * "x" + '"',
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answer", type=Path, required=True)
    asked = parser.parse_args()
    body = asked.answer.read_bytes()

    async def mark(_: Request) -> Response:
        return Response(body, media_type="application/json", headers=HEADERS)

    app = Starlette(routes=[Route(f"{MARKS}/{{id}}", mark)])

    def hold(stop: Callable[[], None]) -> None:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop).start())

    serve_application(app, address="127.0.0.1", port=asked.port, hold=hold)


if __name__ == "__main__":
    main()
