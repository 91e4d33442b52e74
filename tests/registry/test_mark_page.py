"""A mark's page tells its history, its place in the log and what it equals abroad, to people and to programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.registry.conftest import HOST
from tests.registry.page_reading import AS_JSON, pages

if TYPE_CHECKING:
    from tests.registry.conftest import Issued, Office


def data_of(page: str) -> dict[str, Any]:
    """Return the JSON-LD of a page."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_history_tells_every_entry_and_leads_to_its_proof(office: Office) -> None:
    world, signers = office
    mark = world.issue(signers)
    with pages(world) as http:
        before = http.get(f"/m/{mark}").text
        world.desk.suspend_mark(mark, reason="report_missing", lift_by=world.clock() + 86_400)
        world.settle()
        page = http.get(f"/m/{mark}").text
        index = http.get(f"/m/{mark}.json").json()["index"]
        proof = http.get(f"/explore/{index}")
    assert "Issued and registered" in before
    assert "Suspended" not in before.partition('id="history"')[2].partition("</section>")[0]
    for words in ("Reason code: report_missing", "Withdraws itself unless lifted by", f'href="/explore/{index}"'):
        assert words in page
    assert proof.status_code == 200


def test_programs_are_told_what_people_are_told(issued: Issued) -> None:
    with pages(issued.world) as http:
        page = http.get(f"/m/{issued.mark}").text
    data = data_of(page)
    assert (data["@type"], data["certificationStatus"]) == ("Certification", "https://schema.org/CertificationActive")
    assert data["about"]["legalName"] == "株式会社見本精機"
    assert data["url"] == f"https://{HOST}/m/{issued.mark}"
    for name in ("og:title", "og:description", "og:url", "og:image"):
        assert f'<meta property="{name}" content="' in page


def test_a_mark_that_does_not_stand_is_not_active_to_programs_either(office: Office) -> None:
    world, signers = office
    mark = world.issue(signers)
    world.desk.suspend_mark(mark, reason="report_missing", lift_by=world.clock() + 86_400)
    world.settle()
    with pages(world) as http:
        page = http.get(f"/m/{mark}").text
    assert data_of(page)["certificationStatus"].endswith("CertificationInactive")
    assert "og:image" not in page


def test_what_is_pasted_tells_programs_nothing(issued: Issued) -> None:
    with pages(issued.world) as http:
        token = http.get(f"/m/{issued.mark}.jwt").text
        page = http.get("/check", params={"q": token}).text
    assert "ld+json" not in page
    assert "og:title" not in page


def test_a_misuse_is_reported_from_the_page_with_its_address_filled_in(issued: Issued) -> None:
    with pages(issued.world) as http:
        page = http.get(f"/m/{issued.mark}").text
        (link,) = re.findall(r'href="(/report\?about=[^"]+)"', page)
        form = http.get(link.replace("&amp;", "&"))
    assert form.status_code == 200


def test_the_guide_leads_a_supplier_to_criteria_and_bodies(issued: Issued) -> None:
    with pages(issued.world) as http:
        page = http.get("/start", params={"lang": "ja"}).text
        answer = http.get("/start", headers=AS_JSON).json()
        addresses = set(re.findall(r'href="(/s/[^"]+)"', page))
        assert all(http.get(one).status_code == 200 for one in addresses)
    for words in (
        'href="/bodies"',
        "自己宣言",
        "取得・登録",
        "shirushi readiness workbook.xlsx",
        "いま評価を行える機関は 1",
    ):
        assert words in page
    assert {"/s/jp.meti.scs/2026-03-27", "/s/jp.ipa.security-action/2026-04"} <= addresses
    assert {one["scheme"] for one in answer["schemes"]} == {"jp.meti.scs", "jp.ipa.security-action"}
