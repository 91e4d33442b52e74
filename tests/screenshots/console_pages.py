"""The pages that every console has, drawn of the evaluator's desk: entrance, account, people, journal, proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.console.enrolled import Visitor, add_person, new_browser_page
from tests.screenshots.camera import LOOKS

if TYPE_CHECKING:
    from tests.screenshots.camera import Camera, Step
    from verifier.edge.console.application import Console

AREA = "console"


def draw_entrance(camera: Camera, console: Console) -> None:
    """Draw what somebody sees who is invited, until they are signed in."""
    accounts = console.house.accounts
    for look, how in LOOKS.items():
        page = new_browser_page(camera.browser, **how)
        _, token = accounts.invite("見本 受付", roles=frozenset({"desk"}), by="見本 管理")
        page.goto(f"{accounts.party.origin}/enrol/{token}")
        camera.keep(page, AREA, f"enrolment-{look}")
        page.click("form[data-passkey] button")
        page.wait_for_selector(".code-list")
        camera.keep(page, AREA, f"recovery-codes-{look}")
        page.goto(f"{accounts.party.origin}/account")
        camera.keep(page, AREA, f"account-{look}")
        page.goto(f"{accounts.party.origin}/people")
        camera.keep(page, AREA, f"not-allowed-{look}")
        page.context.close()
    camera.draw(AREA, accounts.party.origin, {"sign-in": "/sign-in"})


def draw_house(camera: Camera, console: Console) -> None:
    """Draw what an administrator sees."""
    origin = console.house.accounts.party.origin
    admin = Visitor(console, add_person(console, "見本 管理", "admin"))
    shown = {"people": "/people", "journal": "/journal", "proposals": "/proposals", "no-such-page": "/nothing-here"}
    camera.draw(AREA, origin, {**shown, "invitation": _invite(origin)}, by=admin)


def _invite(origin: str) -> Step:
    def invite(page: Any) -> None:
        page.goto(f"{origin}/people")
        page.fill("#name", "見本 評価二")
        page.check("#role-desk")
        page.click("form[action='/people/invite'] button")
        page.wait_for_selector("#link")

    return invite
