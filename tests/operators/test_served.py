"""The console as a command, beside the running processes of a registry: served, invited, entered, used."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from registry.data_folder import DataFolder
from registry.desk.operator_desk import Accreditation
from registry.desk.operators import operators_desk
from registry.scenario import cast
from registry.scenario.served import found, household
from tests.console.enrolled import free_port, new_browser_page
from tests.waiting import wait_for_answer, wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.system, pytest.mark.prove]
SHIRUSHI = [sys.executable, "-c", "from verifier.edge.main import main; raise SystemExit(main())"]
NO = 1001


def enter(chromium: Any, data: DataFolder, url: str, name: str, key: str) -> Any:
    """Return the page of an operator who was invited on the command line, and took a key."""
    port = url.rpartition(":")[2]
    command = [*SHIRUSHI, "registry", "console", "invite", name, "--role", "operator"]
    told = subprocess.run([*command, "--data", data.path, "--port", port], check=True, capture_output=True, text=True)
    page = new_browser_page(chromium)
    page.goto(told.stdout.strip())
    page.click("form[data-passkey] button")
    page.wait_for_selector(".code-list")
    page.goto(url)
    page.select_option("select[name=key]", key)
    page.click("#own-key button")
    page.fill("input[name=unlock_passphrase]", (data.path / "passphrase").read_text().strip())
    page.click("main form button[type=submit]")
    return page


def test_two_operators_suspend_a_body_of_a_running_registry(chromium: Any, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "registry")
    found(data)
    with household(data, read_port=0) as running:
        now = int(time.time())
        window = {"begins": now - 86_400, "ends": now + 86_400}
        body = {"no": NO, "role": "technical_verification", "identifier": cast.TESTER.identifier}
        operators_desk(data.path).accredit(Accreditation(**body, name="見本", scope=(), **window))
        url = f"http://localhost:{free_port()}"
        command = [*SHIRUSHI, "registry", "console", "serve", "--data", data.path, "--port", url.rpartition(":")[2]]
        console = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for_answer(url, lives=lambda: console.poll() is None)
            first = enter(chromium, data, url, "見本 One", "operator-1")
            assert "Your key is operator-1" in first.inner_text("main")
            assert first.inner_text("#processes").count("runs") == len(running.processes)
            assert first.inner_text("#witnesses").count("cosigns") == len(cast.WITNESSES)
            first.goto(f"{url}/bodies/{NO}/suspend")
            first.click("#form button")
            proposal = first.url
            second = enter(chromium, data, url, "見本 Two", "operator-2")
            second.goto(proposal)
            second.click("form[action$='/approve'] button")
            assert "log entry" in second.inner_text("main")
            page = f"{running.urls['reader']}/e/{NO}"
            wait_until(lambda: httpx.get(page).json()["record"]["state"] == "suspended")
            first.context.close()
            second.context.close()
        finally:
            console.terminate()
            console.wait(20)
