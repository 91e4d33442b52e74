"""A registry of the present day with a sole proprietor's mark, its reader and its portal served on loopback."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from issuer.intake import Application, read_scope, read_sole_proprietor
from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.story import Story
from tests.awarding import award
from tests.browser.conftest import REPOSITORY
from tests.ports import free_port
from tests.waiting import wait_for_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from issuer.desk import Desk
    from registry.scenario.one_process import OneProcess


NAME = "見本 一郎"


@dataclass
class Shown:
    """The running registry, and the packages of two marks: a sole proprietor's and a company's."""

    url: str
    sole: Path
    company: Path
    root: Path


def award_sole_proprietor(world: OneProcess, desk: Desk, marks: Path) -> Path:
    """Play the case of a person in business under the own name, and return the package."""
    holder, person = read_sole_proprietor(name=NAME, host=cast.HOST, entropy=world.stage.entropy)
    scope = read_scope(kind="company", summary="全事業")
    application = Application(cast.SCHEME, cast.VERSION, 3, holder, scope, person)
    return award(world, desk, application, marks, officer=NAME).folder


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("share")
    with one_process(folder, seed="share", start=int(time.time()) - 1800) as world:
        story = Story(world.stage, tell=lambda heading, detail: None)
        desk = story.prepare()
        sole = award_sole_proprietor(world, desk, folder / "marks")
        company = story.award(desk, cast.SUPPLIER_3, 3, folder / "marks").issued.folder
    ports = {"portal": free_port(), "reader": free_port()}
    processes = []
    for name, port in ports.items():
        command = [sys.executable, "-m", "tests.share.serving", folder, name, port, ports["portal"]]
        processes.append(subprocess.Popen([str(one) for one in command], cwd=REPOSITORY))

    def alive() -> bool:
        return all(process.poll() is None for process in processes)

    try:
        for path, port in (("/portal/v1/health", ports["portal"]), ("/log/checkpoint", ports["reader"])):
            wait_for_answer(f"http://127.0.0.1:{port}{path}", lives=alive)
        url = f"http://localhost:{ports['reader']}"
        yield Shown(url, sole, company, folder / "public/trust/1.json")
    finally:
        for process in processes:
            process.terminate()
            process.wait(timeout=20)
