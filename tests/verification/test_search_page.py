"""The page for searches works without scripts, tells nobody what was looked for, and finds by name only who may be."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.registry.page_reading import AS_PAGE, pages

if TYPE_CHECKING:
    from tests.verification.conftest import Service

SEARCHES = "http://verification/verification/v1/searches"
PAGE = "http://verification/verification/search"


def send(service: Service, **fields: str) -> httpx.Response:
    return service.http.post(PAGE, data=fields, headers=AS_PAGE)


def hidden(page: str) -> dict[str, str]:
    """Return the fields of the form that asks for the next page."""
    form = page.rpartition("<form")[2]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_the_form_is_sent_in_the_body_and_needs_no_script(service: Service) -> None:
    page = service.http.get(PAGE, headers=AS_PAGE)
    assert page.status_code == 200
    assert 'action="/verification/search" method="post"' in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "script-src" not in policy
    assert page.headers["cache-control"] == "no-store"


def whole(service: Service, **fields: str) -> str:
    """Return all pages of a search, one behind the other."""
    page = text = send(service, **fields).text
    while "after" in hidden(page):
        page = service.http.post(PAGE, data=hidden(page), headers=AS_PAGE).text
        text += page
    return text


def test_the_number_on_the_mark_is_typed_as_well(service: Service) -> None:
    (found,) = service.http.post(f"{SEARCHES}", json={"identifier": "1180301018771", "limit": 1}).json()["results"]
    page = send(service, number=found["number"])
    assert page.status_code == 200
    assert f'href="/m/{found["mark"]}"' in page.text


@pytest.mark.parametrize(
    "fields", [{"name": "見本"}, {"identifier": "1180301018771"}, {"least_tier": "3", "body": "7"}]
)
def test_what_fits_is_shown_with_a_link_to_its_page(service: Service, fields: dict[str, str]) -> None:
    page = whole(service, **fields)
    for words in (f'href="/m/{service.mark}"', "株式会社見本精機", "In force", "obtained and registered"):
        assert words in page


def test_what_does_not_fit_is_told_as_a_hint_and_not_as_a_proof(service: Service) -> None:
    page = send(service, name="別の会社").text
    assert "For proof that there is none, check by number" in page
    assert 'value="別の会社"' in page
    assert "What the directory proves" not in page


def test_a_number_that_is_not_found_leads_to_the_page_that_proves_it(service: Service) -> None:
    page = send(service, identifier="T5010001067883").text
    assert "directory&#39;s copy as of" in page
    assert 'href="/o/0188-5010001067883?lang=en"' in page


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "..."),
        ("identifier", "12"),
        ("body", "x"),
        ("body", "٣"),
        ("valid_on", "soon"),
        ("least_tier", "0"),
        ("state", "certain"),
        ("name", "x" * 121),
    ],
)
def test_a_mistake_is_told_beside_what_was_typed(service: Service, field: str, text: str) -> None:
    page = send(service, **{field: text})
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_pages_go_on_by_the_form_alone(service: Service) -> None:
    others = {service.world.issue(service.signers) for _ in range(25)}
    service.made.index.refresh()
    first = send(service, name="見本").text
    fields = hidden(first)
    assert (fields["name"], fields["lang"]) == ("見本", "en")
    second = service.http.post(PAGE, data=fields, headers=AS_PAGE).text
    found = [set(re.findall(r'href="/m/([0-9a-z]{26})"', page)) for page in (first, second)]
    assert found[0].isdisjoint(found[1])
    assert others <= found[0] | found[1]


def test_all_that_fit_are_handed_out_as_a_table(service: Service) -> None:
    answer = send(service, name="見本", act="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert service.mark in [row[0] for row in rows]
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_has_both_languages(service: Service, lang: str) -> None:
    words = {"ja": "見つかったマーク", "en": "Marks found"}
    assert words[lang] in send(service, name="見本", lang=lang).text


def test_what_is_typed_stays_text(service: Service) -> None:
    page = send(service, name='"><script>alert(1)</script>').text
    assert "<script" not in page


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{}"), ("application/x-www-form-urlencoded", b"name=%ff"), ("text/plain", b"name=x")],
)
def test_what_is_no_form_is_refused(service: Service, kind: str, body: bytes) -> None:
    assert service.http.post(PAGE, content=body, headers={**AS_PAGE, "content-type": kind}).status_code == 400


def test_the_read_plane_leads_to_the_page_and_takes_no_name_itself(service: Service) -> None:
    with pages(service.world) as http:
        led = http.get("/search", params={"lang": "ja", "name": "見本"})
        assert (led.status_code, led.headers["location"]) == (307, "/verification/search?lang=ja")
        assert http.post("/search", data={"name": "見本"}).status_code == 405
    with pages(service.world, verification_url="https://ask.example/") as http:
        assert http.get("/search").headers["location"] == "https://ask.example/verification/search"


def test_at_an_address_of_its_own_the_service_leads_back_to_the_read_plane(service: Service) -> None:
    world = service.world
    made = create_verification(
        world.public,
        world.folder / "second",
        trust_root=world.ceremony.root,
        now=world.clock,
        signer=world.ceremony.keys.receipt,
        read_url="https://read.example",
    )
    with httpx.Client(transport=InProcessTransport({"verification": made.served}), headers=AS_PAGE) as http:
        led = http.get(f"http://verification/m/{service.mark}?lang=ja")
        assert led.headers["location"] == f"https://read.example/m/{service.mark}?lang=ja"
        assert http.get("http://verification//evil.example/x").headers["location"].startswith("https://read.example/")
        assert http.get("http://verification/verification/v1/none").status_code == 404
        sheet = re.findall(r'href="(/static/[^"]+)"', http.get(PAGE).text)[0]
        assert http.get(f"http://verification{sheet}").headers["content-type"].startswith("text/css")
