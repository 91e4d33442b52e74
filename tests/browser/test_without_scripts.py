"""The whole public site with scripts off: each page and each form does its work all the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario import cast
from tests.browser.whole_site import Running, play, run
from tests.chromium import new_context

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.system, pytest.mark.prove]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = run(play(tmp_path_factory.mktemp("site"), start=int(time.time()) - 1800))
    yield running
    running.stop()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = new_context(chromium, java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def test_every_public_page_says_something_without_scripts(page: Any, site: Running) -> None:
    for name, address in site.site.pages().items():
        page.goto(site.url + address)
        assert page.locator("main h1").inner_text().strip(), name
        assert len(page.locator("main").inner_text()) > 100, name
        hidden = page.locator("main [data-scripted]:visible")
        assert hidden.count() == 0, name


def test_the_form_of_the_start_page_leads_to_a_mark(page: Any, site: Running) -> None:
    page.goto(site.url)
    page.fill("#q", site.site.marks["4"].upper())
    page.click("form[action='/check'][method=get] button")
    page.wait_for_url(f"**/m/{site.site.marks['4']}")
    assert "valid" in page.locator("h1").inner_text()


def test_the_search_finds_and_goes_on(page: Any, site: Running) -> None:
    page.goto(f"{site.url}/verification/search")
    page.fill("#name", "見本")
    page.click("form.ask button:not(.quiet)")
    page.wait_for_selector("#results")
    assert page.locator("main table tbody tr").count() > 0


def test_the_report_form_says_what_is_missing_or_where_it_is_taken(page: Any, site: Running) -> None:
    page.goto(f"{site.url}/report?about=/m/{site.site.marks['4']}")
    assert page.locator("main h1").inner_text()
    fields = page.locator("main form input[name=about]")
    if fields.count():
        assert site.site.marks["4"] in fields.first.input_value()
    else:
        assert "shirushi.example/report" in page.locator("main").inner_text()


def test_the_corridor_is_walked_by_days_and_by_steps(page: Any, site: Running) -> None:
    page.goto(f"{site.url}/a")
    forms = page.locator("main form")
    assert forms.count() >= 1
    before = page.locator("main").inner_text()
    ranges = page.locator("main input[type=range]")
    assert ranges.count() == 1
    ranges.first.focus()
    page.keyboard.press("Home")
    page.locator("main form:has(input[type=range]) button").first.click()
    page.wait_for_url("**/a?**step=**")
    assert page.locator("main").inner_text() != before


def test_the_proof_of_growth_is_asked_for_by_sizes(page: Any, site: Running) -> None:
    page.goto(f"{site.url}/explore/consistency?from=7&to=13")
    page.fill("input[name=from]", "5")
    page.fill("input[name=to]", "9")
    page.locator("main form button").first.click()
    page.wait_for_url("**from=5&to=9**")
    assert page.locator("main svg[role=img]").count() >= 1


def test_a_key_is_checked_at_a_bodys_page(page: Any, site: Running) -> None:
    page.goto(f"{site.url}/e/{cast.BODY_NO}")
    page.fill("#q", site.site.key)
    page.click("main form button")
    page.wait_for_url(f"**/e/{cast.BODY_NO}/key?**")
    assert "listed for this body" in page.locator("h1").inner_text()
    page.fill("#on", "2020-01-01")
    page.click("main form button")
    page.wait_for_url("**on=2020-01-01**")
    assert "Not in force" in page.locator("h1").inner_text()


def test_every_page_changes_its_language_by_a_link(page: Any, site: Running) -> None:
    for name in ("home", "mark", "body", "key", "scheme", "verify"):
        page.goto(site.url + site.site.pages()[name])
        page.click("nav a[hreflang=ja]")
        assert page.locator("html").get_attribute("lang") == "ja", name
