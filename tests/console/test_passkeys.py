"""The ceremonies in Debian's Chromium: enrol, sign in, recover; and the pages that every console has, under axe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from tests.browser.test_accessibility import faults
from tests.console.enrolled import Visitor, add_person, enrol, free_port, new_browser_page, open_console, serving
from verifier.edge.console import queries
from verifier.edge.console.errors import PasskeyError
from verifier.edge.console.plan import Deed, Plan, Screen
from verifier.errors import KeyRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.responses import Response

    from verifier.edge.console.application import Console
    from verifier.edge.console.visit import Visit

pytestmark = pytest.mark.system

PAGES = ("/", "/account", "/people", "/journal", "/proposals")


def page(visit: Visit) -> Response:
    return visit.show("console/proposals.html", waiting=[], settled=[])


def sign(visit: Visit) -> Response:
    visit.passphrase("admin")
    return visit.go("/")


def try_key(key: str, passphrase: bytes) -> None:
    raise KeyRefusedError("the passphrase does not open the key")


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    plan = Plan(
        name="console.people",
        roles=(),
        screens=[Screen("/", page)],
        deeds=[Deed("/sign", sign)],
        keys={"admin": frozenset({"admin"})},
        try_key=try_key,
    )
    opened = open_console(plan, tmp_path / "console", port=free_port())
    with serving(opened.app, int(opened.house.accounts.party.origin.rpartition(":")[2])):
        yield opened


def test_a_person_enrols_signs_out_and_in_again_and_a_stranger_does_not(chromium: Any, console: Console) -> None:
    person, stranger = new_browser_page(chromium), new_browser_page(chromium)
    enrol(person, console, "見本 Sample", "admin")
    origin = console.house.accounts.party.origin
    assert person.url == f"{origin}/"
    person.click("text=Sign out")
    person.goto(f"{origin}/people")
    assert "/sign-in" in person.url
    person.click("form[data-passkey] button")
    person.wait_for_url(f"{origin}/people")
    stranger.goto(f"{origin}/sign-in")
    stranger.click("form[data-passkey] button")
    stranger.wait_for_selector("[data-trouble]:not([hidden])")
    with console.house.accounts.database.transaction() as db:
        assert [one.name for one in queries.list_people(db)] == ["見本 Sample"]
    person.context.close()
    stranger.context.close()


def test_an_answer_counts_once_and_an_invitation_too(chromium: Any, console: Console) -> None:
    accounts = console.house.accounts
    seen: list[str] = []
    person = new_browser_page(chromium)
    person.on("request", lambda request: seen.append(request.post_data or "") if request.method == "POST" else None)
    _, token = accounts.invite("見本", roles=frozenset({"admin"}), by="tests")
    person.goto(f"{accounts.party.origin}/enrol/{token}")
    person.click("form[data-passkey] button")
    person.wait_for_selector(".code-list")
    assert Visitor(console, None).get(f"/enrol/{token}").status_code == 404
    person.click("text=Sign out") if person.query_selector("text=Sign out") else person.context.clear_cookies()
    person.goto(f"{accounts.party.origin}/sign-in")
    person.click("form[data-passkey] button")
    person.wait_for_url(f"{accounts.party.origin}/")
    answer = _answer_of(seen[-1])
    with pytest.raises(PasskeyError):
        accounts.sign_in(answer)
    altered = json.loads(answer)
    altered["response"]["signature"] = altered["response"]["signature"][:-4] + "AAAA"
    with pytest.raises(PasskeyError):
        accounts.sign_in(json.dumps(altered))
    person.context.close()


def _answer_of(body: str) -> str:
    return parse_qs(body)["answer"][0]


def test_who_lost_the_passkey_makes_a_new_one_with_a_recovery_code(chromium: Any, console: Console) -> None:
    accounts = console.house.accounts
    code = accounts.renew_codes(add_person(console, "見本", "admin"))[0]
    page = new_browser_page(chromium)
    page.goto(f"{accounts.party.origin}/sign-in")
    page.fill("#code", code)
    page.click("form[action^='/recover'] button")
    page.wait_for_url("**/account")
    page.fill("#label", "new telephone")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/sign-in")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{accounts.party.origin}/")
    assert page.is_visible("text=Sign out")
    with pytest.raises(PasskeyError):
        accounts.recover(code)
    page.context.close()


@pytest.mark.prove
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_page_of_an_account_has_a_violation(
    chromium: Any, console: Console, lang: str, scheme: str, width: int
) -> None:
    locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
    page = new_browser_page(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    accounts = console.house.accounts
    _, token = accounts.invite("見本", roles=frozenset({"admin"}), by="tests")
    found = {}
    page.goto(f"{accounts.party.origin}/enrol/{token}")
    found["enrol"] = faults(page)
    page.click("form[data-passkey] button")
    page.wait_for_selector(".code-list")
    found["codes"] = faults(page)
    for path in (*PAGES, "/nothing-here"):
        page.goto(f"{accounts.party.origin}{path}")
        found[path] = faults(page)
    page.goto(f"{accounts.party.origin}/people")
    page.fill("#name", "見本二")
    page.check("#role-admin")
    page.click("form[action='/people/invite'] button")
    page.wait_for_selector("#link")
    found["invited"] = faults(page)
    page.context.clear_cookies()
    page.goto(f"{accounts.party.origin}/sign-in")
    found["sign-in"] = faults(page)
    page.context.close()
    assert {name: one for name, one in found.items() if one} == {}
