"""Durable appends per second on SQLite: the product's log, a plain table, and pymerkle, in groups of several sizes.

A group is what one commit makes durable. The product's log is measured at two doors: ``ledger`` is the log engine, a
transaction with so many entries, their tiles and the head; ``writer`` is the thread in front of it that takes so many
requests at a time, undoes each alone if it fails, and answers each after the commit.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measuring import spread
from registry.admission.accept import Office
from registry.log.ledger import Ledger
from registry.log.writer import Writer
from registry.publishing.published import Published
from registry.rows import queries
from registry.rows.database import Database
from tests.registry.conftest import make_keys
from verifier.injected import seeded_entropy
from verifier.log.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from registry.log.ledger import Group
    from verifier.replay.state import LogState
    from verifier.statement import Statement

COMMITS = 400
"""Groups that are enough for one measurement."""

PEER = Path(__file__).parent / "peers/pymerkle_appends.py"


def in_groups(statements: Sequence[Statement], group: int) -> Iterator[Sequence[Statement]]:
    """Yield the groups of one measurement: as many as are enough, or as there are statements for."""
    for at in range(0, min(len(statements), group * COMMITS), group):
        yield statements[at : at + group]


def rate(times: list[float], entries: int) -> dict[str, Any]:
    """Return the figures of groups that took so many seconds each."""
    took = sum(times)
    return {"appends": entries, "appends_per_second": round(entries / took, 1), "commit": spread(times)}


def ledger(folder: Path, statements: Sequence[Statement], group: int) -> dict[str, Any]:
    """Append to the product's log, and return its root too."""
    database = Database(folder / "ledger.db")
    database.migrate()
    times, entries = append(Ledger(database), statements, group)
    with database.read() as connection:
        root = queries.log_size(connection).root
    database.close()
    return {**rate(times, entries), "root": root.hex()}


def append(log: Ledger, statements: Sequence[Statement], group: int) -> tuple[list[float], int]:
    """Append in groups to a log; return the seconds of each group and the number of entries."""
    times, entries = [], 0
    for some in in_groups(statements, group):
        started = time.perf_counter()
        with log.group() as open_group:
            for one in some:
                open_group.append(one)
        times.append(time.perf_counter() - started)
        entries += len(some)
    return times, entries


def writer(folder: Path, statements: Sequence[Statement], group: int) -> dict[str, Any]:
    """Ask the product's writer for one entry after the other, with so many unanswered at a time."""
    database = Database(folder / "writer.db")
    database.migrate()
    root = make_keys().ceremony.root
    log = Writer(Ledger(database), Office(root, Published(folder, root), lambda: 0, seeded_entropy("writer")))
    log.start()
    times: list[float] = []
    unanswered: deque[tuple[float, Future[int]]] = deque()
    asked = statements[: group * COMMITS]

    def answered() -> None:
        started, future = unanswered.popleft()
        future.result()
        times.append(time.perf_counter() - started)

    began = time.perf_counter()
    for one in asked:
        if len(unanswered) == group:
            answered()
        unanswered.append((time.perf_counter(), log.ask(_entry(one))))
    while unanswered:
        answered()
    took = time.perf_counter() - began
    log.stop()
    database.close()
    return {"appends": len(asked), "appends_per_second": round(len(asked) / took, 1), "answer": spread(times)}


def _entry(statement: Statement) -> Callable[[Group, LogState], Callable[[], int]]:
    def request(group: Group, _: LogState) -> Callable[[], int]:
        index = group.append(statement)
        return lambda: index

    return request


def raw(folder: Path, statements: Sequence[Statement], group: int) -> dict[str, Any]:
    """Insert entry and leaf hash into a plain table: no uniqueness, no tiles, no root."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, hash BLOB NOT NULL)")
    times, entries = [], 0
    for some in in_groups(statements, group):
        started = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        rows = ((one.entry, leaf_hash(one.entry)) for one in some)
        database.executemany("INSERT INTO entry (entry, hash) VALUES (?, ?)", rows)
        database.execute("COMMIT")
        times.append(time.perf_counter() - started)
        entries += len(some)
    database.close()
    return rate(times, entries)


def pymerkle(folder: Path, statements: Sequence[Statement], groups: Sequence[int], python: Path) -> dict[str, Any]:
    """Let pymerkle append the same entries, in a process of its own."""
    source = folder / "entries"
    source.write_bytes(b"\n".join(one.entry for one in statements))
    asked = [f"{group}:{min(len(statements), group * COMMITS)}" for group in groups]
    command: list[str | Path] = [python, PEER, source, folder, *asked]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def measure(statements: Sequence[Statement], groups: Sequence[int], runs: int, python: Path | None) -> dict[str, Any]:
    """Measure everything ``runs`` times in turn, and return the best run of each.

    The peer's single appends are measured beside every group, so more often than ours: what it needs from the disk
    varies most. ``python`` is the interpreter that has it; None leaves it out. Raises SystemExit when it comes to
    another root than the product.
    """
    kinds = {"ledger": ledger, "writer": writer, "raw_insert": raw}
    found: dict[str, dict[str, Any]] = {str(group): {} for group in groups}
    version = None
    for _ in range(runs):
        for group in groups:
            for name, kind in kinds.items():
                with tempfile.TemporaryDirectory() as folder:
                    _keep_best(found[str(group)], name, kind(Path(folder), statements, group))
            if python is not None:
                with tempfile.TemporaryDirectory() as folder:
                    answer = pymerkle(Path(folder), statements, sorted({min(groups), group}), python)
                version = answer["pymerkle"]
                for size, figures in answer["groups"].items():
                    _keep_best(found[size], "pymerkle", figures)
    for figures in found.values():
        _compare_roots(figures)
    return {"runs": runs, "pymerkle_version": version, "groups": found}


def _keep_best(figures: dict[str, Any], name: str, found: dict[str, Any]) -> None:
    if name not in figures or found["appends_per_second"] > figures[name]["appends_per_second"]:
        figures[name] = found


def _compare_roots(figures: dict[str, Any]) -> None:
    roots = {one.pop("root") for one in figures.values() if "root" in one}
    if len(roots) > 1:
        raise SystemExit("pymerkle and the product come to different roots over the same entries")
