"""Pulling from, and asking by ranges, the reader that a registry really serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from registry.reading.reader import create_reader
from registry.web.in_process import InProcessTransport
from tests.directory.histories import HOST, NOW, History
from verifier.directory import ranged
from verifier.directory.build import BuiltDirectory, build_directory
from verifier.directory.files import parse_index, shard_path
from verifier.directory.ranged import RangedDirectory
from verifier.directory.tree import look_up
from verifier.edge.directory_store import HttpRangeFetcher
from verifier.errors import NotFoundError, ProofError, UnavailableError


@dataclass
class Site:
    """A reader over a folder, and the requests that it got."""

    folder: Path
    history: History
    built: BuiltDirectory
    requests: list[httpx.Request] = field(default_factory=list)

    def http(self, app: Starlette | None = None) -> httpx.Client:
        some_root: Any = SimpleNamespace(host=HOST)
        reader = app or create_reader(self.folder, trust_root=some_root, now=lambda: NOW)
        hooks = {"request": [self.requests.append]}
        return httpx.Client(transport=InProcessTransport({"read": reader}), event_hooks=hooks)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder, history = tmp_path_factory.mktemp("public"), History(5, organisations=399)
    history.change(1500)
    built = build_directory(history.state, bits=9)
    (folder / "directory/shards").mkdir(parents=True)
    for name, data in built.files.shards.items():
        (folder / "directory/shards" / name).write_bytes(data)
    return Site(folder, history, built)


@pytest.fixture
def site(written: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(ranged, "FIRST_BYTES", 64)
    written.requests.clear()
    return written


def test_a_look_up_tells_the_reader_the_bucket_and_not_whom_one_checks(site: Site) -> None:
    index = parse_index(site.built.files.index)
    asked = set[str]()
    with site.http() as http:
        fetcher = HttpRangeFetcher("http://read", http)
        directory = RangedDirectory(fetcher, index)
        for subject in (*site.history.organisations[:5], f"https://{HOST}/e/99999"):
            site.requests.clear()
            proof = directory.prove(subject)
            assert proof == site.built.tree.prove(subject)
            look_up(proof, subject, bits=9, root=site.built.root)
            assert {request.url.path for request in site.requests} <= {
                "/" + shard_path(index, number) for number in range(256)
            }
            asked |= {request.url.path.rpartition("/")[2] for request in site.requests}
            assert all(re.fullmatch(r"bytes=\d+-\d+", request.headers["range"]) for request in site.requests)
            assert subject not in str([(request.url, request.headers) for request in site.requests])
    assert fetcher.fetched < sum(len(site.built.files.shards[name]) for name in asked)


def answering(status: int, data: bytes, headers: dict[str, str] | None = None) -> Starlette:
    async def answer(request: Request) -> Response:
        return Response(data, status, headers=headers)

    return Starlette(routes=[Route("/{path:path}", answer)])


def fetched(site: Site, app: Starlette, first: int, end: int) -> bytes:
    with site.http(app) as http:
        return HttpRangeFetcher("http://read", http).fetch_range("directory/shards/x", first, end)


def test_a_server_without_ranges_serves_too(site: Site) -> None:
    assert fetched(site, answering(200, b"0123456789"), 2, 5) == b"234"


def test_a_part_behind_the_end_is_empty(site: Site) -> None:
    assert fetched(site, answering(416, b""), 20, 30) == b""
    with site.http() as http:
        name = next(iter(site.built.files.shards))
        fetcher = HttpRangeFetcher("http://read", http)
        assert fetcher.fetch_range(f"directory/shards/{name}", 10**9, 10**9 + 5) == b""
        whole = fetcher.fetch(f"directory/shards/{name}")
        assert fetcher.fetch_range(f"directory/shards/{name}", 3, 10**9) == whole[3:]


@pytest.mark.parametrize(
    ("status", "headers"),
    [(206, {"Content-Range": "bytes 7-9/10"}), (206, {}), (500, {}), (302, {"Location": "/elsewhere"})],
)
def test_an_answer_that_is_not_the_part_asked_for_is_no_answer(
    site: Site, status: int, headers: dict[str, str]
) -> None:
    with pytest.raises(UnavailableError, match="answers"):
        fetched(site, answering(status, b"xyz", headers), 2, 5)


def test_more_than_was_asked_for_is_not_read(site: Site) -> None:
    with pytest.raises(UnavailableError, match="more than was asked for"):
        fetched(site, answering(206, b"x" * 100, {"Content-Range": "bytes 2-4/1000"}), 2, 5)


def test_what_is_not_there_is_not_found(site: Site) -> None:
    with site.http() as http:
        fetcher = HttpRangeFetcher("http://read", http)
        with pytest.raises(NotFoundError):
            fetcher.fetch_range(f"directory/shards/{'0' * 64}", 0, 9)
        with pytest.raises(UnavailableError):
            HttpRangeFetcher("http://elsewhere", http).fetch_range("directory/latest", 0, 9)


def test_a_reader_that_serves_another_bucket_is_caught(site: Site) -> None:
    index = parse_index(site.built.files.index)
    data = site.built.files.shards[shard_path(index, 0).rpartition("/")[2]]
    subject = next(uri for uri in site.history.state.heads if uri.startswith("https://") and _in_first_shard(uri))
    head, feed, body = data.partition(b"\n")
    other = head + feed + body.replace(b"state", b"State")
    with site.http(answering(200, other)) as http, pytest.raises(ProofError, match="not the one"):
        RangedDirectory(HttpRangeFetcher("http://read", http), index).prove(subject)


def _in_first_shard(uri: str) -> bool:
    return ranged.shard_of(uri, 9) == 0
