"""A connection that a server has just closed costs nothing where the same request may be sent twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from verifier.edge.client import ask_repeatable, open_client
from verifier.edge.web_server import HEADERS_WITHIN_MS

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers the first request of each connection, reads the second one and closes without an answer.

    ``deaf`` answers none at all. What was asked stands in ``heard``.
    """

    def __init__(self, *, deaf: bool) -> None:
        self._deaf = deaf
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heard: list[bytes] = []

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                if self._hear(connection) and not self._deaf:
                    connection.sendall(ANSWER)
                    self._hear(connection)

    def _hear(self, connection: socket.socket) -> bytes:
        asked = connection.recv(4096)
        if asked:
            self.heard.append(asked.split(b"\r\n")[0])
        return asked

    def close(self) -> None:
        # Closing alone would leave a thread that waits in accept.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def served(*, deaf: bool = False) -> Iterator[Server]:
    server = Server(deaf=deaf)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_a_request_on_a_connection_that_is_being_closed_is_sent_on_a_new_one() -> None:
    with served() as server, open_client() as http:
        assert ask_repeatable(http, "POST", f"{server.url}/first").content == b"ok"
        assert ask_repeatable(http, "POST", f"{server.url}/second").content == b"ok"
        http.close()
    assert server.heard == [b"POST /first HTTP/1.1", b"POST /second HTTP/1.1", b"POST /second HTTP/1.1"]


def test_it_is_asked_twice_and_not_for_ever() -> None:
    with served(deaf=True) as server, open_client() as http, pytest.raises(httpx.RemoteProtocolError):
        ask_repeatable(http, "POST", f"{server.url}/")
    assert len(server.heard) == 2


def test_an_idle_connection_is_given_up_before_the_server_closes_it() -> None:
    kept = httpx.Limits().keepalive_expiry
    assert kept is not None
    assert kept * 1000 <= HEADERS_WITHIN_MS - 1000
