"""`make chaos-kill`: kill the server and the publisher of a registry again and again while evaluators issue marks.

Real processes on loopback, each ended by SIGKILL at random moments, also while it starts. Evaluators send again what
got no answer, byte for byte. At the end no acknowledged mark may be lost, none may stand in the log twice, every
checkpoint that anybody saw must be a beginning of the log, and fsck must find nothing.

    python -m bench.chaos.kill [--kills N] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from bench.chaos.aftermath import History, Inspector, Promised, fsck_faults
from bench.chaos.evaluators import Evaluators, Watcher
from bench.chaos.processes import PASSPHRASE, Family
from registry.data_folder import DataFolder
from registry.root.founding import QUORUM_OF_FOUR, found_registry
from registry.settings import PASSPHRASE as PASSPHRASE_VARIABLE
from verifier.directory.proven import POINTER
from verifier.statement import parse_statement

RESULT = Path("bench/results/chaos-kill.json")
HOST = "shirushi.example"
EVALUATORS = 3
LONGEST_REST = 60.0


@dataclass
class Outcome:
    """What happened, and what was found wrong at the end."""

    kills: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    sent_again: int = 0
    entries: int = 0
    checkpoints_seen: int = 0
    lost: int = 0
    twice: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.twice or self.violations)


def main() -> int:
    """Run, write the result. Returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    outcome = run(kills=given.kills, seed=1)
    is_good = outcome.is_clean and sum(outcome.kills.values()) >= given.kills
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"passed": is_good, "seed": 1, **asdict(outcome)}, indent=2) + "\n")
    print(json.dumps(asdict(outcome)))
    print("passed" if is_good else "FAILED")
    return 0 if is_good else 1


def run(*, kills: int, seed: int) -> Outcome:
    """Found a registry in a new folder, kill its processes so often under load, and judge what is left."""
    os.environ[PASSPHRASE_VARIABLE] = PASSPHRASE
    outcome, begun = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shirushi-kill-") as place:
        data = DataFolder(Path(place).resolve() / "registry")
        found_registry(
            data,
            host=HOST,
            zone="Asia/Tokyo",
            witnesses=(),
            quorum=QUORUM_OF_FOUR,
            passphrase=PASSPHRASE.encode(),
            clock=lambda: int(time.time()),
            entropy=secrets.token_bytes,
        )
        with Family(data) as family:
            evaluators, watcher = Evaluators(data, family), Watcher(data)
            evaluators.accredit()
            watcher.start()
            evaluators.start(EVALUATORS)
            killers = [
                threading.Thread(target=_kill, args=(family, name, kills // 2, Random(f"{seed} {name}")))
                for name in ("api", "publisher")
            ]
            for thread in killers:
                thread.start()
            for thread in killers:
                thread.join()
            evaluators.stop()
            _rest(data, family)
            watcher.stop()
            outcome.kills = dict(family.kills)
        _judge(outcome, data, evaluators, watcher)
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


def _kill(family: Family, name: str, kills: int, dice: Random) -> None:
    for _ in range(kills):
        if dice.random() < 0.7:
            family.wait_for(name)
            time.sleep(dice.uniform(0, 1.0))
        else:
            # Also while it starts, reads the log, recovers.
            time.sleep(dice.uniform(0, 2.5))
        family.kill_and_start(name)
    family.wait_for(name)


def _rest(data: DataFolder, family: Family) -> None:
    """Wait until everything that was admitted is published, and a directory is shown."""
    deadline = time.monotonic() + LONGEST_REST
    while time.monotonic() < deadline:
        health = family.health()
        if health is not None and health["size"] == health["published"] and (data.public / POINTER).exists():
            return
        time.sleep(0.2)
    raise RuntimeError("the registry does not come to rest")


def _judge(outcome: Outcome, data: DataFolder, evaluators: Evaluators, watcher: Watcher) -> None:
    with sqlite3.connect(data.database) as database:
        rows = database.execute("SELECT statement FROM log_entry ORDER BY seq").fetchall()
    statements = [parse_statement(row[0]) for row in rows]
    history = History([(one.entry, one.token.digest) for one in statements])
    promised = Promised(founded=True, published=len(rows))
    for index, digest, mark in evaluators.acknowledged:
        promised.acknowledged[index] = (digest, mark)
    outcome.acknowledged, outcome.entries = len(evaluators.acknowledged), len(rows)
    outcome.sent_again, outcome.checkpoints_seen = evaluators.sent_again, len(watcher.seen)
    found = Inspector(data.path, data.trust_root()).inspect(promised)
    digests = Counter(one.token.digest for one in statements)
    marks = Counter(one.object for one in statements if one.type == "mark.issued")
    outcome.lost = sum(digests[digest] == 0 for _, digest, _ in evaluators.acknowledged) + len(found.lost)
    outcome.twice = sum(count > 1 for count in (*digests.values(), *marks.values()))
    outcome.violations += found.uncovered + found.broken + evaluators.refused + watcher.faults
    for size, root in watcher.seen.items():
        if history.root(size) != root:
            outcome.violations.append(f"a checkpoint over {size} entries was seen that the log denies")
    outcome.violations += fsck_faults(data.public)


if __name__ == "__main__":
    raise SystemExit(main())
