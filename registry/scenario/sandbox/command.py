"""`shirushi sandbox`: a registry to practise on, with one thing to present for each answer that there is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from registry.data_folder import DataFolder
from registry.household.alone import hold_folder
from registry.reading.sandbox_routes import FIXTURES
from registry.scenario.cast import ZONE
from registry.scenario.command import end_on_terminate, free_port_or, serve_until_ended
from registry.scenario.sandbox.opening import PLACE, open_sandbox
from registry.scenario.served import household, wall_clock
from verifier.dates import last_valid_day, parse_instant
from verifier.encoding import read_object
from verifier.envelope import DAY
from verifier.errors import WrongUseError

if TYPE_CHECKING:
    from registry.household.household import Household

DEFAULT_PORT, SERVICE_PORT = 8090, 8093
SEED = "sandbox"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    *,
    directory: Annotated[Path, typer.Option("--dir", help="Where it is written, or was written before.")],
    port: Annotated[int, typer.Option(help="Port of the pages; a free one where it is taken.")] = DEFAULT_PORT,
    at: Annotated[
        str | None, typer.Option(help="The day that all dates are relative to (ISO 8601), by default now.")
    ] = None,
    seed: Annotated[str, typer.Option(help="Other keys and ids; the same for the same seed.")] = SEED,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it afterwards.")] = True,
) -> None:
    """Make a sandbox, with another trust root and one mark for each answer, and serve it."""
    data, console, now = DataFolder(directory.resolve()), Console(highlight=False, soft_wrap=True), wall_clock()
    opens = parse_instant(at, zone=ZONE) if at else now
    end_on_terminate()
    if at is not None and (data.sandbox / FIXTURES).exists():
        raise WrongUseError(f"{directory} holds a sandbox already", hint="Choose another --dir for another day.")
    listed = _kept(data, console, now)
    if listed is None:
        listed = _made(data, directory, seed=seed, opens=_opening(opens, now, serve=serve))
    _tell(console, directory, listed)
    if not serve:
        return
    with household(data, read_port=free_port_or(port), verification_port=free_port_or(SERVICE_PORT)) as running:
        _where(console, running)
        serve_until_ended(running)


def _opening(opens: int, now: int, *, serve: bool) -> int:
    if opens > now:
        raise WrongUseError("a sandbox opens today or opened earlier", hint="Its registry refuses what is dated later.")
    if serve and now - opens > DAY:
        # Processes go by the clock on the wall: what was promised for a day of last year is not what they would say.
        raise WrongUseError(
            "a sandbox of another day is not served", hint="Add --no-serve for its files, or drop --at."
        )
    return opens


def _kept(data: DataFolder, console: Console, now: int) -> dict[str, Any] | None:
    """Return what an earlier sandbox lists; one whose answers are no longer those promised is cleared away."""
    place = data.sandbox / FIXTURES
    if not place.exists():
        return None
    listed = read_object(place.read_bytes())
    if now < listed["fresh_until"]:
        return listed
    # Only a folder of ours is emptied: one whose own trust root says that nothing in it counts.
    if data.trust_root().content.environment != PLACE.environment:
        raise WrongUseError(f"{data.path} holds a registry that is no sandbox", hint="Choose another folder.")
    held = hold_folder(data.path)
    shutil.rmtree(data.path)
    os.close(held)
    console.print("The sandbox was too old for its answers and is made anew: pin its new trust root.")
    return None


def _made(data: DataFolder, directory: Path, *, seed: str, opens: int) -> dict[str, Any]:
    if data.path.exists() and any(data.path.iterdir()):
        raise WrongUseError(f"{directory} is not empty", hint="Choose another folder with --dir.")
    return open_sandbox(data, seed=seed, at=opens)


def _tell(console: Console, directory: Path, listed: dict[str, Any]) -> None:
    count = len(listed["fixtures"]) + len(listed["organisations"])
    console.print(f"A sandbox of {listed['host']}: {count} fixtures in {directory}/sandbox/, listed in {FIXTURES}.")
    console.print(f"Trust root to pin: {directory}/trust/1.json. Nothing here is valid: what would be is a test_mark.")
    last = last_valid_day(listed["fresh_until"], ZONE)
    console.print(f"Its answers are those promised until {last}; started after that, it is made anew.")


def _where(console: Console, running: Household) -> None:
    console.print(f"Open in a browser: {running.urls['reader']}/sandbox")
    console.print(f"Ask from a program: {running.urls['verification']}")
    console.print("Ctrl-C ends everything.")
