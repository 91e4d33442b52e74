"""An act of the tour: it runs commands as its user would, and holds what it sees against what was promised.

Whatever goes in and comes out is kept in the act's folder. Nothing is repaired: the first difference ends the tour.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import registry
from registry.scenario import cast
from verifier.errors import ProofError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.data_folder import DataFolder
    from registry.household.household import Household
    from registry.scenario.tour.pictures import Pictures

PROGRAM = (sys.executable, "-c", "from verifier.edge.main import main; raise SystemExit(main())")
LONGEST_COMMAND, LONGEST_WAIT = 180.0, 60.0
_ENTRY = re.compile(r"log entry ([0-9]+)")


@dataclass(frozen=True)
class Ground:
    """Where the tour is played: its folder, a registry's data folder, its processes, and who draws pages."""

    folder: Path
    data: DataFolder
    running: Household
    pictures: Pictures
    say: Callable[[str], None]

    @property
    def read(self) -> str:
        """The address of the reader."""
        return self.running.urls["reader"]

    @property
    def api(self) -> str:
        """The address of the write API."""
        return self.running.urls["api"]

    @property
    def root(self) -> Path:
        """Version 1 of the trust root, as every actor pinned it."""
        return self.data.path / "trust/1.json"

    @property
    def desk(self) -> Path:
        """The evaluation body's desk."""
        return self.folder / "desk"

    @property
    def passphrase(self) -> Path:
        """The file of the passphrase of the keys of everybody but the registry."""
        return self.folder / "passphrase"


@dataclass
class Act:
    """One act: its number, its folder's name and its ground."""

    no: int
    name: str
    ground: Ground
    steps: int = field(default=0)
    promises: list[dict[str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where inputs, outputs and pictures of the act are."""
        return self.ground.folder / f"{self.no}-{self.name}"

    def run(self, *arguments: object, expect: int = 0, alone: bool = False) -> str:
        """Run a `shirushi` command in the act's folder and return what it printed.

        ``alone`` runs it without any network where the system can. Raises ProofError when it ends with another exit
        code than ``expect``.
        """
        command = [str(one) for one in arguments]
        cut_off = without_network() if alone else ()
        done = subprocess.run(
            [*cut_off, *PROGRAM, *command],
            cwd=self.folder,
            env=environment(self.ground.folder),
            capture_output=True,
            text=True,
            timeout=LONGEST_COMMAND,
            stdin=subprocess.DEVNULL,
        )
        self.steps += 1
        shown = " ".join(command)
        name = "-".join(one for one in command[:3] if re.fullmatch(r"[a-z-]+", one)).strip("-")
        kept = f"$ shirushi {shown}\n{done.stdout}{done.stderr}(exit {done.returncode})\n"
        (self.folder / f"{self.steps:02}-{name}.txt").write_text(kept, encoding="utf-8")
        if done.returncode != expect:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
            raise ProofError(
                f"act {self.no}: `shirushi {shown[:200]}` ended with {done.returncode}, promised was {expect}",
                hint=" / ".join(last),
            )
        return done.stdout

    def say(self, *arguments: object) -> int:
        """Run an operators' command, wait until its entry is published, and return the entry's index."""
        found = _ENTRY.search(self.run(*arguments))
        if found is None:
            raise ProofError(f"act {self.no}: the command named no log entry")
        index = int(found[1])
        self.until(lambda: self.size() > index, f"log entry {index} is published")
        return index

    def see(self, promise: str, seen: object, promised: object) -> None:
        """Hold what is seen against what was promised. Raises ProofError for a difference."""
        self.promises.append({"promise": promise, "seen": seen, "kept": seen == promised})
        (self.folder / "promises.json").write_text(
            json.dumps(self.promises, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8"
        )
        if seen != promised:
            raise ProofError(f"act {self.no}: {promise}: promised was {promised!r}, seen was {seen!r}")
        self.ground.say(f"  [green]✓[/] {promise}: {_short(seen)}")

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so. Raises UnavailableError when it takes too long."""
        deadline = time.monotonic() + LONGEST_WAIT
        while not is_so():
            self.ground.running.watch()
            if time.monotonic() > deadline:
                raise UnavailableError(f"act {self.no}: waited {LONGEST_WAIT:.0f} s until {what}")
            time.sleep(0.25)

    def size(self) -> int:
        """Return the size of the published checkpoint."""
        return int(self.get("/log/checkpoint").text.splitlines()[1])

    def until_listed(self, index: int) -> None:
        """Wait until a published directory holds the entry."""
        self.until(lambda: self.json("/directory/latest")["size"] > index, f"a directory holds entry {index}")

    def get(self, path: str) -> httpx.Response:
        """Ask the reader for JSON."""
        return httpx.get(f"{self.ground.read}{path}", headers={"Accept": "application/json"}, timeout=20)

    def json(self, path: str) -> dict[str, Any]:
        """Return the JSON object that the reader serves."""
        return dict(self.get(path).json())

    def write(self, name: str, content: str) -> Path:
        """Write an input of the act."""
        place = self.folder / name
        place.write_text(content, encoding="utf-8")
        return place

    def picture(self, name: str, path: str) -> None:
        """Draw a page of the reader, in both languages, where there is a browser."""
        self.ground.pictures.draw(f"{self.ground.read}{path}", self.folder, name)


def without_network() -> tuple[str, ...]:
    """Return the command that cuts another one off from every network, empty where the system has none."""
    for way in (("unshare", "-n"), ("unshare", "-rn")):
        try:
            if subprocess.run([*way, "true"], capture_output=True, timeout=10).returncode == 0:
                return way
        except OSError:
            return ()
    return ()


def supplier(number: int) -> cast.Organisation:
    """Return an invented supplier of the tour; numbers of other invented ones are elsewhere."""
    return cast.invented(7_000_000 + number, f"見本供給{number}株式会社", f"Sample Supply {number} KK")


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of the tour's commands: this very code, and a state that stays in its folder."""
    own = str(Path(registry.__file__).parent.parent)
    path = os.pathsep.join(one for one in (own, os.environ.get("PYTHONPATH", "")) if one)
    # What a verifier learns of trust roots stays in the tour's folder too.
    return {**os.environ, "PYTHONPATH": path, "XDG_STATE_HOME": str(folder / "state"), "COLUMNS": "200"}


def _short(seen: object) -> str:
    text = str(seen)
    return text if len(text) <= 90 else text[:87] + "..."
