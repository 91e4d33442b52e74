"""How long the directory of a large registry takes: built, carried on by an epoch, looked up in (targets P10, P12).

``python -m bench.directory --marks 1000000`` prints the figures and writes bench/results/directory.json. Times are the
best of several runs in seconds, beside floors measured in the same run: hashing the same keys and buckets, and reading
and hashing the same files. The state of the log is made up: an organisation has four marks, because marks are renewed
and old ones stay; ``--marks-each 1`` is the dearest case, two records for each mark.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import hashlib
import os
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from stdnum.jp import cn

from bench.measuring import RESULTS, best, machine, report, timed
from verifier.directory.bulk import look_up_all
from verifier.directory.changes import changes_since
from verifier.directory.files import parse_index, shard_of, shard_path
from verifier.directory.growing import Epoch, GrowingDirectory
from verifier.edge.directory_store import FolderStore
from verifier.markid import new_mark_id
from verifier.names import body_uri, mark_uri
from verifier.replay.records import MarkRecord, Step
from verifier.replay.state import Head, LogState
from verifier.statement.public import MarkIssued, StatusPlace

HOST = "shirushi.example"
NOW = 1_793_577_600
YEAR = 31_536_000


def corporate_number(number: int) -> str:
    """Return the identifier of a made-up corporation: twelve digits behind their check digit."""
    return f"0188-{cn.calc_check_digit(f'{number:012}')}{number:012}"


class Registry:
    """A log's state with many marks, which changes on request; the same for the same seed."""

    def __init__(self, marks: int, seed: int, *, marks_each: int = 1) -> None:
        self._random = random.Random(seed)
        self.state = LogState(HOST)
        self.organisations = [corporate_number(number) for number in range(1, -(-marks // marks_each) + 1)]
        for number in range(marks):
            self._issue(self.organisations[number % len(self.organisations)])
        self._uris = list(self.state.marks)

    def suspend(self, count: int) -> None:
        """Suspend that many marks, drawn at random."""
        state = self.state
        for uri in self._random.sample(self._uris, count):
            mark, lift_by = state.marks[uri], NOW + self._random.randrange(1, YEAR)
            state.marks[uri] = replace(mark, steps=(*mark.steps, Step(state.size, "suspended")), lift_by=lift_by)
            del state.heads[uri]
            self._head(uri, "suspended", lift_by)

    def draw(self, count: int) -> list[str]:
        """Return identifiers to look up: nine in ten have a mark."""
        known = self._random.choices(self.organisations, k=count)
        return [f"{one}-x" if self._random.random() < 0.1 else one for one in known]

    def _issue(self, organisation: str) -> None:
        state = self.state
        uri = mark_uri(HOST, new_mark_id(self._random.randbytes))
        issued = MarkIssued.model_construct(
            scheme="jp.meti.scs",
            tier=3,
            criteria_sha256="A" * 43,
            sub=f"https://{HOST}/o/{organisation}",
            scope_kind="company",
            covered=(),
            nbf=NOW,
            exp=NOW + YEAR,
            mark_sha256="A" * 43,
            seal_sha256="A" * 43,
            status=_PLACE,
            supersedes=None,
        )
        state.marks[uri] = MarkRecord(uri, _BODY, issued, state.size, "A" * 43, "A" * 43, (Step(state.size, "active"),))
        self._head(uri, "active", issued.exp)

    def _head(self, uri: str, state: str, until: int) -> None:
        self.state.heads[uri] = Head(self.state.size, self._random.randbytes(32), state, until)
        self.state.size += 1


_PLACE, _BODY = StatusPlace(list=1, idx=0), body_uri(HOST, 1)


def measure_build(registry: Registry, runs: int) -> tuple[dict[str, Any], GrowingDirectory, Epoch]:
    """Build the directory several times, beside the hashing that no builder can leave out."""
    times, floors = [], []
    for _ in range(runs):
        growing = GrowingDirectory()
        took, epoch = timed(lambda into=growing: into.advance(changes_since(registry.state, 0)))  # type: ignore[misc]
        times.append(took)
        subjects = [*registry.state.marks, *registry.organisations]
        floors.append(timed(lambda: _hash_all(subjects, growing))[0])  # noqa: B023
    took, floor = best(times), best(floors)
    figures = {
        **took.members(),
        "runs": runs,
        "records": growing.tree.count,
        "bits": growing.tree.bits,
        "shards_bytes": sum(map(len, epoch.files.shards.values())),
        "index_bytes": len(epoch.files.index),
        "floor_hashing": floor.members(),
        "ratio_to_floor": round(floor.cpu / took.cpu, 3),
    }
    return figures, growing, epoch


def measure_epochs(registry: Registry, growing: GrowingDirectory, changes: int, rounds: int) -> dict[str, Any]:
    """Carry the directory on by epochs of that many changes each; the last has to equal one built from scratch."""
    taking, advancing, writing, delta = [], [], [], b""
    for _ in range(rounds):
        state, previous = registry.state, growing.size
        registry.suspend(changes)
        state.directory = (previous, type("Published", (), {"size": previous})())
        took, changed = timed(lambda since=previous: changes_since(state, since))  # type: ignore[misc] # noqa: B023
        taking.append(took)
        took, (epoch, delta) = timed(lambda: _advance(growing, changed))  # noqa: B023
        advancing.append(took)
        with tempfile.TemporaryDirectory() as folder:
            writing.append(timed(lambda: _write(Path(folder), epoch))[0])  # noqa: B023
    scratch = GrowingDirectory()
    scratch.advance(changes_since(registry.state, 0))
    if scratch.tree.root != growing.tree.root:
        raise SystemExit("the epochs do not lead to the root of a directory built from scratch")
    return {
        **best(advancing).members(),
        "rounds": rounds,
        "changes": changes,
        "writers_turn": best(taking).members(),
        "shards_touched": len(epoch.files.shards),
        "shards_touched_bytes": sum(map(len, epoch.files.shards.values())),
        "writing_files_without_fsync": best(writing).members(),
        "delta_bytes": len(delta),
        "delta_bytes_gzip": len(gzip.compress(delta)),
    }


def measure_look_ups(registry: Registry, epoch: Epoch, count: int, runs: int) -> dict[str, Any]:
    """Look identifiers up in a copy on disk, proven, beside reading and hashing the same files."""
    index = parse_index(epoch.files.index)
    asked = registry.draw(count)
    # Whoever looks up holds no registry in memory: its millions of objects are kept out of the garbage collector's way.
    gc.freeze()
    with tempfile.TemporaryDirectory() as name:
        store, folder = FolderStore(Path(name)), Path(name)
        _write(folder, epoch)
        paths = sorted({shard_path(index, shard_of(one, index.bits)) for one in asked})
        times, floors = [], []
        for _ in range(runs):
            floors.append(timed(lambda: [hashlib.sha256((folder / path).read_bytes()).digest() for path in paths])[0])

            took, found = timed(lambda: dict(look_up_all(store, index, asked)))
            present = sum(found[one] is not None for one in asked)
            times.append(took)
    took, floor = best(times), best(floors)
    return {
        **took.members(),
        "asked": count,
        "present": present,
        "floor_reading_and_hashing": floor.members(),
        "ratio_to_floor": round(floor.wall / took.wall, 3),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marks", type=int, default=1_000_000)
    parser.add_argument("--marks-each", type=int, default=4)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "directory.json")
    asked = parser.parse_args()
    load = os.getloadavg()
    registry = Registry(asked.marks, asked.seed, marks_each=asked.marks_each)
    build, growing, epoch = measure_build(registry, asked.runs)
    look_ups = measure_look_ups(registry, epoch, min(10_000, asked.marks), asked.runs + 2)
    epochs = measure_epochs(registry, growing, asked.changes, asked.runs + 2)
    targets = {
        "built_within_10_seconds": build["seconds"] <= 10,
        "epoch_within_1_second": epochs["seconds"] <= 1,
        "delta_within_1_megabyte": epochs["delta_bytes"] <= 1_000_000,
        "look_ups_at_0.30_of_the_floor": look_ups["ratio_to_floor"] >= 0.30,
    }
    figures = {
        "marks": asked.marks,
        "marks_each": asked.marks_each,
        "machine": machine(asked.seed, load),
        "build": build,
        "epoch": epochs,
        "look_ups": look_ups,
        "targets": targets,
    }
    report(figures, asked.out)


def _hash_all(subjects: list[str], growing: GrowingDirectory) -> None:
    for subject in subjects:
        hashlib.sha256(subject.encode()).digest()
    for run in growing.tree.runs:
        hashlib.sha256(run).digest()


def _advance(growing: GrowingDirectory, changed: Any) -> tuple[Epoch, bytes]:
    epoch = growing.advance(changed)
    return epoch, epoch.delta.serialize() if epoch.delta else b""


def _write(folder: Path, epoch: Epoch) -> None:
    (folder / "directory/shards").mkdir(parents=True)
    for name, data in epoch.files.shards.items():
        (folder / "directory/shards" / name).write_bytes(data)


if __name__ == "__main__":
    main()
