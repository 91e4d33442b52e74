"""The page and the files of a sandbox: one thing to practise on for each answer, for people and for programs.

Only a registry whose trust root says that it is a sandbox has them. The files are public and lie beside the read plane,
not in it: no log accounts for them, and nothing is proven by them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from registry.reading.page_answer import PageRequest, Render, answer_page
from registry.reading.static_files import A_MINUTE, JSON, TEXT, Served, serve
from verifier.encoding import read_object
from verifier.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

FIXTURES = "fixtures.json"
_FILES = {"qr.png": "image/png", "text.txt": TEXT, "bundle.json": JSON, "policy.toml": "application/toml"}
_NAME = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


class SandboxShelf:
    """The handlers over a sandbox's folder of fixtures."""

    def __init__(self, folder: Path, *, render: Render | None) -> None:
        self._folder = folder
        self._render = render

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/sandbox", self.page),
            Route(f"/sandbox/{FIXTURES}", self.fixtures),
            Route("/sandbox/{name}/{file}", self.file),
        ]

    async def page(self, request: Request) -> Response:
        """Answer with every fixture and the answer to expect, as a page or as JSON."""
        listed = read_object(await run_in_threadpool(self._read, FIXTURES))
        return answer_page(request, PageRequest("sandbox", "", listed, None, "", {}), self._render)

    async def fixtures(self, request: Request) -> Response:
        """Serve the list for programs."""
        return serve(request, await run_in_threadpool(self._read, FIXTURES), Served(JSON, A_MINUTE))

    async def file(self, request: Request) -> Response:
        """Serve a file of one fixture."""
        name, file = request.path_params["name"], request.path_params["file"]
        if file not in _FILES or not _NAME.fullmatch(name):
            raise NotFoundError("no fixture has such a file", hint="/sandbox lists them.")
        data = await run_in_threadpool(self._read, f"{name}/{file}")
        return serve(request, data, Served(_FILES[file], A_MINUTE))

    def _read(self, path: str) -> bytes:
        try:
            return (self._folder / path).read_bytes()
        except OSError as error:
            raise NotFoundError("this sandbox has no such fixture", hint="/sandbox lists them.") from error
