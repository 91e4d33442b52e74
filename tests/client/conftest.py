"""A demonstration that is served by its own processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.data_folder import DataFolder
from registry.scenario.outcome import pin_root, write_summary
from registry.scenario.served import found, household, served_stage
from registry.scenario.story import IssuedMark, Story
from verifier.edge.drawing.qr import decode_qr


@dataclass(frozen=True)
class Served:
    """A running registry: its folder, its addresses, its marks."""

    folder: Path
    urls: dict[str, str]
    marks: tuple[IssuedMark, ...]

    def text(self, number: int = 0) -> str:
        """Return the text of a mark's QR."""
        (text,) = decode_qr((self.marks[number].issued.folder / "qr.png").read_bytes())
        return text

    @property
    def root(self) -> Path:
        return self.folder / "trust/1.json"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = DataFolder(tmp_path_factory.mktemp("served") / "out")
    found(data)
    with household(data, read_port=0) as running, served_stage(data, running) as stage:
        marks = Story(stage, tell=lambda heading, detail: None).play(data.path / "marks")
        pin_root(data)
        write_summary(data, marks, "https://shirushi.example/r/none")
        yield Served(data.path, running.urls, marks)
