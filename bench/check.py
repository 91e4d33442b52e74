"""How long a list of 10,000 suppliers takes against a copy of the directory on the buyer's disk (target P12).

``python -m bench.check --marks 1000000`` prints the figures and writes bench/results/check.json. The floor is reading
the same files, list and shards, and hashing them. Measured is everything that `shirushi check` does in between: the
list read, its columns found, every organisation looked up and proven, every row judged, the answers written as CSV.
Nothing asks a registry: there is none.
"""

from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.directory import HOST, NOW, YEAR, Registry, corporate_number
from bench.measuring import RESULTS, Took, best, machine, report, timed
from verifier.check.judge import Case
from verifier.check.lookup import Checked, Directory, check_suppliers
from verifier.check.outcome import RowVerdict
from verifier.check.receipt import Asked, CheckpointAnchor, DirectoryAnchor, make_receipt
from verifier.directory.bulk import BulkDirectory
from verifier.directory.changes import changes_since
from verifier.directory.files import IndexFile, parse_index, shard_path
from verifier.directory.growing import GrowingDirectory
from verifier.directory.recognitions import leaves_that_count
from verifier.edge.check.check_result import answered, row_members
from verifier.edge.check.supplier_list import SupplierList, many_values, read_list
from verifier.edge.directory_store import FolderStore
from verifier.edge.i18n import translator
from verifier.requirement import Requirement, parse_requirement

UNKNOWN = 500_000_000_000
POLICY = b'version = 1\ntier = "jp.meti.scs/3"\nmax_age_hours = 48\n'


def supplier_list(registry: Registry, count: int) -> bytes:
    """Return a list in CP932; nine in ten of its suppliers have a mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("管理番号", "会社名", "法人番号", "担当"))
    for number, organisation in enumerate(registry.draw(count), 1):
        is_known = not organisation.endswith("-x")
        known = organisation if is_known else corporate_number(UNKNOWN + number)
        writer.writerow((number, f"取引先{number}株式会社", known.partition("-")[2], "調達部"))
    return text.getvalue().encode("cp932")


class Copy:
    """A directory in a folder, and a list beside it."""

    def __init__(self, folder: Path, registry: Registry, count: int) -> None:
        growing = GrowingDirectory()
        epoch = growing.advance(changes_since(registry.state, 0))
        (folder / "directory/shards").mkdir(parents=True)
        for name, data in epoch.files.shards.items():
            (folder / "directory/shards" / name).write_bytes(data)
        self.index: IndexFile = parse_index(epoch.files.index)
        self.list, self.folder = folder / "suppliers.csv", folder
        self.list.write_bytes(supplier_list(registry, count))
        self.shards = [folder / shard_path(self.index, number) for number in range(len(self.index.shards))]
        self.requirement: Requirement = parse_requirement(POLICY)

    def floor(self) -> list[bytes]:
        """Read and hash the list and every shard."""
        return [hashlib.sha256(path.read_bytes()).digest() for path in (self.list, *self.shards)]

    def directory(self) -> BulkDirectory:
        """Return the directory to ask."""
        store = FolderStore(self.folder)
        return BulkDirectory(store, self.index, copy=store)

    def check(self, directory: Directory | None = None) -> tuple[SupplierList, Checked, Case]:
        """Read the list and judge every row."""
        listed = read_list(self.list, wanted=self.requirement.wanted)
        case = Case(self.requirement, HOST, "Asia/Tokyo", "demonstration", NOW + YEAR // 2, NOW, NOW)
        asked = directory or self.directory()
        return listed, check_suppliers(listed.suppliers, asked, case, names=listed.names()), case

    def run(self) -> bytes:
        """Check the list and write the answers as CSV."""
        with many_values():
            listed, checked, case = self.check()
            return answered(listed, checked.outcomes, case, translator("ja"), form=".csv")

    def prove_recognitions(self) -> set[str]:
        """Look through every shard for statements that must be at hand: done where a policy accepts recognition."""
        return leaves_that_count(FolderStore(self.folder), self.index, host=HOST)

    def receipt(self) -> bytes:
        """Check the list and make the receipt."""
        listed, checked, case = self.check()
        anchor = DirectoryAnchor(entry=self.index.size, size=self.index.size, root=self.index.root, as_of=NOW)
        asked = Asked(
            log=self.index.log,
            at=case.at,
            made_at=NOW,
            directory=anchor,
            checkpoint=CheckpointAnchor(size=self.index.size + 1, root=self.index.root),
            policy=self.requirement.members(),
            policy_sha256=self.requirement.sha256,
            input_sha256=self.index.root,
        )
        return make_receipt(asked, row_members(listed, checked.outcomes), seed=bytes(32)).serialize()


def measure(copy: Copy, runs: int) -> dict[str, Any]:
    """Check the list several times, beside reading and hashing the same files."""
    floors: list[Took] = []
    checks: list[Took] = []
    written = b""
    for _ in range(runs):
        floors.append(timed(copy.floor)[0])
        took, written = timed(copy.run)
        checks.append(took)
    with_receipt = best([timed(copy.receipt)[0] for _ in range(2)])
    proving = best([timed(copy.prove_recognitions)[0] for _ in range(2)])
    _, checked, _ = copy.check()
    verdicts = [outcome.verdict for outcome in checked.outcomes]
    # Neither waits for anything, so processor time compares them whatever else the machine does.
    took, floor = (min(those, key=lambda one: one.cpu) for those in (checks, floors))
    return {
        **took.members(),
        "rows": len(verdicts),
        "verdicts": {one.value: verdicts.count(one) for one in RowVerdict if one in verdicts},
        "result_bytes": len(written),
        "floor_reading_and_hashing": floor.members(),
        "ratio_to_floor": round(floor.cpu / took.cpu, 3),
        "more_where_the_policy_accepts_recognition": proving.members(),
        "with_receipt_instead_of_csv": with_receipt.members(),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=1_000_000)
    parser.add_argument("--marks-each", type=int, default=4)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "check.json")
    asked = parser.parse_args()
    load = os.getloadavg()
    registry = Registry(asked.marks, asked.seed, marks_each=asked.marks_each)
    with tempfile.TemporaryDirectory() as name:
        copy = Copy(Path(name), registry, asked.rows)
        # Whoever checks a list holds no registry in memory.
        registry.state.marks.clear()
        registry.state.heads.clear()
        gc.collect()
        gc.freeze()
        checked = measure(copy, asked.runs)
    figures = {
        "marks": asked.marks,
        "machine": machine(asked.seed, load),
        "check": checked,
        "targets": {"P12_at_0.30_of_the_floor": checked["ratio_to_floor"] >= 0.30, "requests_to_a_registry": 0},
    }
    report(figures, asked.out)


if __name__ == "__main__":
    main()
