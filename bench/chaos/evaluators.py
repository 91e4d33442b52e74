"""Evaluators that issue marks at a registry which keeps dying, and a reader that keeps every checkpoint it ever saw."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from bench.chaos.processes import PASSPHRASE
from registry.data_folder import OPERATORS
from registry.desk.operator_desk import Accreditation, OperatorDesk
from registry.publishing.published import LATEST, Published
from tests.registry.conftest import CRITERIA, SCHEME, YEAR, World
from verifier.edge.folder import FolderFetcher
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import Addresses
from verifier.envelope import parse_token
from verifier.errors import MarkError, NotFoundError

if TYPE_CHECKING:
    from registry.data_folder import DataFolder
    from tests.registry.conftest import SignedMark
    from verifier.signer import SoftwareSigner

LONGEST_ASKING = 100.0
"""Seconds for which the same statement is sent again: a grant is too old after 120."""


class Served(Protocol):
    """A registry whose API answers at an address."""

    @property
    def api(self) -> str:
        """The address of the API."""


class _Doors(httpx.BaseTransport):
    """Sends ``http://api/`` to the API, wherever it answers, and reads ``http://read/`` from the published folder."""

    def __init__(self, family: Served, data: DataFolder) -> None:
        self._family = family
        self._public = FolderFetcher(data.public)
        self._http = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "read":
            try:
                return httpx.Response(200, content=self._public.fetch(request.url.path.removeprefix("/")))
            except NotFoundError:
                return httpx.Response(404)
        api = httpx.URL(self._family.api)
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        url = request.url.copy_with(host=api.host, port=api.port)
        return self._http.handle_request(
            httpx.Request(request.method, url, headers=headers, content=request.read(), extensions=request.extensions)
        )


class Evaluators:
    """One accredited body whose people issue marks in parallel."""

    def __init__(self, data: DataFolder, family: Served, *, passphrase: str = PASSPHRASE) -> None:
        first, second = (load_signer(data.key(name), passphrase.encode()) for name in OPERATORS)
        self._world = World.__new__(World)
        self._world.clock = lambda: int(time.time())  # type: ignore[assignment]
        self._world.entropy = secrets.token_bytes
        self._world.http = httpx.Client(transport=_Doors(family, data), timeout=10)
        self._world.desk = OperatorDesk(
            host=data.trust_root().host,
            first=first,
            second=second,
            http=self._world.http,
            addresses=Addresses(read="http://read", api="http://api"),
            clock=self._world.clock,
            entropy=self._world.entropy,
            pause=lambda: time.sleep(0.3),
        )
        self._signers: dict[str, SoftwareSigner] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.acknowledged: list[tuple[int, str, str]] = []
        self.refused: list[str] = []
        self.sent_again = 0

    def accredit(self) -> None:
        """Publish a scheme, accredit the body from now on and list its keys."""
        now, desk = int(time.time()), self._world.desk
        tier = {"level": 3, "basis": "evaluation", "issuer": "body", "term_months": 12, "technical_verification": False}
        desk.publish_scheme({"scheme": SCHEME, "version": "2026-03-27", "sha256": CRITERIA, "tiers": [tier]})
        rows = [{"scheme": SCHEME, "level": 3, "criteria_sha256": CRITERIA}]
        number = "0188-1180301018771"
        desk.accredit(Accreditation(7, "evaluation", number, "見本評価機構", rows, now - YEAR, now + YEAR))
        roles = enumerate(("assessor", "decider", "desk"), 1)
        self._signers = {role: self._world.add_key(7, role, no) for no, role in roles}

    def sign(self) -> SignedMark:
        """Reserve an id and sign a mark under it. Raises RuntimeError when the registry does not reserve one."""
        reserved = self._world.reserve(self._signers)
        if reserved.status_code != 201:
            raise RuntimeError(f"nothing was reserved: {reserved.text[:300]}")
        return self._world.sign_mark(self._signers, reserved.json())

    def send(self, signed: SignedMark) -> httpx.Response:
        """Submit a signed mark, once."""
        return self._world.send(signed.request)

    def start(self, count: int) -> None:
        """Begin to issue."""
        self._threads = [threading.Thread(target=self._issue_all) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what was begun, then end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _issue_all(self) -> None:
        while not self._stopping.is_set():
            try:
                reserved = self._world.reserve(self._signers)
                if reserved.status_code == 201:
                    signed = self._world.sign_mark(self._signers, reserved.json())
                    self._send(signed.id, signed.request)
                    continue
            except (httpx.HTTPError, MarkError):
                pass
            time.sleep(0.1)

    def _send(self, mark: str, request: dict[str, Any]) -> None:
        """Send the very same bytes until there is an answer."""
        deadline = time.monotonic() + LONGEST_ASKING
        for attempt in itertools.count():
            self.sent_again += attempt > 0
            try:
                answer = self._world.send(request)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code in (200, 201):
                statement = parse_token(request["statement"], "statement+jwt")
                self.acknowledged.append((answer.json()["index"], statement.digest, mark))
                return
            if answer is not None and answer.status_code < 500:
                self.refused.append(f"{mark} was refused: {answer.text[:300]}")
                return
            if time.monotonic() > deadline:
                self.refused.append(f"{mark} got no answer")
                return
            time.sleep(0.1)


class Watcher:
    """A reader who looks at the checkpoint all the time and forgets none."""

    def __init__(self, data: DataFolder) -> None:
        self._place = data.public / LATEST
        self._published = Published(data.public, data.trust_root())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.seen: dict[int, bytes] = {}
        self.faults: list[str] = []

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look once more, then end."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        largest = 0
        while True:
            is_last = self._stopping.wait(0.05)
            try:
                latest = self._published.latest()
            except MarkError as error:
                self.faults.append(f"a published checkpoint is bad: {error.message}")
                latest = None
            if latest is not None:
                if latest.size < largest:
                    self.faults.append(f"the checkpoint went back from {largest} to {latest.size}")
                if self.seen.setdefault(latest.size, latest.root) != latest.root:
                    self.faults.append(f"two checkpoints over {latest.size} entries")
                largest = max(largest, latest.size)
            if is_last:
                return
