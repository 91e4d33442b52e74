"""Entries sequenced per second on PostgreSQL, through the outbox, with a real server that synchronises to the disk.

A worker in a process of its own writes requests into the outbox, a group in each transaction; the sequencer takes them
in order and stores entries, tiles, head and outcomes, durable. Nothing is judged: the statements are known beforehand,
as on SQLite, and what is measured is the way through the database. ``ledger`` is the log engine alone, without outbox.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.appending import COMMITS, append, rate
from registry.admission.accept import Admission, Submission
from registry.log.fence import open_ledger
from registry.log.outbox import write_submission
from registry.log.sequencer import Sequencer
from registry.log.service import Registry
from registry.rows import queries, queries_outbox
from registry.rows.database import Database
from registry.rows.queries import ReceiptClaims
from tests.postgresql_server import serving
from tests.registry.conftest import Keys, make_keys
from verifier.injected import seeded_entropy
from verifier.replay.rules import Companions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

    from registry.log.ledger import Group
    from registry.log.outbox import Decision
    from registry.rows.queries_outbox import Asked
    from tests.postgresql_server import Server
    from verifier.replay.state import LogState
    from verifier.statement import Statement

LONGEST = 300.0
_RECEIPT = "A" * 22


class Unjudged(Sequencer):
    """The sequencer, for requests that it knows: it grants them without reading and judging them."""

    def __init__(self, registry: Registry, known: dict[bytes, Statement]) -> None:
        super().__init__(registry)
        self._known = known

    def _granted(self, row: Asked, group: Group, state: LogState) -> Decision:
        return Admission(ReceiptClaims(group.append(self._known[row.request]), _RECEIPT, 1), repeated=False)


def work(url: str, requests: list[tuple[str, bytes]], group: int, boss: Connection) -> None:
    """Write requests into the outbox when told to, as an API worker does; tell how many seconds it took."""
    database = Database(url)
    with database.read() as connection:
        queries.log_size(connection)
    boss.send("ready")
    boss.recv()
    started = time.perf_counter()
    for at in range(0, len(requests), group):
        with database.write() as connection:
            queries_outbox.add_requests(connection, requests[at : at + group])
    boss.send(time.perf_counter() - started)
    database.close()


def sequenced(url: str, keys: Keys, statements: Sequence[Statement], group: int) -> dict[str, Any]:
    """Return how many entries per second a worker got through the outbox into the log."""
    asked = statements[: group * COMMITS]
    requests = [write_submission(Submission(one, Companions(), ())) for one in asked]
    with tempfile.TemporaryDirectory() as folder:
        registry = _registry(url, Path(folder), keys)
        registry.start()
        sequencer = Unjudged(registry, {request: one for (_, request), one in zip(requests, asked, strict=True)})
        sequencer.start()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        worker = context.Process(target=work, args=(url, requests, group, theirs))
        worker.start()
        try:
            ours.recv()
            started = time.perf_counter()
            ours.send("go")
            _wait_for(registry.database, len(asked))
            took = time.perf_counter() - started
            accepted = ours.recv()
        finally:
            worker.join()
            sequencer.stop()
            registry.stop()
    return {
        "appends": len(asked),
        "appends_per_second": round(len(asked) / took, 1),
        "written_into_the_outbox_per_second": round(len(asked) / accepted, 1),
    }


def ledger(url: str, statements: Sequence[Statement], group: int) -> dict[str, Any]:
    """Return how fast the fenced log engine is alone."""
    database = Database(url)
    database.migrate()
    log = open_ledger(database)
    if not log.take():
        raise SystemExit("another sequencer works on the database of the benchmark")
    times, entries = append(log, statements, group)
    log.release()
    database.close()
    return rate(times, entries)


def measure(statements: Sequence[Statement], groups: Sequence[int], runs: int) -> dict[str, Any]:
    """Measure each group ``runs`` times, each time in a new database of one server, and return the best runs."""
    keys, found = make_keys(), dict[str, dict[str, Any]]()
    with serving(in_memory=False, fsync="on", synchronous_commit="on") as server:
        for run in range(runs):
            for group in groups:
                figures = found.setdefault(str(group), {})
                one = sequenced(server.create(f"outbox_{group}_{run}"), keys, statements, group)
                other = ledger(server.create(f"ledger_{group}_{run}"), statements, group)
                for name, value in (("outbox_and_sequencer", one), ("ledger", other)):
                    figures[name] = max(value, figures.get(name, value), key=lambda it: it["appends_per_second"])
        told = _settings(server)
    return {"runs": runs, **told, "groups": found}


def _registry(url: str, folder: Path, keys: Keys) -> Registry:
    own = keys.ceremony.keys
    return Registry(
        database=url,
        public=folder,
        root=keys.ceremony.root,
        directory_signer=own.directory,
        status_signer=own.status,
        organisation="bench",
        clock=lambda: 0,
        entropy=seeded_entropy("sequencing"),
    )


def _wait_for(database: Database, size: int) -> None:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        with database.read() as connection:
            if queries.log_size(connection).size >= size:
                return
        time.sleep(0.02)
    raise SystemExit(f"the log did not reach {size} entries within {LONGEST:.0f} seconds")


def _settings(server: Server) -> dict[str, str]:
    with server.connect() as connection:
        asked = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "full_page_writes")
        rows = {name: connection.execute(f"SHOW {name}").fetchone() for name in asked}
    return {name: str(row[0]) for name, row in rows.items() if row is not None}
