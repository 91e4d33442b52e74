"""A mark on pages of others: element, badge and oEmbed say what the registry says now, and where they do not belong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser.conftest import Served
from tests.chromium import new_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.system
Embed = "Callable[..., Any]"


def domain_of(served: Served) -> str:
    """Return the domain that the mark of level 3 lists."""
    answer = httpx.get(f"{served.url}/m/{served.mark_id(3)}.json").json()
    (domain,) = answer["mark"]["domains"]
    return str(domain)


@pytest.fixture
def embed(chromium: Any, served: Served) -> Iterator[Callable[..., Any]]:
    """Return a function that shows a page of somebody else with the element on it, and its strict policy."""
    contexts = []

    def show(mark: str, *, site: str, answers: Callable[[Any], None] | None = None) -> Any:
        context = new_context(chromium, locale="en-GB", permissions=["local-network-access"])
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        text = (
            f'<!doctype html><html lang="en"><title>Somebody</title><script type="module" src="{served.url}/embed.js">'
            f'</script><shirushi-mark mark="{mark}"></shirushi-mark>'
        )
        policy = f"default-src 'none'; script-src {served.url}; connect-src {served.url}"
        headers = {"Content-Security-Policy": policy}
        page.route(
            f"https://{site}/", lambda route: route.fulfill(body=text, content_type="text/html", headers=headers)
        )
        if answers:
            page.route("**/m/*.json", answers)
        page.goto(f"https://{site}/")
        page.wait_for_selector("shirushi-mark[data-tone] a")
        return page

    yield show
    for context in contexts:
        context.close()


def said(page: Any) -> str:
    return str(page.locator("shirushi-mark a").inner_text())


def tone(page: Any) -> str:
    return str(page.get_attribute("shirushi-mark", "data-tone"))


def test_on_the_holders_site_the_element_says_what_the_registry_says(embed: Any, served: Served) -> None:
    page = embed(served.mark_id(3), site=f"www.{domain_of(served)}")
    assert tone(page) == "good"
    assert "This mark is valid" in said(page)
    assert "★3" in said(page)
    assert page.locator("shirushi-mark a").get_attribute("href") == f"{served.url}/m/{served.mark_id(3)}"
    assert page.faults == []


def test_on_another_site_it_warns_even_of_a_valid_mark(embed: Any, served: Served) -> None:
    page = embed(served.mark_id(3), site="copycat.example")
    assert tone(page) == "bad"
    assert "This site (copycat.example) is not among the holder’s domains" in said(page)
    almost = embed(served.mark_id(3), site=f"not{domain_of(served)}")
    assert tone(almost) == "bad"


@pytest.mark.prove
def test_an_address_under_a_look_alike_host_is_not_asked_and_is_told(embed: Any, served: Served) -> None:
    page = embed(f"https://shirushi.exarnple/m/{served.mark_id(3)}", site=domain_of(served))
    assert (tone(page), "another registry’s mark" in said(page)) == ("bad", True)
    assert tone(embed("<b>nonsense", site=domain_of(served))) == "bad"


@pytest.mark.prove
def test_a_mark_that_nobody_issued_is_not_found(embed: Any, served: Served) -> None:
    page = embed("96pz7w4a20m6c3qqy50pqs5hg2", site=domain_of(served))
    assert (tone(page), "no such mark" in said(page).lower() or "not" in said(page).lower()) == ("bad", True)


@pytest.mark.prove
def test_without_an_answer_or_with_one_about_another_mark_nothing_is_confirmed(embed: Any, served: Served) -> None:
    silent = embed(served.mark_id(3), site=domain_of(served), answers=lambda route: route.abort())
    assert (tone(silent), "A needed check could not be made" in said(silent)) == ("open", True)
    other = httpx.get(f"{served.url}/m/{served.mark_id(4)}.json").text
    headers = {"Access-Control-Allow-Origin": "*"}
    swapped = embed(
        served.mark_id(3),
        site=domain_of(served),
        answers=lambda route: route.fulfill(body=other, content_type="application/json", headers=headers),
    )
    assert tone(swapped) == "open"


@pytest.mark.prove
def test_a_forged_mark_is_told_and_hostile_names_are_text(embed: Any, served: Served) -> None:
    answer = httpx.get(f"{served.url}/m/{served.mark_id(3)}.json").json()
    answer["headline"] = "forged"
    answer["mark"]["holder"] = "<img src=x onerror=alert(1)>"
    headers = {"Access-Control-Allow-Origin": "*"}
    page = embed(
        served.mark_id(3),
        site=domain_of(served),
        answers=lambda route: route.fulfill(body=json.dumps(answer), content_type="application/json", headers=headers),
    )
    assert tone(page) == "bad"
    assert "<img src=x" in said(page)
    assert page.locator("shirushi-mark img").count() == 0


def test_the_badge_warns_by_the_site_that_shows_it(served: Served) -> None:
    address = f"{served.url}/badge/{served.mark_id(3)}.svg?lang=en"

    def badge(referer: str | None) -> httpx.Response:
        return httpx.get(address, headers={"Referer": referer} if referer else {})

    for own in (None, f"https://{domain_of(served)}/", f"https://www.{domain_of(served)}/page", f"{served.url}/x"):
        assert "is not among" not in badge(own).text
    for other in ("https://copycat.example/", f"https://not{domain_of(served)}/", 'https://"><script>/'):
        told = badge(other)
        assert "is not among" in told.text
        assert "#0a6637" not in told.text
        assert "<script" not in told.text
    assert "Referer" in badge(None).headers["vary"]


def test_a_marks_page_names_its_oembed_answer(served: Served) -> None:
    page = httpx.get(f"{served.url}/m/{served.mark_id(3)}", headers={"Accept": "text/html"}).text
    (line,) = [one for one in page.splitlines() if "json+oembed" in one]
    address = line.split('href="')[1].split('"')[0].replace("&amp;", "&")
    answer = httpx.get(served.url + address)
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert (told["version"], told["type"], told["height"]) == ("1.0", "rich", 48)
    assert f"/badge/{served.mark_id(3)}.svg" in told["html"]
    assert "<script" not in told["html"]
    assert "<iframe" not in told["html"]
    narrow = httpx.get(served.url + address + "&maxwidth=120").json()
    assert narrow["width"] == 120


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("url=https://elsewhere.example/m/96pz7w4a20m6c3qqy50pqs5hg2", 404),
        ("url=https://shirushi.example/m/96pz7w4a20m6c3qqy50pqs5hg2", 404),
        ("url=nonsense", 404),
        ("", 404),
        ("url=https://shirushi.example/m/96pz7w4a20m6c3qqy50pqs5hg2&format=xml", 501),
    ],
)
def test_what_is_no_mark_here_has_no_oembed_answer(served: Served, query: str, status: int) -> None:
    assert httpx.get(f"{served.url}/oembed?{query}").status_code == status


def test_no_page_may_be_framed(served: Served) -> None:
    for path in ("/", f"/m/{served.mark_id(3)}", "/verify", "/e/1001"):
        headers = httpx.get(served.url + path, headers={"Accept": "text/html"}).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
