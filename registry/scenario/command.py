"""`shirushi demo`: the main job on this machine, with real processes, signatures, witnesses and HTTP on loopback."""

from __future__ import annotations

import signal
import socket
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding

from recognition.demonstration import demonstration_decision
from recognition.reasons import VERDICTS
from registry.data_folder import DIRECTORY, DataFolder
from registry.household.household import Household
from registry.scenario import cast
from registry.scenario.border import BorderStory
from registry.scenario.federated import federate
from registry.scenario.outcome import (
    SUMMARY,
    pin_root,
    read_marks,
    read_recognised,
    verify_package,
    write_summary,
)
from registry.scenario.served import PASSPHRASE_FILE, found, household, served_stage, wall_clock
from registry.scenario.story import IssuedMark, Story, Tell
from verifier.edge.keystore import load_signer
from verifier.errors import ProofError, WrongUseError
from verifier.verdict import Headline, Result

DEFAULT_PORT = 8080
SERVICE_PORT = 8083
API_PORT = 8081
PORTAL_PORT = 8084

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Where everything is written.")] = Path("out"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
    port: Annotated[int, typer.Option(help="Port of the pages; a free one where it is taken.")] = DEFAULT_PORT,
) -> None:
    """Play the main job: accredit, assess, issue, log, QR, verify, recognise. Then serve the pages."""
    data, console = DataFolder(directory.resolve()), Console(highlight=False, soft_wrap=True)
    is_new = not (data.path / SUMMARY).exists()
    if not is_new and not serve:
        raise WrongUseError(f"{directory} holds a demonstration", hint="Delete the folder or choose another --dir.")
    end_on_terminate()
    if is_new:
        if data.path.exists() and any(data.path.iterdir()):
            raise WrongUseError(f"{directory} is not empty", hint="Choose another folder with --dir.")
        found(data)
        _tell(console)("Ceremony", f"keys made and trust root signed by custodians, for the host {cast.HOST}")
    ports = (
        {
            "read_port": free_port_or(port),
            "verification_port": free_port_or(SERVICE_PORT),
            "api_port": free_port_or(API_PORT),
            "portal_port": free_port_or(PORTAL_PORT),
        }
        if serve
        else {"read_port": 0}
    )
    with household(data, **ports) as running:
        if is_new:
            _play(data, running, console, directory)
        if serve:
            _serve(data, running, console)


def _play(data: DataFolder, running: Household, console: Console, directory: Path) -> None:
    tell = _tell(console)
    tell("Processes started", ", ".join(running.processes))
    with served_stage(data, running) as stage:
        story = Story(stage, tell=tell)
        desk = story.prepare()
        marks = story.award_both(desk, data.path / "marks")
        federated = federate(desk, stage, data.public, organisation=cast.BODY.name)
        tell("Body in the federation", f"{federated.uri}: its own configuration holds by the authority's statement")
        signer = load_signer(data.key(DIRECTORY), (data.path / PASSPHRASE_FILE).read_bytes().strip())
        recorded = BorderStory(stage, story.authority, directory=signer, tell=tell).play()
    _verify(data, marks, console)
    _recognise(console)
    write_summary(data, marks, recorded.uri)
    console.print()
    console.print(f"Written to {directory}/: demo.json, trust/1.json, public/ and, for each mark, marks/ID/.")
    mark = marks[0].issued.mark_id
    console.print("Try it without a network:")
    console.print(
        f"  {_program()} verify {directory}/marks/{mark}/qr.png --offline "
        f"--bundle {directory}/marks/{mark}/bundle.json --root {directory}/trust/1.json"
    )


def _verify(data: DataFolder, marks: tuple[IssuedMark, ...], console: Console) -> None:
    root, tell = pin_root(data), _tell(console)
    for mark in marks:
        verdict = verify_package(mark.issued.folder, root, now=wall_clock())
        passed = sum(check.result is Result.PASSED for check in verdict.checks)
        headline = verdict.headline.value
        tell(f"★{mark.level} verified", f"QR scanned, no network: {headline}, {passed}/{len(verdict.checks)} checks")
        if verdict.headline is not Headline.VALID_OFFLINE:
            raise ProofError(f"the mark {mark.issued.mark_id} does not verify: {verdict.headline.value}")


def _recognise(console: Console) -> None:
    decision = demonstration_decision("plus", wall_clock())
    asked, tell = decision.asked, _tell(console)
    counts = ", ".join(f"{number} {word}" for word, number in asked.counts.items())
    tell("Recognition asked", f"UK Cyber Essentials Plus for ★3 by the draft mapping: {counts} of 81 criteria")
    tell(
        "Recognition decided",
        f"{VERDICTS[decision.verdict].en}; failing gates: {', '.join(gate.code for gate in asked.failing)}",
    )
    console.print(Padding(f"The {len(asked.gaps)} gaps: {', '.join(asked.gaps)}", (0, 0, 0, 4)), soft_wrap=False)
    for words in decision.watermarks:
        console.print(Padding(words.en, (0, 0, 0, 4)), soft_wrap=False, style="italic")
    console.print(f"    Gate by gate: {_program()} recognition decide --help")


def _serve(data: DataFolder, running: Household, console: Console) -> None:
    console.print()
    console.print("Open in a browser:")
    for mark in read_marks(data):
        console.print(f"  {running.urls['reader']}/m/{mark['id']}   ★{mark['tier']} {mark['holder']['name']}")
    for uri in read_recognised(data):
        console.print(f"  {running.urls['reader']}{uri.partition(cast.HOST)[2]}   recognised, not issued")
    console.print(f"  {running.urls['reader']}/search   search for marks by name")
    console.print("Ask from a program, as docs/tutorial/ask-from-a-portal.md shows:")
    console.print(f"  {running.urls['verification']}")
    console.print("An evaluator's desk submits here, as docs/how-to/run-the-desk.md shows:")
    console.print(f"  {running.urls['api']}")
    console.print("A portal keeps watches here, as docs/how-to/watch-from-a-portal.md shows:")
    console.print(f"  {running.urls['portal']}")
    console.print("Ctrl-C ends everything.")
    serve_until_ended(running)


def serve_until_ended(running: Household) -> None:
    """Watch the processes until one ends by itself, or this one is told to. Raises UnavailableError."""
    while True:
        running.watch()
        time.sleep(0.2)


def _tell(console: Console) -> Tell:
    return lambda heading, detail: console.print(f"[bold green]✓[/] [bold]{heading:<24}[/] {detail}")


def _program() -> str:
    """Return how this program was called, so that what is printed can be typed again."""
    called = Path.cwd() / sys.argv[0]
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else "shirushi"


def end_on_terminate() -> None:
    """Let SIGTERM end the command like Ctrl-C does: the processes end with the context that holds them."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def free_port_or(port: int) -> int:
    """Return the port, or 0 for any free one where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
