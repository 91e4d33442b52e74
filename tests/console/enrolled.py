"""Consoles for tests: people with accounts, served on loopback, and visitors with or without a browser."""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from starlette.testclient import TestClient

from tests.chromium import new_context
from tests.ports import free_port
from tests.waiting import wait_for_answer
from verifier.edge.console import queries
from verifier.edge.console.accounts import Accounts
from verifier.edge.console.accounts_database import AccountsDatabase
from verifier.edge.console.application import Console
from verifier.edge.console.passkeys import RelyingParty
from verifier.edge.console.people import Person
from verifier.edge.web_server import serve_application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from verifier.edge.console.plan import Plan
    from verifier.injected import Clock

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})\.[0-9a-f]{16}"')


def present() -> int:
    return int(time.time())


def open_console(plan: Plan, folder: Path, *, port: int, now: Clock = present) -> Console:
    """Return a console whose passkeys are bound to http://localhost:PORT."""
    folder.mkdir(parents=True, exist_ok=True)
    party = RelyingParty("Shirushi", f"http://localhost:{port}").checked()
    return Console(plan, Accounts(AccountsDatabase(folder), party, now, secrets.token_bytes))


def add_person(console: Console, name: str, *roles: str, unit: str = "") -> Person:
    """Give somebody an account without the ceremony of a passkey."""
    accounts = console.house.accounts
    person = Person(secrets.token_urlsafe(16), name, frozenset(roles), unit, accounts.now())
    with accounts.database.transaction() as db:
        queries.insert_person(db, person)
    return person


class Visitor:
    """Somebody with a session and no browser; answers are not followed."""

    def __init__(self, console: Console, person: Person | None) -> None:
        self.console = console
        self.origin = console.house.accounts.party.origin
        self.client = TestClient(console.app, base_url=self.origin, follow_redirects=False)
        self.csrf = ""
        if person is not None:
            token = console.house.accounts.begin_session(person.id)
            self.client.cookies.set(console.cookie, token)
            self.csrf = console.csrf_of(token)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def send(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form as our own page would."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        return self.client.post(path, data={"csrf": self.csrf, **(fields or {})}, headers=headers, **options)


@contextmanager
def serving(app: ASGIApp, port: int) -> Iterator[str]:
    """Serve an application over HTTP on loopback, from a thread; gives its address once it answers."""
    stops: list[Any] = []
    thread = threading.Thread(
        target=lambda: serve_application(app, address="127.0.0.1", port=port, hold=stops.append), daemon=True
    )
    thread.start()
    url = f"http://localhost:{port}"
    wait_for_answer(f"{url}/alive", lives=thread.is_alive)
    try:
        yield url
    finally:
        stops[0]()
        thread.join(timeout=20)


def new_browser_page(chromium: Any, **how: Any) -> Any:
    """Return a page of a new browser context with a virtual authenticator of its own: one person at one device."""
    context = new_context(chromium, **{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **how})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    return page


def enrol(page: Any, console: Console, name: str, *roles: str, unit: str = "") -> None:
    """Make somebody's account in the browser, as the invitation asks them to; they are signed in afterwards."""
    accounts = console.house.accounts
    _, token = accounts.invite(name, roles=frozenset(roles), by="tests", unit=unit)
    page.goto(f"{accounts.party.origin}/enrol/{token}")
    page.click("form[data-passkey] button")
    page.wait_for_selector(".code-list")
    page.goto(f"{accounts.party.origin}/")


__all__ = ["Visitor", "add_person", "enrol", "free_port", "new_browser_page", "open_console", "serving"]
