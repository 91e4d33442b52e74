"""The page that opens links, over a real registry and its portal: what is in a box is judged and told once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from registry.reading.share_routes import SharePage
from registry.reading.way_to_boxes import WayToBoxes
from registry.web.in_process import InProcessTransport
from registry.web.problems import exception_handlers
from tests.registry.conftest import HOST
from verifier.edge.folder import FolderFetcher
from verifier.edge.share_client import LEAVING, TAKING, leave_box, take_box
from verifier.errors import NotFoundError
from verifier.share import Secret, Share, read_link

if TYPE_CHECKING:
    from tests.portal.conftest import Scene


def shared(scene: Scene) -> Share:
    now = scene.world.clock()
    members = {"v": 1, "id": "A" * 22, "host": HOST, "mark": scene.mark, "to": "見本商事", "made": now}
    return Share.model_validate({**members, "until": now + 86_400})


def test_the_registrys_own_page_reaches_the_boxes_and_judges_what_is_in_one(scene: Scene) -> None:
    boxes = WayToBoxes("http://portal", host=HOST, transport=httpx.ASGITransport(scene.portal.served))
    root, plane = scene.world.ceremony.root, FolderFetcher(scene.world.public)
    page = SharePage(plane, trust_root=root, now=scene.world.clock, render=lambda asked: "", boxes=boxes)
    app = Starlette(routes=[*boxes.routes(), *page.routes()], exception_handlers=exception_handlers(HOST))
    reader = httpx.Client(transport=InProcessTransport({"read": app}))
    link = leave_box(shared(scene), "http://read", reader, entropy=secrets.token_bytes)
    first, second = (reader.post("http://read/s?lang=en", data={"link": link}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 404)
    assert "見本商事" in first.text
    assert "株式会社見本精機" in first.text
    assert "見本商事" not in second.text
    assert first.headers["cache-control"] == "no-store"
    reader.close()


class BrokenLine(httpx.BaseTransport):
    """Swallows the first answer about each address, after the other side has done what was asked."""

    def __init__(self, line: httpx.BaseTransport) -> None:
        self._line = line
        self._broken: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._line.handle_request(request)
        if str(request.url) in self._broken:
            return answer
        self._broken.add(str(request.url))
        raise httpx.ReadError("the line broke")


def test_a_line_that_breaks_before_the_answer_costs_nobody_a_one_time_link(scene: Scene) -> None:
    boxes = WayToBoxes("http://portal", host=HOST, transport=httpx.ASGITransport(scene.portal.served))
    app = Starlette(routes=boxes.routes(), exception_handlers=exception_handlers(HOST))
    with httpx.Client(transport=BrokenLine(InProcessTransport({"read": app}))) as http:
        left = shared(scene)
        secret = read_link(leave_box(left, "http://read", http, entropy=secrets.token_bytes))
        assert isinstance(secret, Secret)
        assert take_box(secret, "http://read", http, entropy=secrets.token_bytes) == left
        with pytest.raises(NotFoundError):
            take_box(secret, "http://read", http, entropy=secrets.token_bytes)


@pytest.mark.parametrize("key", [b"caf\xe9-caf\xe9", b"short", b"x" * 129])
def test_a_key_that_is_none_is_refused_on_the_way(scene: Scene, key: bytes) -> None:
    boxes = WayToBoxes("http://portal", host=HOST, transport=httpx.ASGITransport(scene.portal.served))
    app = Starlette(routes=boxes.routes(), exception_handlers=exception_handlers(HOST))
    with httpx.Client(transport=InProcessTransport({"read": app})) as http:
        for path in (LEAVING, TAKING):
            answer = http.post(f"http://read{path}", content=b"{}", headers={"Idempotency-Key": key})
            assert (answer.status_code, answer.json()["code"]) == (400, "wrong_use")
