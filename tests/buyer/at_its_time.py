"""`shirushi buyer` at a fixed time, in a process that writes down every way out of it.

``python -m tests.buyer.at_its_time SECONDS FILE ARGUMENT...``: FILE gets a line for each address that this process
connects to or asks a name server about.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

OUTWARD = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")


def watch_ways_out(place: Path) -> None:
    """Write down from now on what this process connects to."""
    place.touch()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in OUTWARD:
            with place.open("a", encoding="utf-8") as file:
                file.write(f"{event} {arguments[1:] if event in OUTWARD[:2] else arguments[:2]}\n")

    sys.addaudithook(hook)


def main() -> None:
    """Run the command."""
    now, place, *arguments = sys.argv[1:]
    seconds = int(now)
    time.time = lambda: seconds
    watch_ways_out(Path(place))
    from verifier.edge.buyer.command import app  # noqa: PLC0415 - after the clock was set

    app(arguments, prog_name="shirushi buyer")


if __name__ == "__main__":
    main()
