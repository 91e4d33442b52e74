"""From the traces of several runs over one folder to the states that a power cut could have left, at every moment."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bench.chaos.aftermath import Promised
from bench.chaos.disk import Disk, Fate, after_power_cut
from bench.chaos.trace import Call, Event, SyncBegins, SyncEnds, Told, read_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ELSEWHERE = re.compile(r"w\d\.db.*|.*-shm")
"""Stores of witnesses stand on other machines; a shared-memory file is made anew after a boot."""

RANDOM_CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Run:
    """One run of the workload: its trace, and the files as the running system saw them at its end."""

    trace: Path
    left: dict[str, bytes]


@dataclass
class Moment:
    """A state of the disk after a power cut, and what had been promised before it."""

    number: int
    files: dict[str, bytes]
    promised: Promised
    fate: str


@dataclass
class Replay:
    """Replays runs; counts what it saw."""

    folder: Path
    promises: Path
    seed: int
    events: int = 0
    reconciled: list[str] = field(default_factory=list)
    """Files that a kill left between two events of the trace: taken as the running system saw them, not durable."""

    def states(self, runs: list[Run], *, dice_each: int) -> Iterator[Moment]:
        """Yield distinct states: at each change the least and the most that may survive, and some in between."""
        disk, promised, seen = Disk(), Promised(), set[bytes]()
        for run in runs:
            syncing: dict[str, Callable[[], None]] = {}
            for event in read_trace(run.trace, folder=self.folder, promises=self.promises):
                if not _is_here(event):
                    continue
                self.events += 1
                _follow(disk, promised, event, syncing)
                if isinstance(event, SyncBegins):
                    continue
                for fate, files in self._fates(disk, dice_each):
                    name = _digest(files, promised)
                    if name not in seen:
                        seen.add(name)
                        yield Moment(self.events, files, promised, fate)
            self._reconcile(disk, run.left)

    def _fates(self, disk: Disk, dice_each: int) -> Iterator[tuple[str, dict[str, bytes]]]:
        yield "least", after_power_cut(disk, Fate(0, Random()))
        yield "most", after_power_cut(disk, Fate(1, Random()))
        for draw in range(dice_each):
            dice = Random(f"{self.seed} {self.events} {draw}")
            yield f"dice {draw}", after_power_cut(disk, Fate(dice.choice(RANDOM_CHANCES), dice))

    def _reconcile(self, disk: Disk, left: dict[str, bytes]) -> None:
        seen = after_power_cut(disk, Fate(1, Random()))
        for path in sorted(seen.keys() | left.keys()):
            if seen.get(path) != left.get(path):
                self.reconciled.append(path)
                if path not in left:
                    disk.unlink(path)
                    continue
                disk.open(path, truncates=True)
                disk.write(path, left[path])


class Bench:
    """A folder that takes one state after the other; only what differs is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._present: dict[str, bytes] = {}

    def take(self, files: dict[str, bytes]) -> None:
        """Make the folder hold exactly these files."""
        for path in self._present.keys() - files.keys():
            (self.folder / path).unlink(missing_ok=True)
        for path, data in files.items():
            # Looking at a database changes its files.
            if ".db" in path or self._present.get(path) is not data:
                place = self.folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
        for place in self.folder.glob("*.db-*"):
            if place.name not in files:
                place.unlink()
        self._present = dict(files)


def left_in(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder as the running system sees them."""
    files = {place.relative_to(folder).as_posix(): place for place in folder.rglob("*") if place.is_file()}
    return {path: place.read_bytes() for path, place in files.items() if not ELSEWHERE.fullmatch(path)}


def copy_state(files: dict[str, bytes], folder: Path) -> None:
    """Write a state into a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    Bench(folder).take(files)
    os.makedirs(folder / "public", exist_ok=True)


def _is_here(event: Event) -> bool:
    match event:
        case Call(paths=paths):
            return not any(ELSEWHERE.fullmatch(path) for path in paths)
        case SyncBegins(path=path):
            return not ELSEWHERE.fullmatch(path)
        case _:
            return True


def _follow(disk: Disk, promised: Promised, event: Event, syncing: dict[str, Callable[[], None]]) -> None:
    match event:
        case Told(line):
            promised.hear(line)
        case SyncBegins(thread, path):
            syncing[thread] = disk.begin_sync(path)
        case SyncEnds(thread):
            if thread in syncing:
                syncing.pop(thread)()
        case Call(name, paths, data, numbers, flags):
            _call(disk, name, paths, (data, numbers, flags))


def _call(disk: Disk, name: str, paths: tuple[str, ...], given: tuple[bytes, tuple[int, ...], str]) -> None:
    data, numbers, flags = given
    match name:
        case "open":
            if "O_CREAT" in flags or "O_TRUNC" in flags:
                disk.open(paths[0], truncates="O_TRUNC" in flags)
        case "write":
            disk.write(paths[0], data)
        case "pwrite64":
            disk.write(paths[0], data, numbers[-1])
        case "ftruncate":
            disk.truncate(paths[0], numbers[-1])
        case "rename":
            disk.rename(*paths)
        case "link":
            disk.link(*paths)
        case "unlink":
            disk.unlink(paths[0])
        case "mkdir":
            disk.make_folder(paths[0])
        case "sync":
            disk.sync()


def _digest(files: dict[str, bytes], promised: Promised) -> bytes:
    told = len(promised.acknowledged), sorted((k, v.checkpoint.size) for k, v in promised.cosigned.items())
    state = hashlib.blake2b(repr((told, promised.published, promised.founded)).encode(), digest_size=16)
    for path, data in sorted(files.items()):
        # A database differs in nearly every state: remembering its digest would keep every version of it.
        content = hashlib.blake2b(data, digest_size=16).digest() if ".db" in path else _content(data)
        state.update(path.encode() + b"\0" + content)
    return state.digest()


_CONTENTS: dict[int, tuple[bytes, bytes]] = {}


def _content(data: bytes) -> bytes:
    known = _CONTENTS.get(id(data))
    if known is None or known[0] is not data:
        known = data, hashlib.blake2b(data, digest_size=16).digest()
        if len(_CONTENTS) > 20_000:
            _CONTENTS.clear()
        _CONTENTS[id(data)] = known
    return known[1]
