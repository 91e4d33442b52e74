"""PostgreSQL servers for tests: started from Debian's package, on a free port, ended by their id.

``fsync`` is off unless a test is about crashes; nothing here outlives the test session.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_AS = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
"""The server refuses to run as root."""

_IN_MEMORY = Path("/dev/shm")


@dataclass
class Server:
    """A running server: its folder, its port, and how to reach a database of it."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)

    def url(self, database: str, user: str = "shirushi") -> str:
        """Return the address as the registry takes it."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Return a connection that commits each statement."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="shirushi", dbname=database, autocommit=True, **options
        )

    def create(self, name: str, *, template: str = "template0") -> str:
        """Make a database, empty or the copy of one that nobody uses; return its address."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)


def binaries() -> Path:
    """Return the folder of the server's programs; skip the test, loudly, where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    named = shutil.which("initdb")
    if not found and named is None:
        pytest.skip("NO POSTGRESQL SERVER IS INSTALLED: `make system` installs it")
    return found[-1].parent if found else Path(str(named)).resolve().parent


@contextmanager
def new_folder(*, in_memory: bool = True) -> Iterator[Path]:
    """Give a folder that the server's user may enter, in memory where there is room, else on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="shirushi-pg-", dir=_roomy_memory() if in_memory else None))
    try:
        if _AS:
            shutil.chown(folder, "postgres", "postgres")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(*, in_memory: bool = True, **settings: str) -> Iterator[Server]:
    """Give a new, empty server."""
    programs = binaries()
    with new_folder(in_memory=in_memory) as folder:
        run(
            programs / "initdb",
            "-N",
            "-A",
            "trust",
            "-U",
            "shirushi",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
            folder / "data",
        )
        with started(folder / "data", **settings) as server:
            yield server


@contextmanager
def started(data: Path, **settings: str) -> Iterator[Server]:
    """Start a server over its folder and end it with the block."""
    server = Server(data, free_port(), {"fsync": "off", "max_connections": "200", **settings})
    given = [f"-c{name}={value}" for name, value in server.settings.items()]
    place = ["-h", "127.0.0.1", "-k", str(data), "-p", str(server.port)]
    log = (data.parent / f"{data.name}.log").open("wb")
    process = subprocess.Popen(
        [binaries() / "postgres", "-D", data, *place, *given],
        stdout=log,
        stderr=log,
        cwd=data,
        preexec_fn=_end_with_parent,
        **_AS,
    )
    try:
        _wait_for(server, process)
        yield server
    finally:
        # At once, without a checkpoint: nothing of it is needed any more.
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
        log.close()


def _roomy_memory() -> Path | None:
    """Return the folder in memory where it can hold the databases of a whole session: copies are 20 times faster."""
    return _IN_MEMORY if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > 4 << 30 else None


def _end_with_parent() -> None:
    # Also when the tests are killed: PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def run(program: Path, *arguments: str | Path) -> None:
    """Run one of the server's programs as its user."""
    subprocess.run([program, *arguments], check=True, capture_output=True, cwd="/", timeout=60, **_AS)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            said = (server.folder.parent / f"{server.folder.name}.log").read_text("utf-8")
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.03)
