"""A buyer's desk over a copy of the directory with marks of every kind, at the registry's own time."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario.simulator import DAY
from tests.browser.conftest import REPOSITORY
from tests.check.suppliers import POLICY, Registry, as_csv, big_list, built
from tests.console.enrolled import Visitor, add_person, open_console
from tests.ports import free_port
from tests.waiting import wait_for_answer
from verifier.edge.buyer.checking import Checking
from verifier.edge.buyer.console_plan import plan_of
from verifier.edge.buyer.desk import Desk
from verifier.edge.buyer.desk_folder import DeskFolder, make_desk
from verifier.edge.buyer.pulling import Pulling
from verifier.edge.console.accounts import Accounts
from verifier.edge.console.accounts_database import AccountsDatabase
from verifier.edge.console.passkeys import RelyingParty
from verifier.edge.main import run

if TYPE_CHECKING:
    from verifier.edge.console.application import Console


@dataclass
class Buyer:
    """A buyer's folder, the registry behind its copy, and the same things as files for the command line."""

    path: Path
    folder: DeskFolder
    registry: Registry

    @property
    def now(self) -> int:
        return self.registry.world.sim.now

    @property
    def at(self) -> str:
        """Sixty days after the marks were issued."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.now + 60 * DAY))

    def list_of(self, count: int, name: str = "suppliers.csv") -> Path:
        """Write a list in CP932 with rows of every kind."""
        place = self.path / name
        place.write_bytes(as_csv(big_list(self.registry, count)))
        return place

    def check(self, suppliers: Path, out: Path, *options: str) -> int:
        """Run `shirushi check` over a list, with the policy of these tests."""
        policy = self.path / "policy.toml"
        policy.write_text(POLICY, "utf-8")
        given = ["--directory", self.folder.copy, "--root", self.folder.root_file, "--require", policy]
        given += ["--recognitions", self.folder.recognitions, "--out", out, "--at", self.at]
        return run(["check", str(suppliers), *map(str, given), *options])


def make_buyer(place: Path) -> Buyer:
    """Make a buyer's folder in an empty one."""
    registry = built().fork()
    registry.copy_to(place / "copy")
    folder = make_desk(place / "desk", root=place / "root.json", source="https://shirushi.example")
    shutil.copytree(place / "copy", folder.copy)
    folder.recognitions.write_text("\n".join(registry.statements), "ascii")
    return Buyer(place, folder, registry)


@pytest.fixture
def buyer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    made = make_buyer(tmp_path)
    monkeypatch.setattr("verifier.edge.check.supplier_list.time.time", lambda: made.now)
    return made


@dataclass
class Pages:
    """The pages of a desk without a browser."""

    buyer: Buyer
    desk: Desk
    console: Console

    def visitor(self, *roles: str) -> Visitor:
        return Visitor(self.console, add_person(self.console, f"見本 {'と'.join(roles)}", *roles))

    def upload(self, visitor: Visitor, place: Path) -> str:
        """Send a list; return the address of its page."""
        sent = visitor.send("/lists", files={"list": (place.name, place.read_bytes())})
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    def order(self, visitor: Visitor, page: str, **changes: Any) -> dict[str, Any]:
        """Return what the form of an order would send as it stands, with changes."""
        shown = visitor.get(f"{page}/order").text
        roles = [part.partition('"') for part in shown.split('<select name="')[1:]]
        chosen = {name: rest.partition(" selected")[0].rpartition('value="')[2].rstrip('"') for name, _, rest in roles}
        policy = {"programme": "own", "tier": "jp.meti.scs/3", "scope": ["company", "group"], "covered": "yes"}
        more = {"recognition": ["unilateral"], "max_age_hours": "48", "grace_days": "10", "first": "2"}
        return {**chosen, **policy, **more, "at": self.buyer.at, **changes}

    def finish(self, visitor: Visitor, page: str) -> str:
        """Return the page once nobody works on its list any more."""
        for _ in range(600):
            shown = visitor.get(page)
            if "refresh" not in shown.headers:
                return str(shown.text)
            time.sleep(0.05)
        raise AssertionError("the check does not end")


@contextmanager
def open_pages(buyer: Buyer) -> Iterator[Pages]:
    """Give the pages over a buyer's folder."""
    checking = Checking(buyer.folder, secrets.token_bytes)
    desk = Desk(
        buyer.folder, checking, Pulling(buyer.folder, lambda: buyer.now), lambda: buyer.now, secrets.token_bytes
    )
    console = open_console(plan_of(desk), buyer.folder.path, port=free_port(), now=lambda: buyer.now)
    yield Pages(buyer, desk, console)
    desk.close()
    console.house.accounts.database.close()


@pytest.fixture
def pages(buyer: Buyer) -> Iterator[Pages]:
    with open_pages(buyer) as opened:
        yield opened


@dataclass
class Served:
    """The pages of a desk in a process of their own, and where that process writes down its ways out."""

    origin: str
    accounts: Accounts
    ways_out: Path

    def invitation(self, name: str, *roles: str) -> str:
        """Return the address at which somebody makes their passkey."""
        _, token = self.accounts.invite(name, roles=frozenset(roles), by="tests")
        return f"{self.origin}/enrol/{token}"


@pytest.fixture
def served(buyer: Buyer) -> Iterator[Served]:
    port, ways_out = free_port(), buyer.path / "ways-out"
    command = [sys.executable, "-m", "tests.buyer.at_its_time", str(buyer.now), str(ways_out)]
    command += ["console", "serve", "--dir", str(buyer.folder.path), "--port", str(port)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    origin = f"http://localhost:{port}"
    try:
        wait_for_answer(f"{origin}/alive", lives=lambda: process.poll() is None)
        database = AccountsDatabase(buyer.folder.path)
        party = RelyingParty("Shirushi buyer", origin).checked()
        yield Served(origin, Accounts(database, party, lambda: buyer.now, secrets.token_bytes), ways_out)
        database.close()
    finally:
        process.terminate()
        process.wait(timeout=20)
