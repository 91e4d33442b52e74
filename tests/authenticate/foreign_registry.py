"""A real registry on this machine that answers as it is told: rightly, or in every wrong way that we know of."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from recognition.authenticate.edge.guarded_http import Limits
from tests.authenticate.foreign import answer

Behaviour = Callable[["Handler"], None]
BOMB = gzip.compress(b" " * 50_000_000)
"""Made once: it takes as long as the shortest time that a client waits."""


class Handler(BaseHTTPRequestHandler):
    """Answers one question by the behaviour that its server has now."""

    server: Registry
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked.append(self.path)
        self.close_connection = True
        try:
            self.server.behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up += 1

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def send(self, body: bytes, *, status: int = 200, media_type: str = "application/json", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", headers.pop("Content_Length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Registry(ThreadingHTTPServer):
    """The server; ``asked`` are the paths that were asked for, in order."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour: Behaviour = good
        self.asked: list[str] = []
        self.hung_up = 0
        self.connections = 0
        self.scheme = "https" if tls else "http"
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def base(self) -> str:
        """Return its address."""
        return (
            f"{self.scheme}://localhost:{self.server_port}"
            if self.scheme == "https"
            else f"http://127.0.0.1:{self.server_port}"
        )

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Count the connection."""
        self.connections += 1
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what is tested."""


@contextmanager
def running(behaviour: Behaviour | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Registry]:
    """Yield a registry that runs in a thread of its own."""
    registry = Registry(tls)
    registry.behaviour = behaviour or good
    thread = threading.Thread(target=registry.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        registry.shutdown()
        registry.server_close()
        thread.join()


def good(handler: Handler) -> None:
    """Answer as an honest registry does, and 404 for whatever it does not hold."""
    if handler.path == "/certificates/C-1":
        handler.send(json.dumps(answer()).encode(), Cache_Control="no-cache")
    else:
        handler.send(b"{}", status=404, Cache_Control="no-cache")


def says(**changes: Any) -> Behaviour:
    """Return the behaviour of answering with changed facts."""
    return lambda handler: handler.send(json.dumps(answer(**changes)).encode())


def status(code: int, **headers: str) -> Behaviour:
    """Return the behaviour of answering with a status and nothing of use."""
    return lambda handler: handler.send(b"{}", status=code, **headers)


def body(data: bytes, media_type: str = "application/json", **headers: str) -> Behaviour:
    """Return the behaviour of answering with these bytes."""
    return lambda handler: handler.send(data, media_type=media_type, **headers)


def slow(handler: Handler) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(1.5)
    good(handler)


def drip_body(handler: Handler) -> None:
    """Send the body byte by byte, each before the silence would be too long."""
    data = json.dumps(answer()).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    for byte in data:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler: Handler) -> None:
    """Send a header that never ends, byte by byte."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(100):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.1)


PATIENT = Limits(connect=10, silence=10, total=20)
WAITED_FOR = (slow, drip_body, drip_headers)


def limits_for(behaviour: Behaviour) -> Limits:
    """Return how long a client of a test waits: briefly where the wait runs out, else longer than any machine takes."""
    return Limits(connect=0.5, silence=0.5, total=1.0) if behaviour in WAITED_FOR else PATIENT


def cut_off(handler: Handler) -> None:
    """Promise more than is sent."""
    data = json.dumps(answer()).encode()
    handler.send(data, Content_Length=str(len(data) + 100))


def huge(handler: Handler) -> None:
    """Send far more than anybody reads."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(10**9))
    handler.end_headers()
    for _ in range(10**5):
        handler.wfile.write(b" " * 10_000)


def gzip_bomb(handler: Handler) -> None:
    """Send a few kilobytes that inflate to many megabytes."""
    handler.send(BOMB, Content_Encoding="gzip")


def loop(handler: Handler) -> None:
    """Redirect to oneself for ever."""
    handler.send(b"", status=302, Location=handler.path)


def redirect_to(location: str) -> Behaviour:
    """Return the behaviour of redirecting elsewhere."""
    return lambda handler: handler.send(b"", status=302, Location=location)


def not_http(handler: Handler) -> None:
    """Speak another protocol."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def hang_up(handler: Handler) -> None:
    """Close without a word."""
    handler.close_connection = True


def flapping(*behaviours: Behaviour) -> Behaviour:
    """Return the behaviour of taking turns."""
    turn = iter(range(10**9))
    return lambda handler: behaviours[next(turn) % len(behaviours)](handler)
