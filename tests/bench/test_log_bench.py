"""The benchmark of the log runs on tiny sizes and gives figures of the right shape; how good they are is not judged."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import pytest

from bench import appending, growing
from bench.log import main
from bench.measuring import percentile, spread, timed
from bench.statements import Desk
from verifier.edge.folder import FolderFetcher
from verifier.log.tile import TileReader
from verifier.log.tree import Frontier, root_at
from verifier.statement import parse_statement


def test_signed_statements_are_whole_and_the_same_for_the_same_seed() -> None:
    statements, again = Desk(1).signed(3), Desk(1).signed(3)
    assert [one.entry for one in statements] == [one.entry for one in again]
    assert [parse_statement(one.entry) for one in statements] == statements
    assert len({one.jti for one in statements}) == 3


def test_made_up_statements_have_the_length_of_signed_ones_and_differ() -> None:
    desk = Desk(1)
    (pattern,), made_up = desk.signed(1), list(desk.made_up(50))
    assert {len(one.entry) for one in made_up} == {len(pattern.entry)}
    assert len({one.entry for one in made_up}) == len({(one.iss, one.jti) for one in made_up}) == 50


def test_percentiles_are_values_of_the_sample() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    assert spread([0.001, 0.002]) == {"p50_ms": 2.0, "p99_ms": 2.0}
    assert timed(lambda: 7)[1] == 7


def test_each_door_of_the_log_and_the_plain_table_append_what_they_are_given(tmp_path: Path) -> None:
    statements = Desk(1).signed(20)
    for kind in (appending.ledger, appending.writer, appending.raw):
        figures = kind(tmp_path, statements, 8)
        assert figures["appends"] == 20
        assert figures["appends_per_second"] > 0


def test_a_peer_that_comes_to_another_root_ends_the_benchmark(tmp_path: Path) -> None:
    peer = tmp_path / "peer"
    answer = {"pymerkle": "0", "groups": {"4": {"appends": 8, "appends_per_second": 1.0, "root": "00"}}}
    peer.write_text(f"#!{sys.executable}\nprint({json.dumps(answer)!r})\n")
    peer.chmod(0o755)
    with pytest.raises(SystemExit, match="different roots"):
        appending.measure(Desk(1).signed(8), (4,), 1, peer)


@pytest.mark.prove
def test_the_tiles_of_a_made_up_tree_lead_to_the_root_of_its_leaves(tmp_path: Path) -> None:
    size = 256 * 256 + 300
    growing.write_tiles(tmp_path, size, Random(1))
    reader, frontier = TileReader(FolderFetcher(tmp_path).fetch, size), Frontier()
    leaves = Random(1)
    for _ in range(size):
        frontier.append(leaves.randbytes(32))
    assert root_at(reader, size) == frontier.root()
    figures = growing.proofs(tmp_path, size, Random(2))
    assert figures["proof_hashes"] == 17
    assert figures["proof_bytes_without_the_entry"] > 17 * 45


@pytest.mark.prove
def test_a_grown_log_is_measured_beside_a_small_one(tmp_path: Path) -> None:
    (figures,) = growing.measure(tmp_path, (512,), 1).values()
    assert figures["proof_hashes"] == 9
    assert figures["overhead_bytes_per_entry"]["tiles_and_bundles"] == pytest.approx(34.2, abs=1)
    assert figures["append_times_that_of_the_small_log"] > 0
    assert figures["look_up"]["p50_ms"] <= figures["look_up"]["p99_ms"]


@pytest.mark.prove
@pytest.mark.system
def test_the_whole_benchmark_ends_with_its_targets_judged(tmp_path: Path) -> None:
    peer, out = tmp_path / "none", tmp_path / "log.json"
    tiny = ["--groups", "1,8", "--entries", "16", "--runs", "1", "--sizes", "512", "--issuances", "2"]
    figures = main([*tiny, "--peer", str(peer), "--out", str(out)])
    assert json.loads(out.read_text()) == figures
    assert figures["issuing"]["issued"] == 2
    assert figures["postgresql"]["fsync"] == "on"
    assert set(figures["postgresql"]["groups"]["8"]) == {"outbox_and_sequencer", "ledger"}
    # Without the peer nothing is said about the product beside it.
    assert figures["sqlite"]["pymerkle_version"] is None
    assert set(figures["targets"]) == {
        "postgresql_ledger_at_10000_a_second",
        "postgresql_outbox_and_sequencer_at_10000_a_second",
        "append_within_1.3_of_the_small_log",
        "look_up_within_1.3_of_the_small_log",
        "cold_proof_within_2_ms",
        "overhead_within_150_bytes",
        "witnessed_proof_within_1_second",
    }
