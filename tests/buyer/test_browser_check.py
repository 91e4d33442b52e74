"""A list checked in the browser gets the answers of `shirushi check`, and leaves the machine in no way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.console.enrolled import new_browser_page
from verifier.check.receipt import parse_receipt
from verifier.edge.check.supplier_file import read_supplier_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.buyer.conftest import Buyer, Served

pytestmark = pytest.mark.system

ROWS = 150


def rows_of(place: Path) -> tuple[tuple[str, ...], ...]:
    return read_supplier_file(place.read_bytes(), filename=place.name).rows


def sign_in(page: Any, served: Served, *roles: str) -> None:
    """Make a passkey, sign out, and sign in by it."""
    page.goto(served.invitation("見本 花子", *roles))
    page.click("form[data-passkey] button")
    page.wait_for_selector(".code-list")
    page.goto(f"{served.origin}/")
    page.click("form[action='/sign-out'] button")
    page.click("form[data-passkey] button")
    page.wait_for_selector("#copy")


def upload(page: Any, served: Served, suppliers: Path) -> None:
    page.goto(f"{served.origin}/lists")
    page.set_input_files("#list", str(suppliers))
    page.click("form.ask-long button[type=submit]")
    page.wait_for_selector("#columns")


def ask(page: Any, at: str) -> None:
    """Fill in the policy of these tests and begin the check."""
    page.check("#agreement-unilateral")
    page.fill("#max_age_hours", "48")
    page.fill("#grace_days", "10")
    page.fill("#at", at)
    page.click("form.ask-long > p button[type=submit]")
    page.wait_for_selector("#answers")


def keep(page: Any, link: str, place: Path) -> Path:
    with page.expect_download() as waiting:
        page.click(f"a[href$='{link}']")
    waiting.value.save_as(place)
    return place


def test_a_list_is_answered_in_the_browser_as_by_the_command_and_nothing_leaves_the_machine(
    chromium: Any, buyer: Buyer, served: Served
) -> None:
    suppliers, expected = buyer.list_of(ROWS), buyer.path / "expected.xlsx"
    assert buyer.check(suppliers, expected) == 1
    page = new_browser_page(chromium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, served, "clerk")
    upload(page, served, suppliers)
    ask(page, buyer.at)
    result = keep(page, "result.xlsx", buyer.path / "result.xlsx")
    receipt = parse_receipt(keep(page, "receipt.json", buyer.path / "receipt.json").read_bytes())
    assert rows_of(result) == rows_of(expected)
    assert len(receipt.rows) == ROWS
    page.click("a[href*='verdict=not_found']")
    shown = page.locator("table tbody tr").count()
    assert shown == sum(row["verdict"] == "not_found" for row in receipt.rows) > 0
    page.context.close()
    assert [one for one in asked if not one.startswith(f"{served.origin}/")] == []
    assert served.ways_out.read_text("utf-8") == ""
