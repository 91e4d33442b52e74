"""A browser's view of a registry: its reader with pages, asked in English unless a test asks otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from verifier.edge.page.pages import PageRenderer
from verifier.programme import shipped_programmes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.registry.conftest import World
    from verifier.programme import Programme

AS_PAGE = {"Accept": "text/html", "Accept-Language": "en"}
AS_JSON = {"Accept": "application/json"}


def pages(
    world: World, *, programmes: Callable[[], tuple[Programme, ...]] = shipped_programmes, **more: Any
) -> httpx.Client:
    """Return a client that gets pages; ``more`` are further arguments of the reader."""
    render = PageRenderer(environment="demonstration", zone="Asia/Tokyo", now=world.clock, programmes=programmes)
    app = create_reader(world.public, trust_root=world.ceremony.root, now=world.clock, render=render, **more)
    return httpx.Client(transport=InProcessTransport({"read": app}), base_url="http://read", headers=AS_PAGE)
