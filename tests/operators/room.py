"""A room with a registry in one process, the operators' console over its folder, and its public pages, on loopback.

Signatures, admission, the log and its directory are the real ones; the registry's clock is moved by hand.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.console.desk import Desk
from registry.console.plan import plan_over
from registry.console.read_log import ReadLog
from registry.data_folder import OPERATORS, DataFolder
from registry.reading.reader import create_reader
from registry.scenario import cast
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.story import Story
from tests.console.enrolled import enrol, free_port, new_browser_page, open_console, serving
from verifier.edge.keystore import save_signer
from verifier.edge.page.pages import PageRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.desk import Desk as BodysDesk
    from registry.scenario.story import IssuedMark
    from verifier.edge.console.application import Console
    from verifier.replay.state import LogState

PASSPHRASES = {name: f"the passphrase of {name}" for name in OPERATORS}


@dataclass
class Room:
    """What a test works with."""

    world: OneProcess
    data: DataFolder
    console: Console
    url: str
    public: str
    marks: tuple[IssuedMark, ...]
    body: BodysDesk
    story: Story
    log: ReadLog

    def pass_time(self) -> None:
        """Let the registry publish what was admitted, with its directory."""
        for _ in range(4):
            self.world.pass_time(1)

    def state_of(self, uri: str) -> str | None:
        """Return an object's state in the log."""
        return self.world.registry.look_up(uri).result(30)[1]

    @contextmanager
    def console_log(self) -> Iterator[LogState]:
        """Give the log as the console reads it."""
        with self.log.look() as reading:
            yield reading.state

    def entries(self) -> int:
        """Return the size of the log."""
        return self.world.registry.size().result(30)


@contextmanager
def open_room(folder: Path) -> Iterator[Room]:
    """Give a room in which one body has issued two marks to two organisations."""
    with one_process(folder, seed="operators", start=int(time.time()) - 1800) as world:
        story = Story(world.stage, tell=lambda heading, detail: None)
        desk = story.prepare()
        marks = (
            story.award(desk, cast.SUPPLIER_3, 3, folder / "marks"),
            story.award(desk, cast.SUPPLIER_4, 4, folder / "marks"),
        )
        data = DataFolder(folder)
        for name, signer in zip(OPERATORS, world.ceremony.keys.operators, strict=True):
            save_signer(data.key(name), signer, PASSPHRASES[name].encode())
        data.run_file.write_text(json.dumps({"urls": {"reader": "http://read", "api": "http://api"}}))
        stage = world.stage
        log = ReadLog(data.database_place, cast.HOST)
        plan = plan_over(Desk(data, log, stage.http, world.clock, stage.entropy, lambda: world.pass_time(1)))
        port, public = free_port(), free_port()
        console = open_console(plan, folder, port=port, now=world.clock)
        render = PageRenderer(environment="demonstration", zone=cast.ZONE, now=world.clock)
        reader = create_reader(world.public, trust_root=stage.root, now=world.clock, render=render)
        with serving(console.app, port) as url, serving(reader, public) as shown:
            yield Room(world, data, console, url, shown, marks, desk, story, log)
        console.house.accounts.database.close()
        log.close()


def sit_down(chromium: Any, room: Room, name: str, key: str) -> Any:
    """Return the browser page of an operator who has just enrolled and taken their own key."""
    page = new_browser_page(chromium)
    enrol(page, room.console, name, "operator")
    page.select_option("select[name=key]", key)
    page.click("#own-key button")
    unlock(page, key)
    return page


def unlock(page: Any, key: str) -> None:
    """Give the passphrase that the page asks for."""
    page.fill("input[name=unlock_passphrase]", PASSPHRASES[key])
    page.click("main form button[type=submit]")
