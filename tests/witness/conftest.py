"""A log that can tell the truth or lie, and a witness over real HTTP semantics in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from registry.witness.client import WitnessClient
from registry.witness.house import HouseConfig, create_app
from registry.witness.service import Witness, WitnessConfig
from tests.vectors.generate_log import LOG, ORIGIN, private_key
from verifier.log.add_checkpoint import AddCheckpoint
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.merkle import leaf_hash
from verifier.log.tree import MemoryTree, consistency_path, root_at


class SigningLog:
    """A log whose operator signs whatever is asked."""

    def __init__(self, story: str = "true") -> None:
        self.tree = MemoryTree()
        for index in range(40):
            # Two stories agree on the first five entries and part ways then.
            self.tree.append(leaf_hash(f"{'shared' if index < 5 else story} {index}".encode()))

    def at(self, size: int) -> SignedCheckpoint:
        return sign_checkpoint(Checkpoint(ORIGIN, size, root_at(self.tree, size)), LOG)

    def growth(self, old: int, new: int) -> AddCheckpoint:
        return AddCheckpoint(old, tuple(consistency_path(self.tree, old, new)), self.at(new))


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class InProcess(httpx.BaseTransport):
    """Sends what a synchronous client asks to an application in this process."""

    def __init__(self, app: ASGIApp, runner: asyncio.Runner) -> None:
        self._asgi = httpx.ASGITransport(app)
        self._runner = runner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())


@pytest.fixture
def log() -> SigningLog:
    return SigningLog()


@pytest.fixture
def lying_log() -> SigningLog:
    return SigningLog("false")


@pytest.fixture
def clock(frozen_now: int) -> HandClock:
    return HandClock(frozen_now)


@pytest.fixture
def config(tmp_path: Path, clock: HandClock) -> WitnessConfig:
    return WitnessConfig("witness.example/w1", private_key("w1"), tmp_path / "w1.sqlite", (LOG.key,), clock)


@pytest.fixture
def witness(config: WitnessConfig) -> Iterator[Witness]:
    opened = Witness(config)
    yield opened
    opened.store.close()


@pytest.fixture
def http(config: WitnessConfig, tmp_path: Path, clock: HandClock) -> Iterator[httpx.Client]:
    second = WitnessConfig("witness.example/w2", private_key("w2"), tmp_path / "w2.sqlite", (LOG.key,), clock)
    app = create_app(HouseConfig({"w1": config, "w2": second}))
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        with httpx.Client(transport=InProcess(app, runner), base_url="http://house.example") as client:
            yield client
        runner.run(lifespan.__aexit__(None, None, None))


@pytest.fixture
def client(http: httpx.Client) -> WitnessClient:
    return WitnessClient("http://house.example/w1/", http)
