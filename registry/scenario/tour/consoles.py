"""A step through a console's pages: it is served, somebody is invited, makes a passkey, and sees what is theirs.

The passkey is one of a virtual authenticator in Chromium. Without a browser only the closed door is seen.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from registry.household.household import free_port
from registry.scenario.tour.act import PROGRAM, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.scenario.tour.act import Act

GRACE = 20
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class Wanted:
    """A console's commands, the option that names its folder, and who looks at which page for which words there.

    ``first`` is what this person does on the pages before looking.
    """

    command: tuple[str, str]
    folder: tuple[str, object]
    person: str
    role: str
    path: str
    words: str
    first: Callable[[Any], None] | None = None


def look_in(act: Act, wanted: Wanted) -> None:
    """Open the console, find it closed to strangers, enrol somebody, see their page. Raises ProofError."""
    port = free_port("127.0.0.1")
    with _served(act, wanted, port) as url:
        stranger = httpx.get(f"{url}{wanted.path}", timeout=20)
        is_shown = stranger.status_code == HTTPStatus.OK or wanted.words in stranger.text
        act.see(f"a stranger is shown nothing of the {wanted.command[0]} console", is_shown, False)
        printed = act.run(*wanted.command, "invite", wanted.person, "--role", wanted.role, *_place(wanted, port))
        browser = act.ground.pictures.browser
        if browser is None:
            act.ground.say("  [bold red]Without a browser nobody makes a passkey: the console's pages are left out.[/]")
            return
        page = _enrolled(browser, printed.strip().splitlines()[-1])
        if wanted.first is not None:
            page.goto(url)
            wanted.first(page)
        page.goto(f"{url}{wanted.path}")
        name = f"console{wanted.path.replace('/', '-').rstrip('-')}"
        page.screenshot(path=str(act.folder / f"{name}.png"), full_page=True)
        promise = f"invited as {wanted.role}, with a passkey, one sees {wanted.path}"
        act.see(promise, wanted.words in page.content(), True)
        page.context.close()


def _enrolled(browser: Any, invitation: str) -> Any:
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(invitation)
    page.click("form[data-passkey] button")
    page.wait_for_selector(".code-list")
    return page


def _place(wanted: Wanted, port: int) -> tuple[object, ...]:
    return (*wanted.folder, "--port", port)


@contextmanager
def _served(act: Act, wanted: Wanted, port: int) -> Iterator[str]:
    command = [*PROGRAM, *wanted.command, "serve", *map(str, _place(wanted, port))]
    with (act.folder / "console.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=act.folder,
            env=environment(act.ground.folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            # A passkey is bound to a name: browsers take `localhost` for one, and no address.
            url = f"http://localhost:{port}"
            act.until(lambda: process.poll() is not None or _answers(url), "the console answers")
            yield url
        finally:
            process.terminate()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/sign-in", timeout=2)
    except httpx.HTTPError:
        return False
    return True
