"""HTTP to strangers: one exchange with an end in time and in size, with an address that was judged, and with no other.

The name is resolved once, every address that it has is judged, and the connection goes to a judged one (no second
resolution, no proxy, no environment). One clock bounds the whole exchange, so bytes that drip in headers or body do
not prolong it. Compressed bodies are refused: we ask for none, and a small one may hold a huge one. Redirects of a GET
are followed within the same origin only, those of a POST not at all. It uses httpcore, on which httpx rests, because
only there can the socket be held.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpcore

from recognition.authenticate.addresses import Address, check_address
from verifier import __version__
from verifier.errors import RefusedError

MOST_REDIRECTS = 2
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = [
    ("User-Agent", f"shirushi/{__version__}"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
]
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Limits:
    """How long and how much, in seconds and bytes."""

    connect: float = 5.0
    silence: float = 5.0
    total: float = 15.0
    max_bytes: int = 65_536


@dataclass(frozen=True)
class Reached:
    """An answer that came whole. ``headers`` have lower-case names; ``seconds`` is how long it took."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str]
    seconds: float
    redirected: bool


@dataclass(frozen=True)
class NotReached:
    """No whole answer, and why; ``again`` says whether asking again soon may help."""

    reason: str
    again: bool


@dataclass(frozen=True)
class _Message:
    """What is sent."""

    method: str
    headers: Mapping[str, str]
    body: bytes | None


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, IPv4 first. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted(dict.fromkeys(str(one[4][0]) for one in found), key=lambda ip: ":" in ip)


class GuardedHttp:
    """Fetches from foreign registries. It keeps nothing between two questions, no connection and no cookie."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        allow_loopback: bool = False,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._limits = limits or Limits()
        self._allow_loopback = allow_loopback
        self._tls = tls
        self._resolve = resolve

    def fetch(self, url: str, *, accept: str) -> Reached | NotReached:
        """Return the answer, or why there is none. It raises nothing for whatever the other side does."""
        started = time.monotonic()
        deadline = started + self._limits.total
        try:
            address = first = check_address(url, allow_loopback=self._allow_loopback)
            for _ in range(MOST_REDIRECTS + 1):
                found = self._once(address, accept, deadline)
                if isinstance(found, NotReached) or found.status not in REDIRECTS:
                    return found if isinstance(found, NotReached) else _timed(found, started, address is not first)
                onward = check_address(
                    urljoin(address.url, found.headers.get("location", "")), allow_loopback=self._allow_loopback
                )
                if not onward.same_origin(first):
                    break
                address = onward
        except (RefusedError, ValueError):
            return NotReached("address_refused", again=False)
        return NotReached("redirected", again=False)

    def post(self, url: str, body: bytes, *, media_type: str, headers: Mapping[str, str]) -> Reached | NotReached:
        """Send a body and return the answer, a redirect too, or why there is none. It raises nothing."""
        started = time.monotonic()
        sent = {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}
        try:
            address = check_address(url, allow_loopback=self._allow_loopback)
        except RefusedError:
            return NotReached("address_refused", again=False)
        found = self._exchange(address, _Message("POST", sent, body), started + self._limits.total)
        return found if isinstance(found, NotReached) else _timed(found, started, False)

    def _once(self, address: Address, accept: str, deadline: float) -> Reached | NotReached:
        return self._exchange(address, _Message("GET", {"Accept": accept}, None), deadline)

    def _exchange(self, address: Address, message: _Message, deadline: float) -> Reached | NotReached:
        backend = _JudgedNetwork(address, self._resolve, deadline)
        headers: list[tuple[bytes | str, bytes | str]] = [*HEADERS, *message.headers.items()]
        silence = self._limits.silence
        waits = {"timeout": {"connect": self._limits.connect, "read": silence, "write": silence}}
        answered = False
        try:
            with (
                self._pool(backend) as pool,
                pool.stream(
                    message.method, address.url, headers=headers, content=message.body, extensions=waits
                ) as got,
            ):
                answered = True
                return self._read(got)
        except _AddressRefusedError:
            return NotReached("address_refused", again=False)
        except httpcore.TimeoutException:
            return NotReached("timed_out", again=True)
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            if any(isinstance(one, ssl.SSLCertVerificationError) for one in (error.__cause__, error.__context__)):
                return NotReached("channel_refused", again=False)
            return NotReached("cut_off" if answered else "no_connection", again=True)

    def _pool(self, backend: httpcore.NetworkBackend) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(ssl_context=self._tls, max_connections=1, network_backend=backend)

    def _read(self, response: httpcore.Response) -> Reached | NotReached:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if headers.get("content-encoding", "identity").lower() != "identity":
            return NotReached("compressed", again=False)
        chunks, total = [], 0
        for chunk in response.iter_stream():
            total += len(chunk)
            if total > self._limits.max_bytes:
                return NotReached("too_large", again=False)
            chunks.append(chunk)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Reached(response.status, media_type, b"".join(chunks), headers, 0.0, redirected=False)


class _AddressRefusedError(httpcore.ConnectError):
    """Every address of the name, or one of them, may not be connected to. It never leaves this module."""


class _JudgedNetwork(httpcore.NetworkBackend):
    """Connects to judged addresses only, and not beyond the deadline."""

    def __init__(self, address: Address, resolve: Resolve, deadline: float) -> None:
        self._address, self._resolve, self._deadline = address, resolve, deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = self._resolve(self._address.host, port)
        except OSError as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        # One inner address among public ones is how a rebinding begins: then none is taken.
        if not found or not all(self._address.admits(ip) for ip in found):
            raise _AddressRefusedError("the name leads to an address that is not asked")
        *others, last = found
        for ip in others:
            try:
                return self._connected(ip, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, timeout)

    def _connected(self, ip: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        waiting = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._network.connect_tcp(ip, port, waiting), self._deadline)


class _TimedStream(httpcore.NetworkStream):
    """A stream on which no wait goes beyond the deadline of the whole exchange."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        waiting = _left(self._deadline, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, waiting), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the whole exchange took too long")
    return left if timeout is None else min(left, timeout)


def _timed(found: Reached, started: float, redirected: object) -> Reached:
    return Reached(
        found.status,
        found.media_type,
        found.body,
        found.headers,
        time.monotonic() - started,
        redirected=bool(redirected),
    )
