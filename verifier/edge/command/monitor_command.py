"""`shirushi monitor`: watches a registry from outside and tells what is new or wrong.

Exit codes: 0 nothing is wrong, 1 findings, 2 could not be read, 64 wrong use. With --every it runs until it is
stopped, and then ends with 1 if there was anything wrong.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.audit.feeds import FeedBook
from verifier.audit.monitor import Monitor, Watched
from verifier.audit.settings import Settings, read_settings
from verifier.dates import utc_text
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.findings_text import finding_lines
from verifier.edge.monitor_files import FeedFolder, MemoryFile
from verifier.edge.read_plane import open_plane, read_tokens
from verifier.edge.root_store import read_root
from verifier.edge.tracked import tracked
from verifier.errors import MarkError, StoppedError, UnavailableError, WrongUseError
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from verifier.audit.monitor import Look

SHORTEST = 1
SAVED_EVERY = 300
"""Seconds. A monitor that is killed verifies again what it took in since."""

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Address or folder of what is published.")],
    *,
    state: Annotated[Path, typer.Option(help="File in which the monitor keeps what it has verified.")],
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and end; this is the default.")] = False,
    every: Annotated[int | None, typer.Option(min=SHORTEST, help="Look again after so many seconds.")] = None,
    subject: Annotated[
        list[str] | None, typer.Option(help="Tell when a mark names this number, such as 0188-...; may be repeated.")
    ] = None,
    feeds: Annotated[Path | None, typer.Option(help="Folder for Atom and JSON feeds by body and by subject.")] = None,
    settings: Annotated[Path | None, typer.Option(help="JSON file with thresholds.")] = None,
    seen: Annotated[
        Path | None, typer.Option(help="Tokens that the log has to hold, one a line: marks, admission receipts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> int:
    """Watch a registry: every new entry is judged, and what was verified once has to stay."""
    if once and every is not None:
        raise WrongUseError("--once and --every contradict each other")
    pinned, subjects = read_root(root), _subjects(subject or [])
    with ExitStack() as stack:
        plane = stack.enter_context(open_plane(place))
        http = stack.enter_context(open_client())
        book = FeedBook(subjects) if feeds is not None else None
        watched = Watched(
            plane.fetcher,
            pinned,
            settings=_settings(settings),
            subjects=subjects,
            seen=read_tokens(seen),
            ask_witness=lambda address: HttpFetcher(address, http),
            feeds=book,
        )
        memory_file = MemoryFile(state, pinned)
        monitor = Monitor(watched, memory_file.load)
        folder = FeedFolder(feeds, pinned.host) if feeds is not None else None
        program = _Program(monitor, memory_file, book, folder, as_json=as_json)
        if every is not None:
            return program.run(every)
        code = program.look()
        program.save()
        return code


class _Program:
    """Looks, tells and saves."""

    def __init__(
        self, monitor: Monitor, memory: MemoryFile, book: FeedBook | None, feeds: FeedFolder | None, *, as_json: bool
    ) -> None:
        self._monitor = monitor
        self._memory = memory
        self._book = book
        self._feeds = feeds
        self._as_json = as_json
        self._is_whole = False

    def look(self) -> int:
        """Look once; return the exit code. Raises UnavailableError, or StoppedError on Ctrl-C."""
        self._is_whole = False
        with tracked("monitor") as progress:
            now = int(time.time())
            look = self._monitor.look(now, progress)
        self._is_whole = True
        self._tell(look, now)
        if self._book is not None and self._feeds is not None:
            self._feeds.write(self._book.taken())
        return 0 if look.is_clean else 1

    def save(self) -> None:
        """Save what was verified, unless a look was interrupted in the middle.

        It comes after the feeds: one that was cut short is written again, an entry is never left out.
        """
        if self._is_whole:
            self._memory.save(self._monitor.memory)

    def run(self, every: int) -> int:
        """Look again and again until interrupted; return 1 if there was ever anything wrong."""
        worst, saved = 0, 0.0
        try:
            while True:
                try:
                    worst = max(worst, self.look())
                except UnavailableError as error:
                    if isinstance(error, StoppedError):
                        return worst
                    self._line({"type": "unavailable", "code": error.code, "detail": error.message}, error.message)
                if time.monotonic() - saved >= SAVED_EVERY:
                    self.save()
                    saved = time.monotonic()
                time.sleep(every)
        except KeyboardInterrupt:
            self.save()
            return worst

    def _tell(self, look: Look, now: int) -> None:
        for finding in look.findings:
            self._line({"type": "finding", **finding.members()}, *finding_lines(finding))
        text = f"{utc_text(now)}: {look.size} entries verified, {'nothing is wrong' if look.is_clean else 'findings'}"
        self._line({"type": "look", "at": now, "size": look.size, "clean": look.is_clean}, text)

    def _line(self, value: dict[str, Any], *text: str) -> None:
        for line in [json.dumps(value, ensure_ascii=False)] if self._as_json else text:
            typer.echo(line)


def _subjects(typed: list[str]) -> frozenset[str]:
    try:
        return frozenset(str(parse_identifier(one)) for one in typed)
    except MarkError as error:
        raise WrongUseError(f"--subject: {error.message}", hint=error.hint) from error


def _settings(path: Path | None) -> Settings:
    if path is None:
        return Settings()
    try:
        return read_settings(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read") from error
