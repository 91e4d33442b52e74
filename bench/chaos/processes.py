"""The processes of a registry, started one by one, so that each can be killed and started again alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx

from registry.household.household import free_port

if TYPE_CHECKING:
    from registry.data_folder import DataFolder

PASSPHRASE = "a passphrase of the chaos bench"
ADDRESS = "127.0.0.1"
LONGEST_START = 60.0


class Family:
    """Witnesses, API and publisher over one data folder. Use it as a context manager."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        first = free_port(ADDRESS)
        self._ports = {"witnesses": first, "api": free_port(ADDRESS, taken=(first,))}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._changing = threading.Lock()
        self._http = httpx.Client(timeout=5)
        self.kills: Counter[str] = Counter()

    @property
    def api(self) -> str:
        """The address of the API."""
        return f"http://{ADDRESS}:{self._ports['api']}"

    def __enter__(self) -> Family:
        """Start everything and wait until it answers."""
        self._reading, self._writing = os.pipe()
        self._words = (self._data.path / "words").open("ab")
        for name in ("witnesses", "api", "publisher"):
            self._start(name)
        for name in ("witnesses", "api", "publisher"):
            self.wait_for(name)
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        os.close(self._writing)
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        os.close(self._reading)
        self._words.close()
        self._http.close()

    def kill_and_start(self, name: str) -> None:
        """Kill a process as a fault would, by its id, and start it again."""
        process = self._processes[name]
        if process.poll() is not None:
            raise RuntimeError(f"the {name} ended by itself with {process.returncode}: {self._last_words()}")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name] += 1
        self._start(name)

    def wait_for(self, name: str) -> None:
        """Wait until the process does its work."""
        deadline = time.monotonic() + LONGEST_START
        while not self._answers(name):
            if self._processes[name].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the {name} does not start: {self._last_words()}")
            time.sleep(0.05)

    def health(self) -> dict[str, Any] | None:
        """Return what the API says of the log; None while it is away."""
        try:
            answer = self._http.get(f"{self.api}/api/v1/health")
        except httpx.HTTPError:
            return None
        return dict(answer.json()) if answer.status_code == 200 else None

    def _answers(self, name: str) -> bool:
        if name == "publisher":
            return (self._data.public / "log/checkpoint").exists()
        try:
            self._http.get(f"http://{ADDRESS}:{self._ports[name]}", timeout=1)
        except httpx.HTTPError:
            return False
        return True

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "registry.household.child_main", name]
        command += ["--data", str(self._data.path), "--lifeline", str(self._reading)]
        if name in self._ports:
            command += ["--port", str(self._ports[name])]
        if name == "publisher":
            command += ["--house-url", f"http://{ADDRESS}:{self._ports['witnesses']}"]
        environment = {**os.environ, "SHIRUSHI_PUBLISH_EVERY_MS": "200"}
        with self._changing:
            self._processes[name] = subprocess.Popen(
                command,
                env=environment,
                pass_fds=(self._reading,),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
            )

    def _last_words(self) -> str:
        self._words.flush()
        return (self._data.path / "words").read_text("utf-8", "replace")[-2000:]
