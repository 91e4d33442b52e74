"""The benchmark of a checked list measures a whole check, with the answers that the registry calls for."""

from __future__ import annotations

from pathlib import Path

from bench.check import Copy, measure
from bench.directory import Registry
from verifier.check.receipt import parse_receipt
from verifier.edge.check.supplier_file import read_supplier_file


def test_every_row_is_answered_and_nine_in_ten_are_known(tmp_path: Path) -> None:
    copy = Copy(tmp_path, Registry(400, 1, marks_each=4), 300)
    figures = measure(copy, runs=1)
    assert figures["rows"] == 300
    assert figures["verdicts"].keys() == {"meets", "not_found"}
    assert 240 < figures["verdicts"]["meets"] < 300
    rows = read_supplier_file(copy.run(), filename="result.csv").rows
    assert len(rows) == 301
    assert len(copy.floor()) == 1 + len(copy.index.shards)


def test_the_receipt_that_is_timed_is_one_that_holds(tmp_path: Path) -> None:
    copy = Copy(tmp_path, Registry(40, 1, marks_each=4), 30)
    assert parse_receipt(copy.receipt()).head.count == 30
