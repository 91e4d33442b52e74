"""The benchmark of batches runs on tiny sizes and gives figures of the right shape; how good they are is not judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.batch import main


@pytest.mark.prove
@pytest.mark.system
def test_the_benchmark_of_batches_writes_what_it_measured(tmp_path: Path) -> None:
    out = tmp_path / "batch.json"
    sizes = ["--batches", "2", "--rows", "6", "--singles", "5", "--rate", "50"]
    figures = main([*sizes, "--out", str(out)])
    assert json.loads(out.read_text("utf-8")) == figures
    batches = figures["batches"]
    assert (batches["batches"], batches["rows"], batches["signatures_checked_per_issuance"]) == (2, 6, 4)
    assert len(batches["ratio_of_each"]) == 2
    assert 0 < batches["ratio"] == max(batches["ratio_of_each"])
    assert batches["ratio"] * batches["raw_verifications_per_second"] == pytest.approx(
        4 * batches["issuances_per_second"], rel=0.05
    )
    assert figures["singles"]["issued"] == 5
    assert figures["singles"]["answer"]["p99_ms"] > 0
