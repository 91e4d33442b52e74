"""No answer before the disk: the system calls of a writing process, in their order (SQLite)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

WRITER = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from registry.rows import database_sqlite
from registry.rows import queries
from registry.rows.database import Database
from registry.log.ledger import Ledger
from registry.log.writer import Writer

if sys.argv[2:]:
    database_sqlite._PRAGMAS += tuple(sys.argv[2:])
database = Database(Path(sys.argv[1]))
database.migrate()
writer = Writer(Ledger(database), SimpleNamespace(root=SimpleNamespace(host="shirushi.example")))
writer.start()

def use(name):
    def request(group, state):
        queries.use_token(group.connection, "test", name)
        return lambda: name
    return request

for number in range(5):
    os.write(1, b"asked %d" % number)
    writer.ask(use(str(number))).result()
    os.write(1, b"answered %d" % number)
writer.stop()
"""
CALL = re.compile(r'(fdatasync|fsync)\(\d+<([^>]*)>|write\(1<[^>]*>, "(asked|answered) ')


def calls(folder: Path, *pragmas: str) -> list[str]:
    """Return what the writer asked of the disk between questions and answers."""
    if shutil.which("strace") is None:
        pytest.skip("STRACE IS NOT INSTALLED: `make system` installs it")
    trace = folder / "trace"
    watch = ["strace", "-f", "--seccomp-bpf", "-y", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
    subprocess.run(
        [*watch, sys.executable, "-c", WRITER, str(folder / "registry.db"), *pragmas],
        check=True,
        capture_output=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    found = CALL.finditer(trace.read_text("utf-8", "replace"))
    named = [call[3] or f"sync {Path(call[2]).name}" for call in found]
    return named[named.index("asked") :]


def test_the_log_of_changes_is_on_the_disk_before_each_answer(tmp_path: Path) -> None:
    assert calls(tmp_path)[:15] == ["asked", "sync registry.db-wal", "answered"] * 5


@pytest.mark.parametrize("pragma", [pytest.param("synchronous=OFF", marks=pytest.mark.prove), "synchronous=NORMAL"])
def test_the_same_look_at_a_registry_that_does_not_synchronise_sees_it(tmp_path: Path, pragma: str) -> None:
    assert calls(tmp_path, pragma)[:10] == ["asked", "answered"] * 5
