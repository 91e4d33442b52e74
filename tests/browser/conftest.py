"""A demonstration of the present day, served over HTTP on loopback, and Debian's Chromium before it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.data_folder import DataFolder
from registry.document.document_key import load_document_key, make_document_key
from registry.document.document_maker import DocumentMaker
from registry.scenario.one_process import one_process
from registry.scenario.story import IssuedMark, Story
from tests.ports import free_port
from tests.waiting import wait_for_answer
from verifier.injected import seeded_entropy

PASSPHRASE = b"correct horse battery"
REPOSITORY = Path(__file__).parent.parent.parent


@dataclass
class Served:
    """A demonstration that a reader serves."""

    folder: Path
    marks: tuple[IssuedMark, ...]
    url: str
    process: subprocess.Popen[bytes]

    def package(self, level: int) -> Path:
        """The package of the mark of a level."""
        return next(mark.issued.folder for mark in self.marks if mark.level == level)

    def mark_id(self, level: int) -> str:
        """The id of the mark of a level."""
        return self.package(level).name

    def document(self, level: int) -> bytes:
        """The signed PDF of the mark of a level, made now."""
        data = DataFolder(self.folder)
        root, key = data.trust_root(), load_document_key(data, PASSPHRASE)
        maker = DocumentMaker(data.public, data.documents, trust_root=root, now=lambda: int(time.time()), key=key)
        return maker.make("m", self.mark_id(level), lang="ja")

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(timeout=20)


def serve(folder: Path, marks: tuple[IssuedMark, ...], *, port: int = 0) -> Served:
    """Start a reader over the demonstration; returns once it answers."""
    port = port or free_port()
    command = [sys.executable, "-m", "tests.browser.serving", folder / "public", folder / "public/trust/1.json"]
    process = subprocess.Popen([*map(str, command), str(port), "0"], cwd=REPOSITORY)
    url = f"http://localhost:{port}"
    try:
        wait_for_answer(f"{url}/log/checkpoint", lives=lambda: process.poll() is None)
    except BaseException:
        process.kill()
        raise
    return Served(folder, marks, url, process)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[IssuedMark, ...]]:
    folder = tmp_path_factory.mktemp("browser")
    with one_process(folder, seed="browser", start=int(time.time()) - 1800) as world:
        marks = Story(world.stage, tell=lambda heading, detail: None).play(folder / "marks")
        entropy = seeded_entropy("documents")
        make_document_key(DataFolder(folder), passphrase=PASSPHRASE, now=world.clock(), entropy=entropy)
    return folder, marks


@pytest.fixture(scope="session")
def served(played: tuple[Path, tuple[IssuedMark, ...]]) -> Iterator[Served]:
    running = serve(*played)
    yield running
    running.stop()
