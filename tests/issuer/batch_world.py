"""A registry in one process with an evaluator's desk before it; the line between them can be cut, or led over TCP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from issuer.batch.run import Pace
from issuer.submit import RegistryClient
from issuer.trust import newest
from registry.rows import queries
from registry.scenario import cast
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.story import Story
from tests.issuer.granted_cases import grant_many
from verifier.statement import parse_statement

if TYPE_CHECKING:
    from pathlib import Path

    from issuer.desk import Desk

START = 1_795_305_600
QUIET = Pace(progress=lambda done, total: None, checking=lambda done, total: None, group=5)
Watch = Callable[[str, str], bool]
"""Is told ``before`` or ``after`` a request to a path is served; False drops the connection."""


@dataclass
class Line(httpx.BaseTransport):
    """The desk's connection. ``away`` names the hosts that cannot be reached, ``lost`` those whose answers get lost."""

    inner: httpx.Client
    away: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    sent: list[bytes] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on, unless the host is away."""
        if request.url.host in self.away:
            raise httpx.ConnectError("the registry is away", request=request)
        body = request.read()
        if request.url.path.endswith("/statements/batch"):
            self.sent.append(body)
        answer = self.inner.request(request.method, request.url, content=body, headers=dict(request.headers))
        if request.method == "POST" and request.url.host in self.lost:
            raise httpx.ReadError("the answer was lost", request=request)
        return httpx.Response(answer.status_code, content=answer.content)


@dataclass
class BatchWorld:
    """One registry, one desk, the desk's line."""

    world: OneProcess
    desk: Desk
    line: Line

    def grant(self, count: int, *, first: int = 1) -> list[tuple[str, str, int]]:
        """Store so many granted cases."""
        return grant_many(self.desk, count, tester=cast.TESTER_NO, first=first)

    def publish(self) -> None:
        """Let the registry publish what it has admitted, with a directory over it."""
        for _ in range(4):
            self.world.pass_time(1)

    def marks_in_log(self) -> list[str]:
        """Return the mark of every entry that issues one."""
        return [uri for uri, _ in issued_entries(self.world)]

    def with_signers(self, *roles: str) -> Desk:
        """Return the desk with these keys open only."""
        signers: Any = {role: one for role, one in self.desk.signers.items() if role in roles}
        return replace(self.desk, signers=signers)


def issued_entries(world: OneProcess) -> list[tuple[str, Any]]:
    """Return object and statement of every entry that issues a mark, as the database has them."""
    with world.registry.ledger.read() as connection:
        size = queries.log_size(connection).size
        found = [parse_statement(one.statement) for one in queries.walk_entries(connection, size)]
    return [(one.object, one) for one in found if one.type == "mark.issued"]


@contextmanager
def batch_world(folder: Path, *, seed: str = "batch", start: int = START) -> Iterator[BatchWorld]:
    """Yield a registry with an accredited body and its desk."""
    with one_process(folder / "registry", seed=seed, start=start) as world:
        story = Story(world.stage, tell=lambda heading, detail: None)
        desk = story.prepare()
        world.pass_time(1)
        line = Line(world.stage.http)
        root = world.stage.root
        with httpx.Client(transport=line) as http:
            registry = RegistryClient(
                http, read="http://read", api="http://api", root=lambda fetcher: newest(root, fetcher)
            )
            yield BatchWorld(world, replace(desk, registry=registry), line)
        desk.database.close()


@contextmanager
def served(world: OneProcess, watch: Watch) -> Iterator[dict[str, str]]:
    """Serve the registry of one process over TCP."""
    client = world.stage.http
    lock = threading.Lock()

    def handler(host: str) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                with lock:
                    if not watch("before", self.path):
                        return
                    answer = client.request(
                        self.command,
                        f"http://{host}{self.path}",
                        content=body,
                        headers={"content-type": self.headers.get("content-type") or ""},
                    )
                    if not watch("after", self.path):
                        return
                self.send_response(answer.status_code)
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = _serve

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    servers = {host: ThreadingHTTPServer(("127.0.0.1", 0), handler(host)) for host in ("read", "api")}
    threads = [threading.Thread(target=one.serve_forever, daemon=True) for one in servers.values()]
    for thread in threads:
        thread.start()
    try:
        yield {host: f"http://127.0.0.1:{one.server_address[1]}" for host, one in servers.items()}
    finally:
        for one in servers.values():
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join()
