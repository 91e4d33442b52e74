"""The parent of a registry's processes: starts them in order, watches them, ends them by id in reverse order.

Each child holds the read end of one pipe. When the parent is gone, even by SIGKILL, the pipe closes and they end.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from registry.household.alone import hold_folder
from registry.household.child import CHILDREN
from registry.household.lifeline import GRACE
from registry.settings import PASSPHRASE
from verifier.edge.port import check_port
from verifier.errors import UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Container

    from registry.data_folder import DataFolder
    from registry.settings import Settings

LONGEST_START = 30.0
_OWN_PORTS = "Give each a port of its own; with more workers the API takes as many ports, one after the other."
_KEY_SECRETS = (PASSPHRASE, f"{PASSPHRASE}_FILE")
_DATABASE_SECRETS = ("PGPASSWORD", "PGPASSFILE")
_WITHHELD = {
    "reader": (*_KEY_SECRETS, *_DATABASE_SECRETS),
    "verification": _DATABASE_SECRETS,
    "portal": (*_KEY_SECRETS, "PGPASSWORD"),
}
"""What a process that serves strangers is not told: others' keys, and the password of the registry's database.

The portal may have a database of its own on a server; its password stands in PGPASSFILE.
"""


@dataclass
class Household:
    """The processes of one registry. Use it as a context manager: leaving it ends all of them."""

    data: DataFolder
    settings: Settings
    with_witnesses: bool
    urls: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Household:
        """Start every process and wait until all answer.

        Raises WrongUseError when the folder or a port is in use, UnavailableError when a process does not answer.
        """
        self._folder = hold_folder(self.data.path)
        self._reading, self._writing = os.pipe()
        try:
            ports = self._choose_ports()
            for name in self._names():
                self._start(name, ports.get(name))
            for name in self.processes:
                self._wait_for(name)
        except BaseException:
            self.end()
            raise
        pids = {name: process.pid for name, process in self.processes.items()}
        whole = self.data.run_file.with_suffix(".tmp")
        whole.write_text(json.dumps({"pids": pids, "urls": self.urls}, indent=2) + "\n", "utf-8")
        whole.replace(self.data.run_file)
        return self

    def __exit__(self, *_: object) -> None:
        """End every process."""
        self.end()

    def watch(self) -> None:
        """Raise UnavailableError when a process ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise UnavailableError(f"the {name} ended with {process.returncode}", hint="Its last words are above.")

    def end(self) -> None:
        """End the processes, last started first."""
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(GRACE + 1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        self.data.run_file.unlink(missing_ok=True)
        for descriptor in (self._reading, self._writing, self._folder):
            os.close(descriptor)

    def _names(self) -> list[str]:
        is_shared = isinstance(self.data.database_place, str)
        missing = {"witnesses": not self.with_witnesses, "sequencer": not is_shared}
        names = [name for name in CHILDREN if not missing.get(name)]
        place = names.index("api") + 1
        return [*names[:place], *(f"api-{no}" for no in range(2, self.settings.api_workers + 1)), *names[place:]]

    def _choose_ports(self) -> dict[str, int]:
        """Return the port of each child that serves, no two alike. Raises WrongUseError when a given one is in use.

        All are chosen before the first child starts: a port that was drawn is free until its child binds it and could
        be drawn again, and then both children would serve on it.
        """
        chosen = {name: port for name in self._names() if (port := self._port(name)) is not None}
        given: dict[int, str] = {}
        for name, port in chosen.items():
            if port and (other := given.setdefault(port, name)) != name:
                raise WrongUseError(f"port {port} is given to the {other} and to the {name}", hint=_OWN_PORTS)
        for port in given:
            check_port(self.settings.listen, port)
        for name, port in chosen.items():
            chosen[name] = port or free_port(self.settings.listen, taken=chosen.values())
        return chosen

    def _start(self, name: str, port: int | None) -> None:
        command = [sys.executable, "-m", "registry.household.child_main", name]
        command += ["--data", str(self.data.path), "--lifeline", str(self._reading)]
        if port is not None:
            self.urls[name] = f"http://{self.settings.listen}:{port}"
            command += ["--port", str(port)]
        if name == "publisher":
            command += ["--house-url", self.urls.get("witnesses", "")]
        if name == "reader":
            command += ["--verification-url", self.urls.get("verification", "")]
            command += ["--portal-url", self.urls.get("portal", "")]
        environment = {key: value for key, value in os.environ.items() if key not in _WITHHELD.get(name, ())}
        # A session of its own: Ctrl-C reaches the parent alone, which ends the children in their order.
        self.processes[name] = subprocess.Popen(
            command, env=environment, pass_fds=(self._reading,), start_new_session=True, stdin=subprocess.DEVNULL
        )

    def _wait_for(self, name: str) -> None:
        deadline = time.monotonic() + LONGEST_START
        while not self._is_ready(name):
            self.watch()
            if time.monotonic() > deadline:
                raise UnavailableError(f"the {name} did not start within {LONGEST_START:.0f} seconds")
            time.sleep(0.05)

    def _is_ready(self, name: str) -> bool:
        if name == "publisher":
            return (self.data.public / "log/checkpoint").exists()
        if name not in self.urls:
            return True
        try:
            httpx.get(self.urls[name], timeout=1)
        except httpx.HTTPError:
            return False
        return True

    def _port(self, name: str) -> int | None:
        """Return the port that the settings give a child, 0 for any free one, None for a child that serves nothing."""
        kind, _, no = name.partition("-")
        given = self.settings
        first = {
            "witnesses": given.witness_port,
            "api": given.api_port,
            "reader": given.read_port,
            "verification": given.verification_port,
            "portal": given.portal_port,
        }.get(kind)
        return first + int(no or 1) - 1 if first else first


def free_port(address: str, *, taken: Container[int] = ()) -> int:
    """Return a port of the address that nobody listens on, and none of those that were given away already."""
    while True:
        with socket.socket() as probe:
            probe.bind((address, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
