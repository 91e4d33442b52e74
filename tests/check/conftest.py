"""A list of 10,000 suppliers beside a copy of the directory, made once; commands run at the registry's own time."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.scenario.simulator import DAY
from tests.check.suppliers import POLICY, Registry, as_csv, big_list, built
from verifier.edge.main import run


@dataclass
class Desk:
    """A buyer's folder: list, policy, copy, trust root and recognitions; and the registry, to let things happen."""

    folder: Path
    registry: Registry

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    @property
    def at(self) -> str:
        """Sixty days after the marks were issued."""
        moment = datetime.datetime.fromtimestamp(self.registry.world.sim.now + 60 * DAY, datetime.UTC)
        return moment.strftime("%Y-%m-%d")

    def arguments(self, command: str, *options: str, name: str = "suppliers.csv") -> list[str]:
        """Return the command line of `check` or `watch` over a list of this folder."""
        places = {"--directory": "copy", "--require": "policy.toml", "--recognitions": "recognitions.txt"}
        given = [part for option, place in places.items() for part in (option, str(self.folder / place))]
        return [command, str(self.folder / name), *given, *options]

    def run(self, command: str, *options: str, name: str = "suppliers.csv") -> int:
        return run(self.arguments(command, *options, name=name))


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suppliers")
    registry = built()
    registry.copy_to(folder / "copy")
    (folder / "suppliers.csv").write_bytes(as_csv(big_list(registry)))
    (folder / "policy.toml").write_text(POLICY, "utf-8")
    (folder / "recognitions.txt").write_text("\n".join(registry.statements), "ascii")
    return folder


@pytest.fixture
def desk(_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder and a registry of the test's own."""
    folder = tmp_path / "desk"
    shutil.copytree(_made, folder)
    made = Desk(folder, built().fork())
    monkeypatch.setenv("SHIRUSHI_ROOT", str(folder / "root.json"))
    monkeypatch.setattr("verifier.edge.check.supplier_list.time.time", lambda: made.registry.world.sim.now)
    return made
