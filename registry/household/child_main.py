"""What runs in a child process: `python -m registry.household.child_main NAME --data DIR --lifeline FD --port N`."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from registry.data_folder import DataFolder
from registry.household.child import CHILDREN, Child
from registry.household.lifeline import hold_lifeline
from registry.settings import read_settings
from registry.web.logs import configure_logs
from verifier.errors import MarkError

if TYPE_CHECKING:
    from types import ModuleType


def main() -> int:
    """Run one child until its lifeline ends. Returns the exit code."""
    configure_logs()
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--house-url", default="")
    parser.add_argument("--verification-url", default="")
    parser.add_argument("--portal-url", default="")
    given = parser.parse_args()
    try:
        child = Child(
            data=DataFolder(given.data),
            settings=read_settings(given.data),
            port=given.port,
            house_url=given.house_url,
            verification_url=given.verification_url,
            portal_url=given.portal_url,
            hold=lambda stop: hold_lifeline(given.lifeline, stop),
        )
        _imported(CHILDREN[given.name.partition("-")[0]]).run(child)
    except MarkError as error:
        print(f"{given.name}: {error.code}: {error.message}\n  {error.hint}", file=sys.stderr)
        return 1
    return 0


def _imported(name: str) -> ModuleType:
    """Import a module and all that it needs, which stays: looking for garbage in it is up to a quarter of a start."""
    gc.disable()
    module = importlib.import_module(name)
    gc.freeze()
    gc.enable()
    return module


if __name__ == "__main__":
    raise SystemExit(main())
