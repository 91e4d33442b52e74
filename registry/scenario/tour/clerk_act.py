"""Act 4, the buyer's clerk: ten thousand suppliers checked without a network, and one suspension that is noticed."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from registry.scenario import cast
from registry.scenario.served import wall_clock
from registry.scenario.tour.act import supplier, without_network
from registry.scenario.tour.consoles import Wanted, look_in
from registry.scenario.tour.evaluator_act import MARKS
from registry.scenario.tour.supplier_act import package_of
from verifier.dates import local_date
from verifier.edge.buyer.desk import CLERK

if TYPE_CHECKING:
    from registry.scenario.tour.act import Act

SUPPLIERS = 10_000
SUSPENDED = 5


def check_list(act: Act) -> None:
    """Check the list, then watch it over a suspension. Raises ProofError for a broken promise."""
    lines = [f"{supplier(no).identifier},{supplier(no).name}" for no in range(1, SUPPLIERS + 1)]
    act.write("suppliers.csv", "\n".join(["識別子,会社名", *lines]) + "\n")
    act.write("policy.toml", 'version = 1\ntier = "jp.meti.scs/3"\n')
    _pull(act)
    if not without_network():
        act.ground.say("  [bold red]Nothing is cut off from the network here: the list is checked beside one.[/]")
    asked = ("suppliers.csv", "--directory", "copy", "--require", "policy.toml", "--root", act.ground.root)
    results = ("--out", "checked.csv", "--receipt", "receipt.json")
    act.run("check", *asked, *results, expect=1, alone=True)
    with (act.folder / "checked.csv").open(encoding="utf-8-sig", newline="") as file:
        said = Counter(row["verdict"] for row in csv.DictReader(file))
    met = {"✓ meets what you ask": MARKS, "∅ not found in the public part": SUPPLIERS - MARKS}
    act.see(f"{SUPPLIERS} suppliers are checked without a network", dict(said), met)
    act.run("check-receipt", "verify", "receipt.json", alone=True)
    _watch(act, *asked)
    act.run("buyer", "init", "--dir", "buyer", "--root", act.ground.root, "--from", act.ground.read)
    act.run("directory", "pull", "--from", act.ground.read, "--dir", "buyer/directory", "--root", act.ground.root)
    look_in(
        act,
        Wanted(("buyer", "console"), ("--dir", "buyer"), "Sample Clerk", CLERK, "/directory", act.ground.read),
    )


def _watch(act: Act, *asked: object) -> None:
    watched = ("watch", *asked, "--state", "state.json", "--json")
    act.run(*watched, alone=True)
    act.see("nothing has changed for who looks again", act.run(*watched, alone=True), "")
    mark = package_of(act, SUSPENDED).name
    lift_by = local_date(wall_clock(), cast.ZONE) + timedelta(days=90)
    office = ("--dir", act.ground.data.path, "--reason", "nonconformity")
    index = act.say("registry", "suspend-mark", mark, *office, "--lift-by", lift_by)
    act.until_listed(index)
    _pull(act)
    told = [json.loads(line) for line in act.run(*watched, expect=1, alone=True).splitlines() if line.strip()]
    act.see("one mark is suspended, and one supplier of the list is told of", len(told), 1)
    act.see("it is the right one", mark in json.dumps(told[0]), True)
    act.see("and the next look tells nothing twice", act.run(*watched, alone=True), "")
    act.picture("suspended", f"/m/{mark}")


def _pull(act: Act) -> None:
    act.run("directory", "pull", "--from", act.ground.read, "--dir", "copy", "--root", act.ground.root)
