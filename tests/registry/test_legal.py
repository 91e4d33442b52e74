"""The page of terms says who runs the copy, what is published and for how long, and invents no contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.reading.legal_routes import Imprint
from tests.registry.page_reading import AS_JSON, pages

if TYPE_CHECKING:
    from tests.registry.conftest import World


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("desk@authority.example", 'href="mailto:desk@authority.example"'),
        ("https://authority.example/contact", 'href="https://authority.example/contact"'),
        ("Room 1, <Tokyo>", "Room 1, &lt;Tokyo&gt;"),
        ("javascript:alert(1)@x", "javascript:alert(1)@x"),
        ("", "Not set by the operator"),
    ],
)
def test_the_operators_contact_is_shown_as_it_is_set(world: World, contact: str, shown: str) -> None:
    with pages(world, imprint=Imprint("Authority of Examples", contact)) as http:
        page = http.get("/legal").text
    assert shown in page
    assert 'href="javascript' not in page
    assert "Authority of Examples" in page


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_terms_privacy_periods_erasure_and_accessibility_are_told_as_page_and_as_json(world: World, lang: str) -> None:
    with pages(world) as http:
        page = http.get("/legal", params={"lang": lang}).text
        answer = http.get("/legal", params={"lang": lang}, headers=AS_JSON).json()
    sections = {one["name"]: one for one in answer["sections"]}
    assert list(sections) == ["data", "privacy", "periods", "erasure", "accessibility"]
    for one in sections.values():
        assert f'id="{one["name"]}"' in page
        assert one["points"]
    assert answer["contact"] is None


def test_every_page_leads_to_the_terms(world: World) -> None:
    with pages(world) as http:
        assert all('href="/legal"' in http.get(path).text for path in ("/", "/limits", "/explore", "/none"))
