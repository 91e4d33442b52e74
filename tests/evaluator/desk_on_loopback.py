"""An evaluator's desk in its folder, its registry behind real HTTP on loopback, and the pages over the desk.

The registry is one process and its clock the real one: each request lets it publish what it has taken in, so that an
issuance gets its witnessed proof while it waits for it.
"""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from issuer.console.door import Door, open_door
from issuer.console.plan import evaluator_plan
from issuer.console.works import Works
from issuer.identity import ROLES
from issuer.keyring import open_key
from issuer.office import found_office, load_settings, read_settings
from registry.scenario import cast
from registry.scenario.answers import filled_sheet
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.story import Story
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from tests.issuer.batch_world import served
from tests.issuer.granted_cases import grant_many
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.desk import Desk
    from verifier.edge.console.application import Console
    from verifier.statement.public import KeyRole

PASSPHRASES: dict[KeyRole, bytes] = {
    "assessor": b"the assessor's own words",
    "decider": b"the decider's own words",
    "desk": b"the words of the desk",
}
PACK = load_shipped(cast.SCHEME, cast.VERSION)


@dataclass
class DeskOnLoopback:
    """The desk's folder, its pages and the registry behind it."""

    folder: Path
    world: OneProcess
    door: Door
    works: Works
    console: Console
    publishing: list[bool]

    @property
    def publishes(self) -> bool:
        """Whether the registry publishes what it takes in."""
        return self.publishing[0]

    @publishes.setter
    def publishes(self, yes: bool) -> None:
        self.publishing[0] = yes

    @property
    def origin(self) -> str:
        return self.console.house.accounts.party.origin

    def visitor(self, name: str, *roles: str) -> Visitor:
        return Visitor(self.console, add_person(self.console, name, *roles))

    def grant(self, count: int) -> list[tuple[str, str, int]]:
        """Store so many granted cases, signed by the desk's own keys."""
        with self.door.unlocked(PASSPHRASES) as desk:
            return grant_many(desk, count, tester=cast.TESTER_NO)

    def desk(self) -> Desk:
        return self.door.desk()

    def until_over(self, name: str, *, seconds: float = 60) -> None:
        """Wait until a piece of work has ended, and raise what kept it from its end."""
        for _ in range(int(seconds * 20)):
            work = self.works.of(name)
            assert work is not None, name
            if work.is_over:
                if work.error is not None:
                    raise work.error
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} did not end")

    def sheet(self, level: int = 3) -> bytes:
        return filled_sheet(PACK, level)


@contextmanager
def desk_on_loopback(folder: Path) -> Iterator[DeskOnLoopback]:
    """Yield a desk that an authority has accredited for ★3 and ★4, with pages over it."""
    with ExitStack() as stack:
        world = stack.enter_context(one_process(folder / "registry", seed="pages", start=int(time.time()) - 120))

        publishing = [True]

        def work(when: str, path: str) -> bool:
            if when == "before" and publishing[0]:
                world.clock.now = max(world.clock.now, int(time.time()) - 1)
                world.pass_time(1)
            return True

        place = folder / "desk"
        _found(place, world)
        addresses = stack.enter_context(served(world, work))
        _point(place, addresses)
        door = stack.enter_context(open_door(place, clock=lambda: int(time.time()), entropy=secrets.token_bytes))
        works = Works()
        stack.callback(works.close)
        yield DeskOnLoopback(place, world, door, works, _console(door, works), publishing)


def _found(place: Path, world: OneProcess) -> None:
    keys = {role: {"holder": cast.PLACES[role].holder, "no": cast.PLACES[role].no} for role in ROLES}
    there = {"host": cast.HOST, "body": cast.BODY_NO, "read": "http://read", "api": "http://api", "keys": keys}
    found_office(place, read_settings(there), passphrases=PASSPHRASES, entropy=secrets.token_bytes)
    settings = load_settings(place)
    with ExitStack() as opened:
        signers = {
            role: opened.enter_context(open_key(place, role, settings.place(role), PASSPHRASES[role])) for role in ROLES
        }
        Story(world.stage, tell=lambda heading, detail: None, signers=signers).prepare().database.close()
    world.pass_time(1)


def _point(place: Path, addresses: dict[str, str]) -> None:
    text = (place / "desk.toml").read_text("utf-8")
    for host, url in addresses.items():
        text = text.replace(f'"http://{host}"', f'"{url}"')
    (place / "desk.toml").write_text(text, "utf-8")


def _console(door: Door, works: Works) -> Console:
    return open_console(evaluator_plan(door, works), door.folder, port=free_port())


def unlocking(key: KeyRole, **fields: Any) -> dict[str, Any]:
    """Return the fields of a form that unlocks a key and goes on."""
    return {**fields, "unlock_key": key, "unlock_passphrase": PASSPHRASES[key].decode()}
