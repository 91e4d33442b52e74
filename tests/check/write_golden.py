"""Write the golden answers anew: ``python -m tests.check.write_golden``. Read the difference before it is kept."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.check.conftest import Desk
from tests.check.suppliers import HEADINGS, POLICY, as_csv, big_list, built, special_rows
from tests.check.test_check_command import GOLDEN, golden_text, rows_of


def main() -> None:
    """Check the list of the tests and write what the tests compare."""
    registry = built()
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        desk = Desk(Path(name), registry)
        registry.copy_to(desk.path("copy"))
        desk.write("suppliers.csv", as_csv(big_list(registry)))
        desk.write("policy.toml", POLICY)
        desk.write("recognitions.txt", "\n".join(registry.statements))
        patch.setenv("SHIRUSHI_ROOT", str(desk.path("root.json")))
        patch.setattr("verifier.edge.check.supplier_list.time.time", lambda: registry.world.sim.now)
        desk.run("check", "--at", desk.at, "--out", str(desk.path("result.csv")), "--lang", "ja")
        rows = rows_of(desk.path("result.csv"))
    told = golden_text(rows)
    verdicts = dict(sorted(Counter(row[len(HEADINGS)] for row in rows[1:]).items()))
    GOLDEN.mkdir(exist_ok=True)
    sample = told.splitlines(keepends=True)[: len(special_rows(registry)) + 1]
    (GOLDEN / "special-rows.csv").write_text("".join(sample), "utf-8")
    figures = {"sha256": hashlib.sha256(told.encode()).hexdigest(), "verdicts": verdicts}
    (GOLDEN / "all-rows.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
