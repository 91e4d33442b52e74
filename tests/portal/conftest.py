"""The portal over a small registry, its clients, and a receiver of webhooks on this machine."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.portal.desk import Desk
from registry.portal.letters import Letters
from registry.portal.portal_database import PortalDatabase
from registry.portal.service import create_portal
from registry.web.in_process import InProcessTransport
from tests.registry.conftest import (
    HOST,
    bare,
    engine,
    engines,
    marked,
    postgresql,
    pytest_generate_tests,
    staffed,
    world,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from registry.portal.client import Client
    from registry.portal.service import Portal
    from tests.registry.conftest import Engine, Template, World
    from verifier.edge.mail import Letter
    from verifier.signer import SoftwareSigner

__all__ = [
    "bare",
    "engine",
    "engines",
    "marked",
    "postgresql",
    "pytest_generate_tests",
    "staffed",
    "world",
]


@dataclass(frozen=True)
class Received:
    """A message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that takes webhooks; ``answer`` decides what each is answered: a status and header fields."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, dict[str, str]]] = lambda message: (204, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            message = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.received.append(message)
            status, headers = made.answer(message)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Tenant:
    """A client with its key, and how it asks."""

    client: Client
    key: str
    http: httpx.Client

    @property
    def secret(self) -> str:
        """What of the key nobody else knows, and may itself hold an underscore."""
        return self.key.split("_", 2)[2]

    def ask(self, method: str, path: str, *, key: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        if method == "POST":
            headers["Idempotency-Key"] = key or secrets.token_hex(8)
        return self.http.request(method, f"http://portal/portal/v1/{path}", headers=headers, **more)

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, json=body, **more)

    def watch(self, **order: Any) -> dict[str, Any]:
        """Make a watch."""
        answer = self.post("watches", order)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def endpoint(self, url: str) -> dict[str, Any]:
        """Make an endpoint."""
        answer = self.post("endpoints", {"url": url})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def events(self) -> list[dict[str, Any]]:
        """Return the payloads of all events."""
        return [one["payload"] for one in self.get("events?limit=500").json()["events"]]


@dataclass
class Scene:
    """A portal over a registry with one mark. Nothing is watched or delivered before a test takes a step."""

    world: World
    mark: str
    signers: dict[str, SoftwareSigner]
    desk: Desk
    portal: Portal
    http: httpx.Client
    sent: list[Letter]

    def tenant(self, name: str = "portal", **more: Any) -> Tenant:
        """Register a client."""
        client, key = self.portal.clients.add(name, **more)
        return Tenant(client, key, self.http)

    def suspend(self, mark: str = "") -> None:
        """Suspend a mark and publish that."""
        self.world.desk.suspend_mark(mark or self.mark, reason="report_missing", lift_by=self.world.clock() + 86_400)
        self.world.clock.now += 60
        self.world.settle()

    def deliver(self) -> int:
        """Deliver until nothing is due any more; return how many attempts there were."""
        attempts = 0
        while done := self.portal.delivering.step():
            attempts += done
        return attempts


@pytest.fixture
def scene(marked: Template, engine: Engine, tmp_path: Path) -> Iterator[Scene]:
    """The portal over a registry of its own with one mark."""
    here = marked.copy(tmp_path / "registry")
    database = PortalDatabase(engine.database() or here.folder / "portal.db")
    database.migrate()
    desk = Desk(database, HOST, here.clock, secrets.token_bytes, to_loopback=True)
    sent: list[Letter] = []
    letters = Letters("portal@shirushi.example", sent.append)
    portal = create_portal(desk, here.public, trust_root=here.ceremony.root, letters=letters)
    with httpx.Client(transport=InProcessTransport({"portal": portal.served})) as http:
        yield Scene(here, marked.mark, marked.signers, desk, portal, http, sent)
    database.close()
    here.close()


def code_of(letter: Letter) -> str:
    """Return the code in a letter that asks for a confirmation."""
    return next(line.strip() for line in letter.body.splitlines() if line.startswith("  "))
