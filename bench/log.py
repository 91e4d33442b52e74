"""The log beside its peers, as it grows, and from a statement to its witnessed proof (targets P4, P5, P9).

``python -m bench.log`` prints the figures and writes bench/results/log.json. Appends are durable ones: SQLite with
synchronous=FULL, PostgreSQL with fsync. Every entry is a whole signed statement, made before the clock starts: making
and checking signatures is another measurement. Peers, in the same run over the same entries: pymerkle, which commits
each append by itself (its bulk call is shown at the larger groups, where a group is one call), and a plain table.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
from pathlib import Path
from typing import Any

from bench import appending, growing, issuing, sequencing
from bench.measuring import RESULTS, durable_writes, machine, report
from bench.statements import Desk
from registry.log.writer import LARGEST_GROUP

PEER_PYTHON = Path(".venv-bench/bin/python")
GROUPS = (1, 8, 64, 256, 1024)
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print, write and return the figures."""
    asked = _arguments(arguments)
    load = os.getloadavg()
    statements = Desk(asked.seed).signed(asked.entries)
    # They are the benchmark's, not the product's: the collector need not look at them again and again.
    gc.collect()
    gc.freeze()
    figures: dict[str, Any] = {"machine": machine(asked.seed, load)}
    with tempfile.TemporaryDirectory() as folder:
        figures["durable_write_of_4096_bytes"] = durable_writes(Path(folder))
    figures["entry_bytes"] = round(sum(len(one.entry) for one in statements) / len(statements), 1)
    peer = asked.peer if asked.peer.exists() else None
    figures["sqlite"] = appending.measure(statements, asked.groups, asked.runs, peer)
    if asked.postgresql:
        figures["postgresql"] = sequencing.measure(statements, asked.groups, asked.runs)
    with tempfile.TemporaryDirectory() as folder:
        figures["growth"] = growing.measure(Path(folder), asked.sizes, asked.seed)
    figures["issuing"] = issuing.measure(asked.issuances, asked.seed)
    figures["load_average_at_the_end"] = [round(one, 2) for one in os.getloadavg()]
    figures["targets"] = {**_p4(figures), **_p5(figures["growth"]), **_p9(figures["issuing"])}
    report(figures, asked.out)
    return figures


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=_numbers, default=GROUPS)
    parser.add_argument("--entries", type=int, default=32_768, help="signed statements for each measurement")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", type=_numbers, default=SIZES)
    parser.add_argument("--issuances", type=int, default=150)
    parser.add_argument("--peer", type=Path, default=PEER_PYTHON, help="interpreter of the environment with pymerkle")
    parser.add_argument("--no-postgresql", dest="postgresql", action="store_false")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "log.json")
    return parser.parse_args(arguments)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(","))


def _p4(figures: dict[str, Any]) -> dict[str, Any]:
    groups, found = figures["sqlite"]["groups"], dict[str, Any]()
    single = groups.get("1", {}).get("pymerkle")
    if single:
        times = {
            group: round(one["ledger"]["appends_per_second"] / single["appends_per_second"], 1)
            for group, one in groups.items()
        }
        found["sqlite_times_pymerkle_by_group"] = times
        # The product's own largest group counts.
        found["sqlite_at_40_times_pymerkle"] = times.get(str(LARGEST_GROUP), 0) >= 40
    if "postgresql" in figures:
        for name in ("ledger", "outbox_and_sequencer"):
            rates = [one[name]["appends_per_second"] for one in figures["postgresql"]["groups"].values()]
            found[f"postgresql_{name}_at_10000_a_second"] = max(rates) >= 10_000
    return found


def _p5(growth: dict[str, Any]) -> dict[str, bool]:
    whole = [one for one in growth.values() if "appends_per_second" in one]
    overhead = [value for one in whole for value in one["overhead_bytes_per_entry"].values()]
    return {
        "append_within_1.3_of_the_small_log": all(one["append_times_that_of_the_small_log"] <= 1.3 for one in whole),
        "look_up_within_1.3_of_the_small_log": all(one["look_up_times_that_of_the_small_log"] <= 1.3 for one in whole),
        "cold_proof_within_2_ms": all(one["cold_proof"]["p99_ms"] <= 2 for one in growth.values()),
        "overhead_within_150_bytes": max(overhead, default=0) <= 150,
    }


def _p9(issued: dict[str, Any]) -> dict[str, bool]:
    return {"witnessed_proof_within_1_second": issued["witnessed_proof"]["p99_ms"] <= 1000}


if __name__ == "__main__":
    main()
