"""The pages of bodies and schemes say what trust list and log say, and show no text that the log does not pin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.registry.conftest import SCHEME
from tests.registry.page_reading import AS_JSON, pages
from verifier.edge.packs import load_pack
from verifier.encoding import read_object

if TYPE_CHECKING:
    from tests.registry.conftest import Issued, Office, World

VERSION = f"/s/{SCHEME}/2026-03-27"


def test_all_bodies_are_listed_with_role_scope_term_and_state(issued: Issued) -> None:
    with pages(issued.world) as http:
        page = http.get("/bodies").text
        answer = http.get("/bodies", headers=AS_JSON).json()
    assert [(one["no"], one["role"], one["standing"]) for one in answer["bodies"]] == [(7, "evaluation", "active")]
    for words in ('href="/e/7"', "Evaluation body", "Supply Chain Security (SCS) evaluation system ★3", "In force"):
        assert words in page
    assert "jwk" not in str(answer)


def test_a_suspended_body_and_one_whose_term_is_over_do_not_stand_as_accredited(office: Office) -> None:
    world, _ = office
    with pages(world) as http:
        world.clock.now += 400 * 86_400
        assert http.get("/bodies", headers=AS_JSON).json()["bodies"][0]["standing"] == "lapsed"
        assert "The next update of this list is overdue" in http.get("/bodies").text
        world.clock.now -= 400 * 86_400
        world.desk.suspend_body(7, reason="administrative")
        world.settle()
        assert http.get("/bodies", headers=AS_JSON).json()["bodies"][0]["standing"] == "suspended"
        assert "Suspended" in http.get("/bodies").text


def test_before_the_first_directory_there_is_no_list_and_the_page_says_so(world: World) -> None:
    with pages(world) as http:
        assert http.get("/bodies").status_code == 404


def test_a_version_that_the_log_pins_is_shown_with_its_tiers_days_and_items(world: World) -> None:
    pack = load_pack(SCHEME, "2026-03-27")
    world.desk.publish_scheme(pack.statement_public())
    world.settle()
    with pages(world) as http:
        page = http.get(VERSION).text
        answer = http.get(VERSION, headers=AS_JSON).json()
        listed = http.get("/schemes").text
        history = http.get(f"{VERSION}.json").json()
    assert (answer["standing"], answer["sha256"], answer["phase"]) == ("published", pack.digest, "open")
    assert len(answer["criteria"]) == 81
    assert history["entry"] == answer["published"]["entry"]
    for words in (
        "Pinned in the record",
        "1-2-1-1",
        "Officer and unit duties set",
        "26 requirements",
        "★★★★",
        "36 months",
    ):
        assert words in page
    assert "Of the 153 criteria" in page
    assert f'href="{VERSION}"' in listed
    assert "Not in the record" in listed


def test_texts_that_the_log_does_not_pin_are_not_shown(issued: Issued) -> None:
    # The registry of this test pins another digest than that of the shipped pack.
    with pages(issued.world) as http:
        page = http.get(VERSION).text
        answer = http.get(VERSION, headers=AS_JSON).json()
    assert (answer["standing"], answer["pack"], answer["criteria"]) == ("differs", None, [])
    assert "Differs from what is at hand" in page
    assert "1-2-1-1" not in page
    assert 'href="/e/7"' in page


def test_a_version_that_is_not_in_the_log_says_that_no_mark_can_be_issued_under_it(issued: Issued) -> None:
    with pages(issued.world) as http:
        page = http.get("/s/jp.ipa.jc-star/2024R1", params={"lang": "ja"}).text
    assert "記録にありません" in page
    assert "IoT製品" in page


def test_an_older_version_of_the_page_is_the_history(issued: Issued) -> None:
    with pages(issued.world) as http:
        answer = http.get(VERSION, params={"known_at": "4"})
    assert answer.headers["content-type"] == "application/json"
    assert read_object(answer.content)["known_size"] == 4


@pytest.mark.parametrize(("path", "status"), [("/s/none/1", 404), ("/s/UPPER/1", 400), ("/s/x/%20", 400)])
def test_what_is_no_version_is_told_in_words(issued: Issued, path: str, status: int) -> None:
    with pages(issued.world) as http:
        page = http.get(path)
    assert page.status_code == status
    assert "<h1" in page.text
