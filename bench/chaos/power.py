"""`make chaos-power`: cut the power of a working registry at every moment, and look at what is left.

Writer, publisher and directory job run under strace, are killed and started again a few times, and every system call
that changes a file is replayed on a model of a disk (disk.py) that keeps only what was synchronised. At each change the
least, the most and some random rests of what was not synchronised are looked at: no acknowledged issuance may be lost,
no checkpoint may cover bytes that are missing. Some states are started again as after a reboot and must pass fsck. Two
controls show that the method sees a loss: synchronous=NORMAL, and folders that are not synchronised. What it does not
model: a disk that lies about what it has written, and rot.

    python -m bench.chaos.power [--marks N] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bench.chaos.aftermath import Inspector, heal
from bench.chaos.replay import Bench, Moment, Replay, Run, copy_state, left_in
from bench.chaos.trace import CALLS
from bench.chaos.workload import PROMISES
from tests.registry.conftest import make_keys

RESULT = Path("bench/results/chaos-power.json")
FEWEST_STATES = 5000
MOST_EXAMPLES = 20
KILLS = (0.6, 1.5, 0.9)
"""Seconds after which the first runs are killed; the last one ends in order."""


@dataclass
class Outcome:
    """What was seen in all states of one series of runs."""

    name: str
    runs: int = 0
    events: int = 0
    acknowledged: int = 0
    checkpoints: int = 0
    states: int = 0
    states_with_loss: int = 0
    most_lost: int = 0
    states_with_uncovered_checkpoint: int = 0
    states_broken: int = 0
    healed: int = 0
    not_healed: int = 0
    reconciled: int = 0
    seconds: float = 0
    examples: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no promise was broken in any state."""
        return not (
            self.states_with_loss or self.states_with_uncovered_checkpoint or self.states_broken or self.not_healed
        )


@dataclass(frozen=True)
class Plan:
    """How much is run and looked at."""

    marks: int
    kills: tuple[float, ...]
    dice_each: int
    look_every: int
    heal_every: int
    sabotage: str | None = None
    seed: int = 1


def main() -> int:
    """Run the series and its controls, write the result. Returns 0 when all is as promised and the controls lose."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--marks", type=int, default=10, help="Marks in each of the four runs.")
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    if (missing := missing_part()) is not None:
        print(missing, file=sys.stderr)
        return 64
    full = Plan(marks=given.marks, kills=KILLS, dice_each=2, look_every=1, heal_every=60)
    control = replace(full, kills=(), dice_each=1, look_every=4, heal_every=0)
    shipped = series("as shipped", full)
    normal = series("control: synchronous=NORMAL", replace(control, sabotage="normal"))
    folders = series("control: folders are not synchronised", replace(control, sabotage="folders"))
    outcomes = [shipped, normal, folders]
    is_good = shipped.is_clean and shipped.states >= FEWEST_STATES and normal.states_with_loss > 0
    is_good = is_good and not folders.is_clean
    result = {"passed": is_good, "seed": full.seed, "series": [asdict(one) for one in outcomes]}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2) + "\n")
    for one in outcomes:
        print(json.dumps({**asdict(one), "examples": one.examples[:3]}))
    print("passed" if is_good else "FAILED")
    return 0 if is_good else 1


def missing_part() -> str | None:
    """Say what is missing on this machine; nothing is installed here."""
    if shutil.which("strace") is None:
        return "strace is missing: make system installs it (Debian package strace)"
    return None


def series(name: str, plan: Plan) -> Outcome:
    """Run the workload as planned and look at every state."""
    outcome, begun = Outcome(name), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shirushi-power-") as place:
        folder, outside = Path(place).resolve() / "registry", Path(place).resolve() / "outside"
        folder.mkdir()
        outside.mkdir()
        runs = [traced_run(folder, outside, plan, kill) for kill in (*plan.kills, None)]
        outcome.runs = len(runs)
        _look_at_all(outcome, plan, runs, (folder, outside))
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


def traced_run(folder: Path, outside: Path, plan: Plan, kill: float | None) -> Run:
    """Run the workload once under strace, to its end or to its death."""
    trace = outside / f"trace-{len(list(outside.glob('trace-*')))}"
    command = ["strace", "-f", "-y", "--seccomp-bpf", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    command += [sys.executable, "-m", "bench.chaos.workload", str(folder), str(outside), "--marks", str(plan.marks)]
    command += ["--die-after", str(kill)] if kill is not None else []
    command += ["--sabotage", plan.sabotage] if plan.sabotage else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and kill is None:
        raise RuntimeError(f"the workload ended with {done.returncode}: {done.stderr[-2000:]}")
    return Run(trace, left_in(folder))


def _look_at_all(outcome: Outcome, plan: Plan, runs: list[Run], places: tuple[Path, Path]) -> None:
    folder, outside = places
    keys, replay = make_keys(), Replay(folder, outside / PROMISES, plan.seed)
    bench = Bench(outside / "state")
    bench.folder.mkdir()
    inspector = Inspector(bench.folder, keys.ceremony.root)
    for number, moment in enumerate(replay.states(runs, dice_each=plan.dice_each)):
        if number % plan.look_every:
            continue
        outcome.states += 1
        bench.take(moment.files)
        found = inspector.inspect(moment.promised)
        outcome.states_with_loss += bool(found.lost)
        outcome.most_lost = max(outcome.most_lost, len(found.lost))
        outcome.states_with_uncovered_checkpoint += bool(found.uncovered)
        outcome.states_broken += bool(found.broken)
        if not found.is_clean:
            _tell(outcome, moment, [f"lost {one}" for one in found.lost] + found.uncovered + found.broken)
        elif plan.heal_every and outcome.states % plan.heal_every == 0 and moment.promised.founded:
            copy_state(moment.files, outside / "healed")
            faults = heal(outside / "healed", keys, moment.promised, seed=f"healed {outcome.states}")
            outcome.healed += 1
            outcome.not_healed += bool(faults)
            _tell(outcome, moment, faults)
    outcome.events, outcome.reconciled = replay.events, len(replay.reconciled)
    outcome.acknowledged = len(moment.promised.acknowledged)
    outcome.checkpoints = moment.promised.published


def _tell(outcome: Outcome, moment: Moment, faults: list[str]) -> None:
    if faults and len(outcome.examples) < MOST_EXAMPLES:
        outcome.examples.append(f"change {moment.number}, {moment.fate}: {'; '.join(faults[:4])}")


if __name__ == "__main__":
    raise SystemExit(main())
