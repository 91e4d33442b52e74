"""Every public page under axe, in both languages and colour schemes, narrow and wide; and none reaches another host."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.whole_site import Running, play, run
from tests.chromium import new_context

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SAMPLE = ("home", "mark", "scheme", "consistency", "statistics", "agreements", "search")
EVERY = [(lang, scheme, width) for lang in ("ja", "en") for scheme in ("light", "dark") for width in (360, 1280)]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = run(play(tmp_path_factory.mktemp("site"), start=int(time.time()) - 1800))
    yield running
    running.stop()


def open_page(chromium: Any, lang: str, scheme: str, width: int) -> Any:
    """Return a page of a browser that notes what it asks for."""
    locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
    context = new_context(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def faults(page: Any) -> list[str]:
    """Return what axe finds on the open page, and whether it is wider than the window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    told = [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return told if sizes[0] <= sizes[1] else [*told, f"wider than the window: {sizes}"]


def look(chromium: Any, site: Running, names: tuple[str, ...], how: tuple[str, str, int]) -> None:
    page = open_page(chromium, *how)
    found = {}
    addresses = site.site.pages()
    for name in names:
        page.goto(site.url + addresses[name])
        found[name] = faults(page)
    if "search" in names:
        page.goto(site.url + addresses["search"])
        page.fill("#name", "見本")
        page.click("form.ask button:not(.quiet)")
        page.wait_for_selector("#results")
        found["search results"] = faults(page)
    strangers = [url for url in page.asked if not url.startswith((site.url, "blob:", "data:"))]
    page.context.close()
    assert {name: one for name, one in found.items() if one} == {}
    assert strangers == []


@pytest.mark.parametrize("how", [("ja", "light", 360), ("en", "dark", 1280)], ids=str)
def test_a_sample_of_pages_has_no_violation_and_reaches_no_other_host(
    chromium: Any, site: Running, how: tuple[str, str, int]
) -> None:
    look(chromium, site, SAMPLE, how)


@pytest.mark.prove
@pytest.mark.parametrize("how", EVERY, ids=str)
def test_no_page_has_a_violation_or_reaches_another_host(
    chromium: Any, site: Running, how: tuple[str, str, int]
) -> None:
    look(chromium, site, tuple(site.site.pages()), how)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ((' lang="en"', ""), "html-has-lang"),
        (("<h1", '<img src="/static/scan/sign.svg"><h1'), "image-alt"),
        (("<h1", '<svg width="2000" height="9"></svg><h1'), "wider than the window"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_planted_fault_is_found(chromium: Any, site: Running, fault: tuple[str, str], told: str) -> None:
    page = open_page(chromium, "en", "light", 360)

    def spoil(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(*fault, 1))

    page.route("**/limits", spoil)
    page.goto(site.url + "/limits")
    found = faults(page)
    page.context.close()
    assert any(one.startswith(told) for one in found), found
