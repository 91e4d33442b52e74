"""One demonstration for all journeys: played in one process, with real signatures, witnesses and files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry.scenario.one_process import one_process
from registry.scenario.story import IssuedMark, Story
from verifier.edge.main import exit_code, run
from verifier.errors import MarkError

START = 1_795_305_600


@dataclass(frozen=True)
class Demonstration:
    """The folder of a demonstration and what was issued in it."""

    folder: Path
    marks: tuple[IssuedMark, ...]
    now: int

    @property
    def root(self) -> Path:
        return self.folder / "public/trust/1.json"

    def package(self, level: int) -> Path:
        return next(mark.issued.folder for mark in self.marks if mark.level == level)

    def bundle(self, level: int) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.package(level) / "bundle.json").read_text())
        return loaded


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    folder = tmp_path_factory.mktemp("demonstration")
    with one_process(folder, seed="journey", start=START) as world:
        marks = Story(world.stage, tell=lambda heading, detail: None).play(folder / "marks")
        return Demonstration(folder, marks, world.clock())


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(
    demonstration: Demonstration, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Return a function that runs `shirushi verify WHAT --offline ... --json` and gives exit code and verdict."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("time.time", lambda: float(demonstration.now))

    def call(what: str | Path, *options: str | Path, offline: bool = True) -> tuple[int, dict[str, Any]]:
        arguments = ["verify", str(what), "--root", str(demonstration.root), "--json", *map(str, options)]
        capsys.readouterr()
        try:
            code = run([*arguments, "--offline"] if offline else arguments)
        except MarkError as error:
            return exit_code(error), {"error": error.code}
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert printed["exit"] == code
        return code, printed

    return call


@pytest.fixture
def tampered(demonstration: Demonstration, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the ★3 bundle changed by a function and gives its place."""

    def change(edit: Callable[[dict[str, Any]], None]) -> Path:
        bundle = demonstration.bundle(3)
        edit(bundle)
        place = tmp_path / "bundle.json"
        place.write_text(json.dumps(bundle, ensure_ascii=False))
        return place

    return change


@pytest.fixture
def public_copy(demonstration: Demonstration, tmp_path: Path) -> Path:
    """Return a copy of the published folder that a test may change."""
    return Path(shutil.copytree(demonstration.folder / "public", tmp_path / "public"))
