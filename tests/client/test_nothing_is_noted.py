"""Nobody learns from a server who was looked up: no log of any process names it, not even in trouble."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.scenario.served import PASSPHRASE_FILE, found
from registry.settings import PASSPHRASE
from tests.waiting import wait_until

pytestmark = pytest.mark.system

NUMBER = "5010001067883"
"""Its shape is a number's, so it is found wherever it would be written."""
MARK = "10yg2xqvtpyxsdr0byfp8h8kpg"
NAME = "株式会社だれも知らない取引先"


def ask_everything(urls: dict[str, str]) -> None:
    """Ask for a number, a mark and a name in every way that there is, well and badly."""
    service, reader = f"{urls['verification']}/verification/v1", urls["reader"]
    policy = {"version": 1, "tier": "jp.meti.scs/3"}
    with httpx.Client(timeout=30) as http:
        for body in ({"identifier": NUMBER}, {"mark": MARK}, {"text": f"https://shirushi.example/m/{MARK}#1"}):
            http.post(f"{service}/lookups", json=body)
            http.post(f"{service}/lookups", json={**body, "as_of": NUMBER})
        http.post(f"{service}/searches", json={"name": NAME})
        http.post(f"{service}/searches", json={"name": NAME, "state": NUMBER})
        http.get(f"{service}/marks/{MARK}")
        http.get(f"{service}/marks/{NUMBER}")
        http.post(f"{service}/checks", json={"suppliers": [{"identifier": NUMBER, "name": NAME}], "policy": policy})
        files = {"suppliers": (f"{NAME}.csv", f"法人番号,{NAME}\n{NUMBER},{NAME}\n".encode("cp932"))}
        http.post(f"{service}/checks/file", files=files, data={"policy": json.dumps(policy)})
        http.post(f"{service}/checks/file", files=files, data={"policy": NUMBER})
        for path in (f"/o/0188-{NUMBER}", f"/m/{MARK}", f"/m/{MARK}.json", f"/check?q={NUMBER}", f"/{NUMBER}"):
            http.get(reader + path)
        http.request("BREW", f"{reader}/m/{MARK}")


@pytest.mark.prove
def test_no_process_writes_down_who_was_looked_up(tmp_path: Path) -> None:
    data, log = DataFolder(tmp_path / "data"), tmp_path / "log"
    found(data)
    environment = {**os.environ, f"{PASSPHRASE}_FILE": str(data.path / PASSPHRASE_FILE)}
    ports = [word for name in ("read", "api", "witness", "verification") for word in (f"--{name}-port", "0")]
    command = [sys.executable, "-c", "from verifier.edge.main import main; raise SystemExit(main())", "serve"]
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "--dir", str(data.path), "--demo-witnesses", *ports],
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        run = data.path / "run.json"
        wait_until(run.exists, seconds=120)
        urls = json.loads(run.read_text())["urls"]
        wait_until(lambda: is_ready(urls), seconds=120)
        ask_everything(urls)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    written = log.read_text("utf-8", "replace")
    assert "verification" in written
    assert [word for word in (NUMBER, MARK, NAME, "だれも") if word in written] == []


def is_ready(urls: dict[str, str]) -> bool:
    try:
        return httpx.get(f"{urls['verification']}/verification/v1/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
