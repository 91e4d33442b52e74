"""`shirushi serve` on PostgreSQL: a sequencer of its own and several workers of the API, one log."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.desk.operator_desk import OperatorDesk
from registry.root.founding import found_registry
from tests.registry.test_household import PASSPHRASE, is_alive, serving
from tests.waiting import wait_until
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import Addresses
from verifier.errors import UnavailableError, WrongUseError
from verifier.injected import seeded_entropy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgresql_server import Server

pytestmark = pytest.mark.system

SCHEME = {"scheme": "a.b", "sha256": "A" * 43, "tiers": []}


def found(folder: Path, settings: str) -> DataFolder:
    data = DataFolder(folder)
    folder.mkdir()
    (folder / "settings.toml").write_text(settings, "utf-8")
    found_registry(
        data,
        host="shirushi.example",
        zone="Asia/Tokyo",
        witnesses=(),
        quorum=3,
        passphrase=PASSPHRASE.encode(),
        clock=lambda: int(time.time()),
        entropy=seeded_entropy("served 1"),
    )
    return data


def test_statements_at_either_worker_are_admitted_cosigned_and_served(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.create("served")
    data = found(tmp_path / "registry", f'database = "{url}"\napi_workers = 2\n')
    assert not data.database.exists()
    with serving(data) as (parent, run), httpx.Client(timeout=30) as http:
        beside = ["publisher", "verification", "portal", "reader"]
        assert list(run["pids"]) == ["witnesses", "sequencer", "api", "api-2", *beside]
        first, second = (load_signer(data.key(name), PASSPHRASE.encode()) for name in ("operator-1", "operator-2"))
        admitted = []
        for worker in ("api", "api-2"):
            desk = OperatorDesk(
                host="shirushi.example",
                first=first,
                second=second,
                http=http,
                addresses=Addresses(read=run["urls"]["reader"], api=run["urls"][worker]),
                clock=lambda: int(time.time()),
                entropy=os.urandom,
                pause=lambda: time.sleep(0.2),
            )
            admitted.append(desk.publish_scheme({**SCHEME, "version": worker}).index)
        wait_until(lambda: desk.anchor().size > max(admitted))
        parent.terminate()
        assert parent.wait(30) == 0
        assert not any(is_alive(pid) for pid in run["pids"].values())


def test_a_database_that_holds_a_log_is_not_founded_again(postgresql: Server, tmp_path: Path) -> None:
    settings = f'database = "{postgresql.create("founded")}"\n'
    found(tmp_path / "one", settings)
    with pytest.raises(WrongUseError, match="holds a log already"):
        found(tmp_path / "two", settings)


@pytest.mark.parametrize(
    "settings",
    [
        'database = "registry.db"',
        'database = "sqlite:///registry.db"',
        'database = "postgresql://user@127.0.0.1/x"',
        'database = "postgresql+psycopg://user:secret@127.0.0.1/x"',
        'database = "postgresql+psycopg://user@127.0.0.1/x?password=secret"',
        "api_workers = 2",
    ],
)
def test_a_wrong_address_of_the_database_is_refused_before_it_is_used(tmp_path: Path, settings: str) -> None:
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    with pytest.raises(WrongUseError):
        _ = DataFolder(tmp_path).database_place


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be used"):
        found(tmp_path / "registry", 'database = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"\n')
