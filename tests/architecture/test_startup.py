"""Asking for help must not wait for a web server or a database to be imported."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("fastapi", "sqlalchemy", "cryptography", "pydantic", "typer", "rich", "httpx")


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from verifier.edge.main import main; sys.argv = ['shirushi', '--help']; assert main() == 0;"
        f"print('imported:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported: []"
