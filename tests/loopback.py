"""A server on this machine that answers as a test says: one that lies, or one before applications in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Serve these answers; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            kept = {name: self.headers[name] for name in ("content-type",) if name in self.headers}
            told = answer(httpx.Request(self.command, f"http://loopback{self.path}", headers=kept, content=body))
            self.send_response(told.status_code)
            self.send_header("content-type", told.headers.get("content-type", "application/json"))
            self.send_header("content-length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def passed_on(http: httpx.Client, base: str) -> Answer:
    """Return the answers of a server, such as an application in this process, under another address."""

    def answer(request: httpx.Request) -> httpx.Response:
        return http.request(
            request.method, f"{base}{request.url.raw_path.decode()}", headers=_type_of(request), content=request.content
        )

    return answer


def _type_of(request: httpx.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("content-type",) if name in request.headers}
