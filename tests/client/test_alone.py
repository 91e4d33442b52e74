"""The client runs where nothing but the verifier is installed: no registry code, none of its dependencies."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.client.conftest import Served

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from verifier.client import Client
with Client({root!r}, via={via!r}, keep={keep!r}) as client:
    print(client.verify({text!r}, require="jp.meti.scs/3").headline.value)
absent = ("registry", "issuer", "recognition", "fastapi", "sqlmodel", "sqlalchemy", "jinja2", "starlette")
print([name for name in absent if name in sys.modules])
import importlib.util
print([name for name in absent if importlib.util.find_spec(name) is not None])
"""
pytestmark = pytest.mark.system


def needed(name: str, seen: dict[str, Distribution]) -> None:
    """Collect a distribution and what it needs where no extra is asked for."""
    if name.lower() in seen:
        return
    found = seen[name.lower()] = distribution(name)
    for line in found.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed(requirement.name, seen)


def install_verifier(target: Path) -> None:
    """Put the verifier and what it declares to need into a folder, as an installer would, and nothing else."""
    target.mkdir()
    (target / "verifier").symlink_to(ROOT / "verifier")
    found: dict[str, Distribution] = {}
    needed("shirushi", found)
    del found["shirushi"]
    for one in found.values():
        for file in {Path(str(path)).parts[0] for path in one.files or () if ".." not in str(path)}:
            place = target / file
            if not place.exists() and file != "__pycache__":
                place.symlink_to(Path(str(one.locate_file(file))))


def test_a_mark_is_verified_where_no_registry_is_installed(served: Served, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install_verifier(target)
    text = served.text()
    program = PROGRAM.format(root=str(served.root), via=served.urls["reader"], keep=str(tmp_path / "kept"), text=text)
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.append({str(target)!r})\n{program}"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["valid", "[]", "[]"]
