"""The long proofs of a buyer's pages: ten thousand rows, and every screen under axe in both languages and schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_accessibility import faults
from tests.buyer.test_browser_check import ask, keep, rows_of, sign_in, upload
from tests.check.suppliers import number
from tests.console.enrolled import new_browser_page

if TYPE_CHECKING:
    from tests.buyer.conftest import Buyer, Served

pytestmark = [pytest.mark.system, pytest.mark.prove]

EVERY = [(lang, scheme, width) for lang in ("ja", "en") for scheme in ("light", "dark") for width in (360, 1280)]
SCREENS = ("/", "/lists", "/requests", "/requests/new", "/watches", "/receipts", "/directory", "/portal", "/settings")


def test_ten_thousand_rows_are_answered_in_the_browser_as_by_the_command(
    chromium: Any, buyer: Buyer, served: Served
) -> None:
    suppliers, expected = buyer.list_of(10_000), buyer.path / "expected.xlsx"
    assert buyer.check(suppliers, expected) == 1
    page = new_browser_page(chromium)
    sign_in(page, served, "clerk")
    upload(page, served, suppliers)
    ask(page, buyer.at)
    assert rows_of(keep(page, "result.xlsx", buyer.path / "result.xlsx")) == rows_of(expected)
    page.context.close()
    assert served.ways_out.read_text("utf-8") == ""


def everywhere(page: Any, buyer: Buyer, served: Served) -> tuple[str, ...]:
    """Do everything once; return the address of every screen."""
    upload(page, served, buyer.list_of(120))
    one = page.url.removeprefix(served.origin)
    ask(page, buyer.at)
    page.click(f"form[action='{one}/watch'] button")
    page.wait_for_selector("#looks")
    watch = page.url.removeprefix(served.origin)
    page.goto(f"{served.origin}/requests/new")
    typed = {
        "client_name": "見本電機株式会社",
        "client_identifier": buyer.registry.holders["good"][0],
        "supplier_name": "見本部品株式会社",
        "supplier_identifier": f"0188-{number(buyer.registry.holders['good'][1])}",
        "need": "図面を預け、部品の加工をお願いしています。",
        "by": "2027-03-31",
        "cost_contact": "購買部 purchasing@example.jp",
    }
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    page.select_option("#tier", "jp.meti.scs/4")
    page.check("#reason-confidential")
    page.click("form.ask-long button[type=submit]")
    page.wait_for_selector("#letter")
    request = page.url.removeprefix(served.origin)
    return (*SCREENS, f"{one}/order", one, f"{one}?verdict=refused", f"{one}/receipt", watch, request)


def test_no_screen_has_a_violation_in_any_language_scheme_or_width(chromium: Any, buyer: Buyer, served: Served) -> None:
    page = new_browser_page(chromium)
    sign_in(page, served, "engineer", "admin")
    screens = everywhere(page, buyer, served)
    found = {}
    for lang, scheme, width in EVERY:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for path in screens:
            page.goto(f"{served.origin}{path}{'&' if '?' in path else '?'}lang={lang}")
            found[path, lang, scheme, width] = faults(page)
    page.context.close()
    assert {where: told for where, told in found.items() if told} == {}
