"""The tables of the browser's judge are those of the judge in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.edge.judge_tables import PLACE, tables, write_tables
from verifier.replay.machines import MACHINES
from verifier.statement.kinds import KINDS

STATIC = PLACE.parent.parent
OWN = sorted([*STATIC.glob("judge/*.js"), *STATIC.glob("scan/*.js")])


def test_the_committed_tables_are_what_the_judge_in_python_says() -> None:
    assert PLACE.read_text("utf-8") == write_tables(), "run python -m verifier.edge.judge_tables"


def test_the_tables_hold_every_kind_of_statement_and_every_step() -> None:
    made = tables()
    assert made["KINDS"].keys() == KINDS.keys()
    assert {kind: len(steps) for kind, steps in made["MACHINES"].items()} == {
        kind: len(machine) for kind, machine in MACHINES.items()
    }
    assert made["SCHEMAS"]["MarkIssued"]["properties"]["supersedes"]["anyOf"][0]["format"] == "mark-id"


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_a_module_is_short_and_loads_only_modules_of_its_own_host(path: Path) -> None:
    text = path.read_text("utf-8")
    if path != PLACE:
        lines = text.splitlines()
        assert len(lines) <= 400
        assert [line for line in lines if len(line) > 120] == []
    assert [name for name in re.findall(r'from "([^"]+)"', text) if not name.startswith((".", "/"))] == []
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|insertAdjacentHTML", text)
