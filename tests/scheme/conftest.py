"""One demonstration for the tests that read a log: two marks under the current version, in one process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.scenario.one_process import one_process
from registry.scenario.story import IssuedMark, Story

START = 1_795_305_600
"""2026-11-22."""


@dataclass(frozen=True)
class Logged:
    """A published folder, its trust root and the marks in it."""

    public: Path
    marks: tuple[IssuedMark, ...]

    @property
    def root(self) -> Path:
        return self.public / "trust/1.json"

    def mark(self, level: int) -> str:
        return next(one.issued.mark_id for one in self.marks if one.level == level)


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    folder = tmp_path_factory.mktemp("scheme")
    with one_process(folder, seed="scheme", start=START) as world:
        marks = Story(world.stage, tell=lambda heading, detail: None).play(folder / "marks")
    return Logged(folder / "public", marks)
