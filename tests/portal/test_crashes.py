"""Workers that are killed and a receiver that fails: every event arrives at least once, and none unsigned."""

from __future__ import annotations

import random
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from registry.portal import queries_outbox
from registry.portal.clients import Clients
from registry.portal.event import new_event, new_id
from registry.portal.portal_database import PortalDatabase
from registry.portal.queries_outbox import Endpoint, count_deliveries
from registry.portal.queries_watches import add_events
from registry.portal.webhook_signature import new_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]
CLIENTS = 4
FAILING = 0.3


@dataclass
class Unreliable:
    """A receiver that fails three times out of ten: by an error, or by hanging up without a word."""

    seed: int = 7
    secrets: dict[str, str] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    unsigned: list[str] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._lock = threading.Lock()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Return the status to answer with, 0 to hang up."""
        with self._lock:
            self.asked += 1
            try:
                Webhook(self.secrets[path]).verify(body, headers)
            except Exception as error:
                self.unsigned.append(repr(error))
            if self._chance.random() < FAILING:
                return self._chance.choice((500, 500, 0))
            # Counted before it is answered: the answer may not reach a worker that was killed.
            self.taken[headers["webhook-id"]] += 1
            return 204


@pytest.fixture
def unreliable() -> Iterator[tuple[Unreliable, str]]:
    """The receiver and its address."""
    made = Unreliable()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(length := int(self.headers["content-length"]))
            if len(body) < length:
                return  # the worker was killed while it spoke: no message arrived
            status = made.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield made, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def fill(database: PortalDatabase, unreliable: Unreliable, url: str, *, events: int) -> set[str]:
    """Put events of some clients, each with one endpoint, into the outbox; return the events' ids."""
    ids: set[str] = set()
    now = int(time.time())
    for number in range(CLIENTS):
        client, _ = Clients(database, lambda: now, secrets.token_bytes).add(f"portal {number}")
        secret = new_secret(secrets.token_bytes)
        unreliable.secrets[f"/{number}"] = secret.told
        endpoint = Endpoint(new_id("end", secrets.token_bytes), client.id, f"{url}/{number}", now)
        some = [
            new_event(client.id, "mark.changed", {"no": no}, now=now, entropy=secrets.token_bytes)
            for no in range(events // CLIENTS)
        ]
        with database.write() as connection:
            queries_outbox.add_endpoint(connection, endpoint, secret)
            add_events(connection, some, entropy=secrets.token_bytes)
        ids |= {one.id for one in some}
    return ids


def waiting(database: PortalDatabase) -> int:
    with database.read() as connection:
        return count_deliveries(connection, "pending")


def deliver_among_kills(
    database: PortalDatabase, unreliable: Unreliable, *, events: int, kills: int, within: float
) -> int:
    """Deliver all, killing the worker whenever a further part has arrived; return how often it was killed."""
    killed, deadline = 0, time.monotonic() + within
    while waiting(database):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.portal.delivering_worker", str(database.place)], cwd=ROOT
        )
        part = events * (killed + 1) // (kills + 1)
        while len(unreliable.taken) < part or (killed == kills and waiting(database)):
            assert worker.poll() is None
            assert time.monotonic() < deadline, f"{waiting(database)} are left"
            time.sleep(0.01)
        worker.kill()
        worker.wait()
        killed += 1
    return killed


def prove(tmp_path: Path, receiver: tuple[Unreliable, str], *, events: int, kills: int) -> None:
    """Deliver so many events among so many kills and hold what arrived against what was to be told."""
    unreliable, url = receiver
    database = PortalDatabase(tmp_path / "portal.db")
    database.migrate()
    ids = fill(database, unreliable, url, events=events)
    assert len(ids) == events
    assert deliver_among_kills(database, unreliable, events=events, kills=kills, within=60 + events / 20) > kills
    assert unreliable.unsigned == []
    assert {one for one in ids if not unreliable.taken[one]} == set()
    assert set(unreliable.taken) == ids
    # It did fail, so that this proves something; and once a delivery was noted it is not made again.
    assert unreliable.asked > events * 1.3
    assert sum(unreliable.taken.values()) < events + 64 * (kills + 1)
    with database.read() as connection:
        assert count_deliveries(connection, "delivered") == events
    database.close()


def test_three_hundred_events_arrive_although_workers_are_killed(
    tmp_path: Path, unreliable: tuple[Unreliable, str]
) -> None:
    prove(tmp_path, unreliable, events=300, kills=2)


@pytest.mark.prove
def test_ten_thousand_events_arrive_although_workers_are_killed(
    tmp_path: Path, unreliable: tuple[Unreliable, str]
) -> None:
    prove(tmp_path, unreliable, events=10_000, kills=8)
