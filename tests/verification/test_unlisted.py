"""A company that is found by its number only: issued at a desk, logged, and searched for by all that is known of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from issuer.correct import Correction, correct
from issuer.intake import Application, read_holder, read_scope
from registry.scenario import cast
from registry.scenario.one_process import one_process
from registry.scenario.story import Story
from registry.verification.service import create_verification
from registry.web.in_process import InProcessTransport
from tests.awarding import award
from tests.registry.page_reading import AS_PAGE
from tests.verification.test_checks import CHECKS, POLICY, ROOT
from tests.verification.test_search import SEARCHES
from tests.verification.test_search_page import PAGE
from tests.waiting import wait_until
from verifier.identifier import parse_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from issuer.desk import Desk
    from registry.scenario.one_process import OneProcess
    from registry.verification.service import Verification

NAME, LATIN = "株式会社ヒカエ見本", "Hikae Sample KK"
NUMBER = cast.invented(77, NAME, LATIN).identifier


@dataclass
class Unlisted:
    """The registry, the desk, the service over it, and the mark of an unlisted company."""

    world: OneProcess
    desk: Desk
    made: Verification
    http: httpx.Client
    mark: str

    def find(self, **asked: Any) -> list[dict[str, Any]]:
        """Return what a search finds."""
        answer = self.http.post(SEARCHES, json={"limit": 100, **asked})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def marks(self, **asked: Any) -> list[str]:
        """Return the marks that a search finds."""
        return [one["mark"] for one in self.find(**asked)]

    def page(self, lang: str, **fields: str) -> str:
        """Return the page of a search that is typed."""
        answer = self.http.post(PAGE, data={"lang": lang, **fields}, headers=AS_PAGE)
        assert answer.status_code == 200
        return answer.text

    def correct(self, *, unlisted: bool) -> None:
        """Have the desk correct the mark's listing, and the index follow."""
        correct(self.desk, self.mark, Correction(unlisted=unlisted))
        self.world.pass_time(120)
        self.world.pass_time(1)
        assert self.made.index.refresh()


def award_unlisted(world: OneProcess, desk: Desk, marks: Path) -> str:
    """Play the case of an unlisted company, and return its mark."""
    holder = read_holder(name=NAME, name_latin=LATIN, identifiers=[NUMBER], unlisted=True)
    application = Application(cast.SCHEME, cast.VERSION, 3, holder, read_scope(kind="company", summary="全社"))
    return award(world, desk, application, marks, officer="役員").mark_id


@pytest.fixture(scope="module")
def unlisted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unlisted]:
    folder = tmp_path_factory.mktemp("unlisted")
    with one_process(folder, seed="unlisted", start=1_793_577_600) as world:
        desk = Story(world.stage, tell=lambda heading, detail: None).prepare()
        mark = award_unlisted(world, desk, folder / "marks")
        keys = world.ceremony.keys
        made = create_verification(
            world.public, folder / "verification", trust_root=world.ceremony.root, now=world.clock, signer=keys.receipt
        )
        made.jobs.start()
        made.index.refresh()
        with httpx.Client(transport=InProcessTransport({"verification": made.served})) as http:
            yield Unlisted(world, desk, made, http, mark)
        made.jobs.stop()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"name": NAME},
        {"name": "ヒカエ"},
        {"name": "hikae"},
        {"name": LATIN},
        {"scheme": cast.SCHEME, "tier": 3},
        {"least_tier": 1, "state": "active"},
        {"body": cast.BODY_NO},
        {"valid_on": "2026-12-01"},
        {"name": NAME, "identifier": NUMBER},
    ],
)
def test_nothing_but_the_number_alone_finds_an_unlisted_holder(unlisted: Unlisted, asked: dict[str, Any]) -> None:
    assert unlisted.mark not in unlisted.marks(**asked)
    for accept in ("application/json", "text/csv"):
        exported = unlisted.http.post(f"{SEARCHES}/export", json=asked, headers={"Accept": accept})
        assert exported.status_code == 200
        for told in (unlisted.mark, NUMBER, NAME, LATIN):
            assert told not in exported.content.decode("utf-8-sig")


def test_the_number_of_its_mark_does_not_tell_it_off_a_row_of_numbers(unlisted: Unlisted) -> None:
    (found,) = unlisted.find(identifier=NUMBER)
    assert unlisted.marks(number=found["number"]) == []
    assert unlisted.marks(number=found["number"], identifier=NUMBER) == [unlisted.mark]


@pytest.mark.parametrize(
    "typed", [NUMBER, NUMBER.partition("-")[2], f"T{NUMBER.partition('-')[2]}"], ids=["icd", "bare", "T"]
)
def test_its_number_finds_it_with_its_name(unlisted: Unlisted, typed: str) -> None:
    (found,) = unlisted.find(identifier=typed)
    assert (found["mark"], found["holder"], found["holder_latin"]) == (unlisted.mark, NAME, LATIN)
    assert found["identifier"] == str(parse_identifier(typed))


@pytest.mark.parametrize(
    ("lang", "none", "hint"),
    [
        ("ja", "番号でだけ見つかる保有者もいます", "番号が完全に一致したときだけ見つかります"),
        ("en", "Some holders are found by their exact number only", "are found by their exact number only"),
    ],
)
def test_the_page_finds_it_by_number_only_and_says_so(unlisted: Unlisted, lang: str, none: str, hint: str) -> None:
    by_name, by_number = unlisted.page(lang, name="ヒカエ"), unlisted.page(lang, identifier=NUMBER)
    assert none in by_name
    assert hint in by_name
    assert unlisted.mark not in by_name
    assert f'href="/m/{unlisted.mark}"' in by_number
    assert NAME in by_number


def test_a_look_up_by_number_and_the_organisations_page_tell_of_it_as_of_any(unlisted: Unlisted) -> None:
    answer = unlisted.http.post("http://verification/verification/v1/lookups", json={"identifier": NUMBER}).json()
    assert unlisted.mark in str(answer)
    page = unlisted.world.stage.http.get(f"http://read/o/{NUMBER}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert unlisted.mark in page.text


def test_a_list_is_answered_by_number_and_names_no_candidate(unlisted: Unlisted) -> None:
    suppliers = [{"identifier": NUMBER}, {"name": NAME}, {"name": "ヒカエ見本"}]
    sent = unlisted.http.post(CHECKS, json={"suppliers": suppliers, "policy": POLICY})
    assert sent.status_code == 202, sent.text
    place = ROOT + sent.headers["location"]
    wait_until(lambda: unlisted.http.get(place).json()["state"] in ("done", "failed"))
    rows = [json.loads(line) for line in unlisted.http.get(f"{place}/rows").text.splitlines()]
    assert [row["verdict"] for row in rows] == ["meets", "candidates", "candidates"]
    assert rows[0]["mark"] == unlisted.mark
    assert [row["reason"] for row in rows[1:]] == ["no_candidate"] * 2
    assert not any("candidates" in row for row in rows)


def test_a_correction_lists_it_and_takes_it_off_again_with_the_next_directory(unlisted: Unlisted) -> None:
    unlisted.correct(unlisted=False)
    assert unlisted.marks(name="hikae") == [unlisted.mark]
    assert unlisted.mark in unlisted.marks(tier=3)
    assert (NUMBER, NAME) in unlisted.made.index.names()
    unlisted.correct(unlisted=True)
    assert unlisted.marks(name="hikae") == []
    assert NAME not in dict(unlisted.made.index.names()).values()
    assert unlisted.marks(identifier=NUMBER) == [unlisted.mark]
