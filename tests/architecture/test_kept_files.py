"""What may stand in a file under version control, and what the lock files promise."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Brackets keep the patterns from finding themselves.
INDEX_HOST = re.compile(r"py[p]i\.org|python[h]osted|npm[j]s\.org|deb\.deb[i]an|proxy\.go[l]ang")
MACHINE_PATH = re.compile(r"(?<![\w.])/(w[o]rk|f[a]rm|r[o]ot|h[o]me)/\w")
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def test_no_file_names_a_package_index(kept_texts: dict[str, str]) -> None:
    assert [name for name, text in kept_texts.items() if INDEX_HOST.search(text)] == []


def test_no_file_carries_a_path_of_one_machine(kept_texts: dict[str, str]) -> None:
    assert [name for name, text in kept_texts.items() if MACHINE_PATH.search(text)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_every_package_by_hash_and_names_no_place(root: Path, name: str) -> None:
    text = (root / name).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split("\n")[0] for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text


def test_the_lock_files_hold_what_the_project_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = {
        LOCKS[0]: [*project["dependencies"], *extras["registry"], *extras["issuer"], "hatchling", "editables"],
        LOCKS[1]: [*project["dependencies"], *(name for extra in extras.values() for name in extra)],
    }
    for name, requirements in asked.items():
        assert {_name(requirement) for requirement in requirements} <= _pins(root / name).keys()


def test_what_runs_is_a_part_of_what_develops_at_the_same_versions(root: Path) -> None:
    runtime, develop = (_pins(root / name) for name in LOCKS)
    assert runtime.items() <= develop.items()


def _pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text("utf-8")))


def _name(requirement: str) -> str:
    """Return the normalised name of a requirement."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()
