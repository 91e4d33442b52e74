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

from registry.child import CHILDREN
from registry.lifeline import GRACE
from registry.settings import PASSPHRASE
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from registry.data_folder import DataFolder
    from registry.settings import Settings

LONGEST_START = 30.0
_SECRETS = (PASSPHRASE, f"{PASSPHRASE}_FILE")


@dataclass
class Household:
    """The processes of one registry. Use it as a context manager: leaving it ends all of them."""

    data: DataFolder
    settings: Settings
    with_witnesses: bool
    urls: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Household:
        """Start every process and wait until all answer. Raises UnavailableError when one does not."""
        self._reading, self._writing = os.pipe()
        try:
            for name in CHILDREN:
                if name != "witnesses" or self.with_witnesses:
                    self._start(name)
            for name in self.processes:
                self._wait_for(name)
        except BaseException:
            self.end()
            raise
        pids = {name: process.pid for name, process in self.processes.items()}
        self.data.run_file.write_text(json.dumps({"pids": pids, "urls": self.urls}, indent=2) + "\n", "utf-8")
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
        for descriptor in (self._reading, self._writing):
            os.close(descriptor)
        self.data.run_file.unlink(missing_ok=True)

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "registry.child_main", name]
        command += ["--data", str(self.data.path), "--lifeline", str(self._reading)]
        if name in self._ports:
            port = self._ports[name] or free_port(self.settings.listen)
            self.urls[name] = f"http://{self.settings.listen}:{port}"
            command += ["--port", str(port)]
        if name == "publisher":
            command += ["--house-url", self.urls.get("witnesses", "")]
        environment = {key: value for key, value in os.environ.items() if name != "reader" or key not in _SECRETS}
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
        try:
            httpx.get(self.urls[name], timeout=1)
        except httpx.HTTPError:
            return False
        return True

    @property
    def _ports(self) -> dict[str, int]:
        given = self.settings
        return {"witnesses": given.witness_port, "api": given.api_port, "reader": given.read_port}


def free_port(address: str) -> int:
    """Return a port of the address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
