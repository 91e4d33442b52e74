"""What every benchmark needs: times, percentiles, the best of several runs, the machine, the file of results."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from verifier import __version__

RESULTS = Path(__file__).parent / "results"
DURABLE_WRITES = 200

Value = TypeVar("Value")


@dataclass(frozen=True)
class Took:
    """Wall and processor seconds of one run."""

    wall: float
    cpu: float

    def members(self) -> dict[str, float]:
        """Return the JSON object."""
        return {"seconds": round(self.wall, 3), "cpu_seconds": round(self.cpu, 3)}


def timed(work: Callable[[], Value]) -> tuple[Took, Value]:
    """Return what the work returns, and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    value = work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu), value


def best(took: Iterable[Took]) -> Took:
    """Return the run with the least wall time."""
    return min(took, key=lambda one: one.wall)


def percentile(sample: Sequence[float], share: float) -> float:
    """Return the value below which that share of the sample lies."""
    return sorted(sample)[min(len(sample) - 1, int(len(sample) * share))]


def spread(seconds: Sequence[float], *, digits: int = 3) -> dict[str, float]:
    """Return median and 99th percentile of times, in milliseconds."""
    return {
        "p50_ms": round(percentile(seconds, 0.5) * 1000, digits),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, digits),
    }


def durable_writes(folder: Path) -> dict[str, float]:
    """Return how long this disk takes to write 4096 bytes durably: what no commit can be faster than."""
    times = []
    descriptor = os.open(folder / "durable", os.O_WRONLY | os.O_CREAT)
    try:
        for number in range(DURABLE_WRITES):
            started = time.perf_counter()
            os.pwrite(descriptor, b"x" * 4096, number * 4096)
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - started)
    finally:
        os.close(descriptor)
    return spread(times)


def machine(seed: int, load: tuple[float, float, float]) -> dict[str, Any]:
    """Return what the figures were measured on; ``load`` is the load average when the measuring began."""
    cpu = next((line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")), "")
    return {
        "cpu": cpu or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "sqlite": sqlite3.sqlite_version,
        "shirushi": __version__,
        "load_average": [round(one, 2) for one in load],
        "seed": seed,
    }


def report(figures: dict[str, Any], place: Path) -> None:
    """Print the figures and write them to a file."""
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    print(text)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text + "\n", "utf-8")


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
