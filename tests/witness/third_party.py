"""A witness by somebody else: written from the text of C2SP tlog-witness, with nothing of this product in it.

It stands on real HTTP. What the text leaves open, and what its versions say differently, is an option.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Answer = tuple[int, str, str]

TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


@dataclass
class ThirdPartyWitness:
    """One witness that follows one log, given by its origin and the 32 bytes of its key."""

    name: str
    key: Ed25519PrivateKey
    origin: str
    log_key: bytes
    time: int
    status_of_a_fork: int = 422
    size_type: str = SIZE
    lines_before: str = ""
    serves_monitors: bool = True
    size: int = 0
    root: bytes = b""
    note: str = ""
    asked: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request. The lock makes checking and keeping one step."""
        with self.lock:
            answer = self._judge(body.decode())
            self.asked.append(answer[0])
            return answer

    def _judge(self, body: str) -> Answer:
        head, _, note = body.partition("\n\n")
        old_line, *proof_lines = head.split("\n")
        text = note[: note.rindex("\n\n") + 1]
        origin, size_line, root_line = text.split("\n")[:3]
        old, size, root = int(old_line.removeprefix("old ")), int(size_line), base64.b64decode(root_line)
        if origin != self.origin:
            return 404, TEXT, "unknown log\n"
        if not self._signed(text, note[len(text) + 1 :]):
            return 403, TEXT, "no trusted signature\n"
        if old > size:
            return 400, TEXT, "the old size is larger\n"
        if old != self.size:
            return 409, self.size_type, f"{self.size}\n"
        if old == size and size and root != self.root:
            told = (self.size_type, f"{self.size}\n") if self.status_of_a_fork == 409 else (TEXT, "a fork\n")
            return self.status_of_a_fork, *told
        if not _consistent(old, size, self.root, root, [base64.b64decode(line) for line in proof_lines]):
            return 422, TEXT, "the proof does not hold\n"
        self.size, self.root, self.note = size, root, note + self._line(text)
        return 200, TEXT, self.lines_before + self._line(text)

    def _signed(self, text: str, lines: str) -> bool:
        key_id = hashlib.sha256(self.origin.encode() + b"\n\x01" + self.log_key).digest()[:4]
        for line in lines.splitlines():
            _, name, encoded = line.split(" ")
            data = base64.b64decode(encoded)
            if name == self.origin and data[:4] == key_id:
                try:
                    Ed25519PublicKey.from_public_bytes(self.log_key).verify(data[4:], text.encode())
                except InvalidSignature:
                    return False
                return True
        return False

    def _line(self, text: str) -> str:
        public = self.key.public_key().public_bytes_raw()
        key_id = hashlib.sha256(self.name.encode() + b"\n\x04" + public).digest()[:4]
        signature = self.key.sign(f"cosignature/v1\ntime {self.time}\n{text}".encode())
        data = key_id + self.time.to_bytes(8, "big") + signature
        return f"\u2014 {self.name} {base64.b64encode(data).decode()}\n"

    def monitored(self, path: str) -> Answer:
        """Answer a monitor."""
        if not self.serves_monitors or not self.note:
            return 404, TEXT, "nothing here\n"
        expected = f"/{hashlib.sha256(self.origin.encode()).hexdigest()}/checkpoint"
        return (200, TEXT, self.note) if path == expected else (404, TEXT, "unknown log\n")


def _consistent(old: int, size: int, old_root: bytes, root: bytes, proof: list[bytes]) -> bool:
    """Say whether SUBPROOF(old, D[size], true) of RFC 6962 section 2.1.2, taken from its end, leads to both roots."""
    if old == 0:
        return not proof and (size > 0 or root == hashlib.sha256(b"").digest())

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    def walk(m: int, n: int, whole: bool) -> tuple[bytes, bytes]:
        if m == n:
            known = old_root if whole else proof.pop()
            return known, known
        half = 1
        while half * 2 < n:
            half *= 2
        sibling = proof.pop()
        if m <= half:
            before, after = walk(m, half, whole)
            return before, node(after, sibling)
        before, after = walk(m - half, n - half, False)
        return node(sibling, before), node(sibling, after)

    try:
        return walk(old, size, True) == (old_root, root) and not proof
    except IndexError:
        return False


@contextmanager
def serving(witness: ThirdPartyWitness) -> Iterator[str]:
    """Serve the witness on a free port of this machine; give its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path == "/add-checkpoint"
            self._send(*(witness.add_checkpoint(body) if known else (404, TEXT, "no such call\n")))

        def do_GET(self) -> None:
            self._send(*witness.monitored(self.path))

        def _send(self, status: int, content_type: str, body: str) -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
