"""What every test gets: no network but loopback, a fixed time, seeded entropy, two hypothesis profiles."""

from __future__ import annotations

import gc
import hashlib
import ipaddress
import itertools
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx

__all__ = ["chromium"]

# 2026-11-02T00:00:00Z
FROZEN_NOW = 1_793_577_600

OF_THE_TERMINAL = ("COLUMNS", "LINES", "TERMINAL_WIDTH", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS")

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "prove", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("dev")


def pytest_configure() -> None:
    """Leave the imports of all tests alone: nothing of them is garbage, and looking for it is a fifth of the time.

    What commands print must not depend on the terminal in which the tests are run.
    """
    gc.disable()
    for name in OF_THE_TERMINAL:
        os.environ.pop(name, None)


def pytest_collection_finish() -> None:
    """Look for garbage in what the tests themselves make."""
    gc.enable()
    gc.freeze()


@pytest.fixture
def frozen_now() -> int:
    """The one time at which tests happen, in seconds since 1970."""
    return FROZEN_NOW


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run: SHA-256 of a counter."""
    counter = itertools.count()

    def draw(size: int) -> bytes:
        blocks = (hashlib.sha256(b"shirushi test %d" % next(counter)).digest() for _ in range(-(-size // 32)))
        return b"".join(blocks)[:size]

    return draw


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Generator[None]:
    """Refuse to connect to anything but this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_problem_is_untold() -> Generator[None]:
    """Hold every problem that an application in this process answers against the OpenAPI document of its address."""
    if "registry.web.in_process" not in sys.modules:
        yield
        return
    from registry.web.in_process import InProcessTransport  # noqa: PLC0415 - only where a test serves something
    from tests.openapi.described_problems import check_answer  # noqa: PLC0415

    serve = InProcessTransport.handle_request

    def held(self: InProcessTransport, request: httpx.Request) -> httpx.Response:
        answer = serve(self, request)
        media_type = answer.headers.get("content-type", "")
        check_answer(request.url.host, (request.method, request.url.path), media_type, answer.content)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InProcessTransport, "handle_request", held)
        yield


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ((host[:1].isdigit() or ":" in host) and ipaddress.ip_address(host).is_loopback)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail, not skip, a system test that lacks its system part where CI runs: there everything is installed."""
    report = yield
    on_ci = os.getenv("CI") == "true"
    if on_ci and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("system"):
        report.outcome = "failed"
        report.longrepr = f"a system part is missing: {report.longrepr}"
    return report
