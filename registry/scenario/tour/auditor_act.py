"""Act 6, the auditor: starts from a trust root and nothing else, and meets a registry that lies."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from registry.scenario.tour.evaluator_act import MARKS

if TYPE_CHECKING:
    from registry.scenario.tour.act import Act


def audit(act: Act) -> None:
    """Judge the whole registry again, watch it, and catch lies. Raises ProofError for a broken promise."""
    ground = act.ground
    pinned = ("--root", ground.root)
    found = json.loads(act.run("audit", ground.read, *pinned, "--report", "report.json", "--json"))
    act.see("every entry of the registry is judged again, and nothing is found", found["findings"], [])
    monitor = ("monitor", ground.read, *pinned, "--state", "state.json", "--once", "--json")
    told = [json.loads(line) for line in act.run(*monitor, expect=1).splitlines()]
    codes = [one["code"] for one in told if one["type"] == "finding"]
    act.see("the monitor warns of thirty marks in one day, and of nothing else", codes, ["issue_burst"])
    again = [json.loads(line) for line in act.run(*monitor).splitlines()]
    act.see("it looks again: the log grew out of what it was", [one["clean"] for one in again], [True])
    act.run("log", "fsck", ground.data.public, *pinned)
    copy = act.folder / "altered"
    shutil.copytree(ground.data.public, copy)
    attestation = sorted((copy / "m").glob("*/attestation.jwt"))[0]
    data = bytearray(attestation.read_bytes())
    data[len(data) // 2] ^= 1
    attestation.write_bytes(bytes(data))
    act.run("audit", copy, *pinned, expect=1)
    act.see(f"one bit of one of {MARKS} attestations is missed by nobody", True, True)
    lies = json.loads(act.run("lies", "--json"))
    act.see("ten lying registries, and a named check catches each", lies["caught"], len(lies["lies"]))
    act.picture("explore", "/explore")
    act.picture("limits", "/limits")
