"""What people and programs see of agreements and recognised certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from registry.reading.mark_surroundings import surroundings_of
from registry.reading.reader import create_reader
from registry.scenario import cast
from registry.web.in_process import InProcessTransport
from tests.treaty.conftest import LABEL
from verifier.edge.page.pages import PageRenderer
from verifier.verdict import Headline, Shown, Verdict

if TYPE_CHECKING:
    from tests.treaty.conftest import Border

pytestmark = pytest.mark.system


def verdict_on(tier: int) -> Verdict:
    """Return a verdict on a mark of a tier, as far as what stands around it is asked for."""
    shown = Shown(
        id="0" * 26,
        issuer=f"https://{cast.HOST}/e/1",
        holder="",
        holder_latin=None,
        identifiers=(),
        scheme="jp.meti.scs",
        tier=tier,
        number=None,
        criteria=None,
        basis=None,
        scope_kind="company",
        scope_summary=None,
        covered=(),
        domains=(),
        ot=None,
        nbf=0,
        exp=1,
    )
    return Verdict(Headline.VALID, (), 0, mark=shown)


def client(border: Border) -> httpx.Client:
    root = border.world.ceremony.root
    render = PageRenderer(environment="demonstration", zone=cast.ZONE, now=border.world.clock)
    app = create_reader(border.world.public, trust_root=root, now=border.world.clock, render=render)
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    return httpx.Client(transport=InProcessTransport({"pages": app}), base_url="http://pages", headers=headers)


def get(border: Border, path: str, **params: str) -> httpx.Response:
    return client(border).get(path, params=params)


def test_a_recognised_certificate_has_a_page_that_says_it_is_no_issued_mark(border: Border) -> None:
    border.in_force()
    path = border.record().uri.partition(cast.HOST)[2]
    page = get(border, path)
    assert page.status_code == 200
    for words in ("Recognised as equivalent", "equivalent, not issued", f'href="/a/{LABEL}"', f"{path}/qr.svg"):
        assert words in page.text
    answer = client(border).get(f"{path}.json").json()
    assert (answer["state"], answer["basis"], answer["tier"]) == ("recognised", "recognition", "jp.meti.scs/3")
    assert get(border, f"{path}/qr.png").content.startswith(b"\x89PNG")


def test_the_page_follows_the_agreement_without_a_new_entry_about_the_certificate(border: Border) -> None:
    border.in_force()
    recorded = border.record()
    path = recorded.uri.partition(cast.HOST)[2]
    border.suspend(reason="integrity")
    border.tick(2)
    answer = client(border).get(f"{path}.json").json()
    assert (answer["state"], answer["because"], answer["entry"]) == ("stopped", "agreement", recorded.admitted.index)
    assert "No longer recognised" in get(border, path).text
    assert "qr.svg" not in get(border, path).text


def test_equivalents_of_a_mark_are_the_levels_of_agreements_in_force(border: Border) -> None:
    border.in_force()
    shown = [
        surroundings_of(border.plane, border.world.ceremony.root, verdict_on(tier), now=border.world.clock())
        for tier in (3, 4)
    ]
    assert [one["level"]["en"] for one in shown[0]["equivalents"]] == ["Reviewed", "Tested"]
    assert shown[1]["equivalents"] == []
    border.suspend(days=90)
    border.tick(2)
    stopped = surroundings_of(border.plane, border.world.ceremony.root, verdict_on(3), now=border.world.clock())
    assert stopped["equivalents"] == []


def test_the_corridor_page_shows_any_past_day(border: Border) -> None:
    border.in_force()
    assert "In force" in get(border, "/a").text
    before = get(border, "/a", as_of="2026-11-01")
    assert "Announced for comment" in before.text
    assert 'value="2026-11-01"' in before.text
    tomorrow = client(border).get("/a", params={"as_of": "2030-01-01"})
    assert tomorrow.status_code == 400


def test_the_slider_steps_through_every_change_without_scripts(border: Border) -> None:
    border.in_force()
    border.suspend(days=90)
    border.tick(2)
    pages = [get(border, "/a", step=str(step), lang="en").text for step in range(3)]
    for page, state in zip(pages, ("Announced for comment", "In force", "Suspended"), strict=True):
        (row,) = [one for one in page.split("<tr>") if f'href="/a/{LABEL}"' in one and "Reviewed" in one]
        assert state in row
    for step, page in enumerate(pages):
        assert f'type="range" min="0" max="2" value="{step}"' in page
        assert page.count('aria-current="true"') == 2  # the language and the step
    assert get(border, "/a", step="3").status_code == get(border, "/a", step="x").status_code == 400


def test_the_corridor_shows_which_home_tiers_a_foreign_level_counts_as(border: Border) -> None:
    border.in_force()
    page = get(border, "/a")
    answer = client(border).get("/a", headers={"Accept": "application/json"}).json()
    (level,) = [one for one in answer["agreements"][0]["levels"] if one["id"] == "reviewed"]
    (row,) = [one for one in page.text.split("<tr>") if "Reviewed" in one]
    assert level["tier"] == 3
    assert [one["status"] for one in answer["changes"]] == ["in_force"]
    assert all(f'<th scope="col">{column}</th>' in page.text for column in ("★3", "★4"))
    assert row.index("counts up to this") < row.index("–")
    assert "form-action 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_agreements_page_has_both_languages_and_its_whole_text(border: Border, lang: str) -> None:
    border.in_force()
    border.suspend(days=90)
    border.tick(2)
    page = get(border, f"/a/{LABEL}", lang=lang)
    words = {"ja": ("停止しています", "専門家確認"), "en": ("Suspended", "Reviewed")}[lang]
    assert all(one in page.text for one in (*words, f"/documents/{border.treaty.sha256}.json", "9001"))


@pytest.mark.parametrize("path", ["/a/none", "/r/0123456789abcdefghjkmnpqrs", "/a/%20", "/r/x"])
def test_what_is_not_there_is_told_in_words(border: Border, path: str) -> None:
    border.in_force()
    page = get(border, path)
    assert page.status_code in (400, 404)
    assert "Traceback" not in page.text
