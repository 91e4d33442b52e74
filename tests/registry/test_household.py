"""The processes of `shirushi serve` live and end together, however the parent ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.desk.operator_desk import OperatorDesk
from registry.desk.operators import read_addresses
from registry.household.household import Household
from registry.root.founding import found_registry
from registry.settings import read_settings
from tests.ports import free_port
from tests.waiting import wait_until
from verifier.edge.keystore import load_signer
from verifier.errors import WrongUseError
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system

PASSPHRASE = "a passphrase of this test"
CHILDREN = ["witnesses", "api", "publisher", "verification", "portal", "reader"]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A founded registry."""
    folder = DataFolder(tmp_path / "registry")
    found_registry(
        folder,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=3,
        passphrase=PASSPHRASE.encode(),
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("household 1"),
    )
    return folder


@contextlib.contextmanager
def serving(data: DataFolder) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """Start `shirushi serve` and wait until everything answers."""
    ports = [
        "--read-port",
        "0",
        "--api-port",
        "0",
        "--witness-port",
        "0",
        "--verification-port",
        "0",
        "--portal-port",
        "0",
    ]
    command = [sys.executable, "-c", "from verifier.edge.main import main; raise SystemExit(main())"]
    parent = subprocess.Popen(
        [*command, "serve", "--dir", str(data.path), "--demo-witnesses", *ports],
        env={**os.environ, "SHIRUSHI_PASSPHRASE": PASSPHRASE},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(data.run_file.exists, seconds=120)
        yield parent, json.loads(data.run_file.read_text())
    finally:
        parent.kill()
        parent.wait()


def is_alive(pid: int) -> bool:
    try:
        # A child whose parent was killed is nobody's to wait for and may stay a zombie: that is not alive.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_killing_the_parent_ends_every_child(data: DataFolder) -> None:
    with serving(data) as (parent, run):
        assert list(run["pids"]) == CHILDREN
        assert all(is_alive(pid) for pid in run["pids"].values())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in run["pids"].values()))


def test_a_statement_is_served_no_second_household_starts_and_an_interrupt_ends_all(data: DataFolder) -> None:
    with serving(data) as (parent, run), httpx.Client(timeout=30) as http:
        assert set(run["urls"]) == {"witnesses", "api", "reader", "verification", "portal"}
        first, second = (load_signer(data.key(name), PASSPHRASE.encode()) for name in ("operator-1", "operator-2"))
        desk = OperatorDesk(
            host="shirushi.example",
            first=first,
            second=second,
            http=http,
            addresses=read_addresses(data),
            clock=lambda: int(time.time()),
            entropy=os.urandom,
            pause=lambda: time.sleep(0.2),
        )
        admitted = desk.publish_scheme({"scheme": "a.b", "version": "1", "sha256": "A" * 43, "tiers": []})
        wait_until(lambda: desk.anchor().size > admitted.index)
        wait_until(lambda: directory_size(http, run) > admitted.index)
        for name in ("reader", "portal"):
            environment = Path(f"/proc/{run['pids'][name]}/environ").read_bytes()
            assert PASSPHRASE.encode() not in environment
        for pid in run["pids"].values():
            assert PASSPHRASE.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        again = Household(data, read_settings(data.path), with_witnesses=True)
        with pytest.raises(WrongUseError, match="another registry runs over registry/"):
            again.__enter__()
        assert data.run_file.exists()
        parent.send_signal(signal.SIGINT)
        assert parent.wait(30) == 0
        assert not any(is_alive(pid) for pid in run["pids"].values())
        assert not data.run_file.exists()


def directory_size(http: httpx.Client, run: dict[str, Any]) -> int:
    answer = http.get(f"{run['urls']['reader']}/directory/latest")
    return int(answer.json()["size"]) if answer.status_code == 200 else 0


@pytest.mark.prove
def test_when_one_child_ends_by_itself_the_whole_family_ends(data: DataFolder) -> None:
    with serving(data) as (parent, run):
        os.kill(run["pids"]["api"], signal.SIGKILL)
        assert parent.wait(30) == 2
        assert not any(is_alive(pid) for pid in run["pids"].values())


def test_a_port_that_somebody_listens_on_is_not_shared(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = read_settings(
            data.path,
            given={"read_port": port, "api_port": 0, "witness_port": 0, "verification_port": 0, "portal_port": 0},
        )
        with pytest.raises(WrongUseError, match=f"port {port} is taken"):
            Household(data, settings, with_witnesses=True).__enter__()


def test_no_two_children_are_given_one_port(data: DataFolder) -> None:
    port = free_port()
    settings = read_settings(data.path, given={"read_port": port, "api_port": port})
    with pytest.raises(WrongUseError, match=f"port {port} is given to the api and to the reader") as refused:
        Household(data, settings, with_witnesses=False).__enter__()
    assert "as many ports" in refused.value.hint


def test_a_port_that_is_drawn_twice_serves_one_child_only(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers bind with SO_REUSEPORT: two that were given one port would both listen on it, and answer by turns."""
    monkeypatch.setenv("SHIRUSHI_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(socket, "socket", drawing_everything_twice())
    names = ("read_port", "api_port", "witness_port", "verification_port", "portal_port")
    with Household(data, read_settings(data.path, given=dict.fromkeys(names, 0)), with_witnesses=True) as running:
        assert len(set(running.urls.values())) == len(running.urls) == 5


def drawing_everything_twice() -> type[socket.socket]:
    """Return a socket class of an unlucky machine: every other free port is the one before it once more."""
    drawn: list[int] = []

    class Unlucky(socket.socket):
        def bind(self, address: Any, /) -> None:
            if address[1] != 0:
                super().bind(address)
            elif len(drawn) % 2:
                drawn.append(drawn[-1])
                super().bind((address[0], drawn[-1]))
            else:
                super().bind(address)
                drawn.append(self.getsockname()[1])

    return Unlucky
