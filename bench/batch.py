"""Batches of complete issuances, durably admitted over HTTP, beside raw signature checks in the same run (target P2).

``python -m bench.batch`` prints the figures and writes bench/results/batch.json. The household is that of the
demonstration: the API's process on SQLite with synchronous=FULL, publisher, reader and witnesses. Every issuance is
reserved and signed before a clock starts; admission checks four signatures of each (statement, attestation, mark,
seal), stores the entry with what travels with it, and signs a receipt. The floor is ``cryptography`` checking as many
ES256 signatures on one core: the ratio is what share of that the whole admission reaches. Then single issuances at a
fixed rate, each timed from the moment at which it was due.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.chaos.evaluators import Evaluators
from bench.issuing import Answering
from bench.measuring import RESULTS, durable_writes, machine, report, spread
from registry.data_folder import DataFolder
from registry.scenario.served import PASSPHRASE_FILE, found, household

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.registry.conftest import SignedMark

SIGNATURES = 4
"""Signatures that admission checks of one issuance: statement, attestation, mark and seal."""

TARGET = 0.60
LONGEST_MS = 50
CLIENTS = 12


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print, write and return the figures."""
    asked = _arguments(arguments)
    load = os.getloadavg()
    figures: dict[str, Any] = {"machine": machine(0, load)}
    with tempfile.TemporaryDirectory() as folder:
        figures["durable_write_of_4096_bytes"] = durable_writes(Path(folder))
    figures |= measure(asked.batches, asked.rows, singles=asked.singles, rate=asked.rate)
    figures["load_average_at_the_end"] = [round(one, 2) for one in os.getloadavg()]
    figures["targets"] = {
        f"batch_at_{TARGET}_of_raw_verification": figures["batches"]["ratio"] >= TARGET,
        f"single_p99_within_{LONGEST_MS}_ms": figures["singles"]["answer"]["p99_ms"] <= LONGEST_MS,
    }
    report(figures, asked.out)
    return figures


def measure(batches: int, rows: int, *, singles: int, rate: int) -> dict[str, Any]:
    """Issue so many batches, then so many single marks at ``rate`` a second."""
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder) / "data")
        found(data)
        with household(data, read_port=0) as running:
            passphrase = (data.path / PASSPHRASE_FILE).read_text().strip()
            evaluators = Evaluators(data, Answering(running.urls["api"]), passphrase=passphrase)
            evaluators.accredit()
            signed = [[evaluators.sign() for _ in range(rows)] for _ in range(batches)]
            alone = [evaluators.sign() for _ in range(singles)]
            with httpx.Client(base_url=running.urls["api"], timeout=60) as http:
                return {
                    "batches": _batches(http, signed),
                    "singles": _singles(running.urls["api"], alone, rate=rate),
                }


def raw_verifications(seconds: float = 1.0) -> float:
    """Return how many ES256 signatures ``cryptography`` checks in a second on one core."""
    key, message = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(1200)
    signature, public, rule = key.sign(message, ec.ECDSA(hashes.SHA256())), key.public_key(), ec.ECDSA(hashes.SHA256())
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for _ in range(100):
            public.verify(signature, message, rule)
        count += 100
    return count / (time.perf_counter() - started)


def _batches(http: httpx.Client, signed: Sequence[Sequence[SignedMark]]) -> dict[str, Any]:
    rates, raw = [], [raw_verifications()]
    for some in signed:
        body = json.dumps({"statements": [one.request for one in some]}).encode()
        started = time.perf_counter()
        answer = http.post("/api/v1/statements/batch", content=body, headers={"content-type": "application/json"})
        took = time.perf_counter() - started
        told = answer.json().get("answers", [])
        if answer.status_code != httpx.codes.OK or any("index" not in one for one in told) or len(told) != len(some):
            raise SystemExit(f"a batch was not admitted: {answer.text[:300]}")
        rates.append(len(some) / took)
        raw.append(raw_verifications())
    # The best of the run against the best of the run: a floor that was measured while others computed would flatter.
    ratios = [rate * SIGNATURES / max(raw) for rate in rates]
    return {
        "batches": len(signed),
        "rows": len(signed[0]),
        "signatures_checked_per_issuance": SIGNATURES,
        "issuances_per_second": round(max(rates), 1),
        "raw_verifications_per_second": round(max(raw), 1),
        "ratio": round(max(ratios), 3),
        "ratio_of_each": [round(one, 3) for one in ratios],
    }


def _singles(api: str, signed: Sequence[SignedMark], *, rate: int) -> dict[str, Any]:
    waiting: SimpleQueue[tuple[float, SignedMark] | None] = SimpleQueue()
    times, faults = [], []

    def client() -> None:
        with httpx.Client(base_url=api, timeout=60) as http:
            while (one := waiting.get()) is not None:
                due, mark = one
                time.sleep(max(0.0, due - time.perf_counter()))
                answer = http.post("/api/v1/statements", json=mark.request)
                times.append(time.perf_counter() - due)
                if answer.status_code != httpx.codes.CREATED:
                    faults.append(answer.text[:300])

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    start = time.perf_counter() + 0.2
    for number, one in enumerate(signed):
        waiting.put((start + number / rate, one))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"{len(faults)} marks were not admitted: {faults[0]}")
    reached = len(signed) / (time.perf_counter() - start)
    return {
        "issued": len(signed),
        "asked_per_second": rate,
        "reached_per_second": round(reached, 1),
        "answer": spread(times),
    }


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--singles", type=int, default=1500)
    parser.add_argument("--rate", type=int, default=300, help="single issuances a second")
    parser.add_argument("--out", type=Path, default=RESULTS / "batch.json")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
