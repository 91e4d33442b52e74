"""A QR before a camera, in every state that a mark can be in: published by a registry, served, filmed and judged.

Each registry is a world of its own whose files a reader serves; the browser's clock is set to that world's time. One
state is run each time, the others among the long proofs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.scenario.simulated_plane import published
from tests.attacks.test_dishonest_issuance import bodied
from tests.attacks.test_ended_marks import holder
from tests.browser.conftest import REPOSITORY
from tests.browser.test_camera import VENDOR, film_of, headline
from tests.chromium import ARGUMENTS, CHROMIUM, new_context
from tests.ports import free_port
from tests.waiting import wait_for_answer
from tests.world import World, fork, fork_issued
from verifier.verdict import Headline

pytestmark = pytest.mark.system
Film = Callable[..., Any]
YEAR = 366 * 86_400


@pytest.fixture
def filmed(chromium: Any, tmp_path: Path) -> Iterator[Film]:
    """Return a function that serves a world, films a text and returns the page before that camera."""
    if not VENDOR.exists():
        pytest.skip("the assets were not built: make assets")
    servers: list[subprocess.Popen[bytes]] = []
    browsers: list[Any] = []

    def start(world: World, text: str, *, later: int = 0) -> Any:
        url = serve_world(world, tmp_path / "public", servers)
        film = film_of(text, tmp_path / "film.mjpeg")
        camera = (
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
        browsers.append(browser)
        context = new_context(browser, locale="en-GB")
        context.clock.set_fixed_time(world.sim.now + later)
        page = context.new_page()
        page.goto(f"{url}/verify?lang=en")
        page.wait_for_selector("html[data-scan=ready]")
        page.click("#camera")
        return page

    yield start
    for browser in browsers:
        browser.close()
    for server in servers:
        server.terminate()
        server.wait(timeout=20)


def serve_world(world: World, folder: Path, servers: list[subprocess.Popen[bytes]]) -> str:
    """Publish what a world holds and serve it; returns the address once it answers."""
    for path, data in published(world.sim).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    root = folder / "trust/1.json"
    port = free_port()
    ahead = str(world.sim.now - int(time.time()))
    command = [sys.executable, "-m", "tests.browser.serving", str(folder), str(root), str(port), ahead]
    server = subprocess.Popen(command, cwd=REPOSITORY)
    servers.append(server)
    url = f"http://localhost:{port}"
    wait_for_answer(f"{url}/log/checkpoint", lives=lambda: server.poll() is None)
    return url


def tampered(text: str) -> str:
    """Return the text with one digit of the signature changed."""
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def test_a_suspended_mark_before_the_camera_is_suspended(filmed: Film) -> None:
    world, mark = fork_issued()
    world.suspend(mark)
    page = filmed(world, world.qr(mark))
    assert headline(page) == "suspended"
    assert "suspended" in page.inner_text("#result").lower()


@pytest.mark.prove
def test_a_valid_mark_before_the_camera_is_valid(filmed: Film) -> None:
    world, mark = fork_issued()
    world.show()
    assert headline(filmed(world, world.qr(mark))) == "valid"


@pytest.mark.prove
def test_a_mark_whose_term_is_over_has_expired(filmed: Film) -> None:
    world, mark = fork_issued()
    world.show()
    assert headline(filmed(world, world.qr(mark), later=2 * YEAR)) == "expired"


@pytest.mark.prove
def test_a_withdrawn_mark_before_the_camera_is_withdrawn(filmed: Film) -> None:
    world, mark = fork_issued()
    world.change("mark.withdrawn", mark, {"reason": "false_statement"}, second=holder(world))
    assert headline(filmed(world, world.qr(mark))) == "withdrawn"


@pytest.mark.prove
@pytest.mark.parametrize("host", ["shirushi.exarnple", "shirushi.example.evil.example", "shirushi-example.example"])
def test_a_look_alike_host_before_the_camera_is_forged_and_never_asked(filmed: Film, host: str) -> None:
    world, mark = fork_issued()
    world.show()
    page = filmed(world, world.qr(mark).replace("shirushi.example", host))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert headline(page) == "forged"
    assert [url for url in asked if "localhost" not in url and not url.startswith("blob:")] == []


@pytest.mark.prove
def test_a_mark_by_a_body_that_was_not_accredited_for_it_has_an_unknown_issuer(filmed: Film) -> None:
    world = fork()
    bodied(world, world.sim.accredit(1002, operators=world.sim.ceremony.keys.operators[:1]))
    mark = world.issue(judged=False)
    assert world.verdict(mark).headline is Headline.UNKNOWN_ISSUER
    assert headline(filmed(world, world.qr(mark))) == "unknown_issuer"


@pytest.mark.prove
def test_a_code_with_a_changed_digit_before_the_camera_is_forged(filmed: Film) -> None:
    world, mark = fork_issued()
    world.show()
    assert headline(filmed(world, tampered(world.qr(mark)))) == "forged"
