"""Registers, addresses and reminders as pages, and a slip that two people mend with two keys."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from issuer import assigning
from issuer.console.plan import evaluator_plan
from issuer.console.reminder_pages import planned
from registry.scenario import cast
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from tests.evaluator.desk_on_loopback import unlocking
from tests.evaluator.test_desk_work import issued, state_of, took
from tests.waiting import wait_until
from verifier.gather import gather
from verifier.mark import parse_mark

if TYPE_CHECKING:
    from pathlib import Path

    from tests.evaluator.desk_on_loopback import DeskOnLoopback
    from verifier.mark import Holder

pytestmark = pytest.mark.system
H = cast.PLACES["assessor"].holder
COMPETENCE = {"holder": H, "part": "assessor", "tier": f"{cast.SCHEME}/{cast.VERSION}/3", "until": "2039-03-31"}
INTEREST = {"party": H, "organisation": cast.SUPPLIER_3.identifier, "relation": "consulting", "from": "2026-01-01"}
CONTACT = {"identifier": cast.SUPPLIER_3.identifier, "addresses": "security@supplier.example", "lang": "en"}


def name_of(house: DeskOnLoopback, mark: str) -> str:
    """Return the name in the mark that the registry publishes."""
    return holder_of(house, mark).name


def holder_of(house: DeskOnLoopback, mark: str) -> Holder:
    """Return the holder in the mark that the registry publishes."""
    token = gather(house.desk().registry.fetcher, mark).mark
    assert token is not None
    return parse_mark(token).content.org


def test_the_registers_and_the_addresses_are_kept_as_the_commands_keep_them(house: DeskOnLoopback) -> None:
    desk = house.visitor("見本 受付", "desk")
    assert "keeps no register" in desk.get("/registers?lang=en").text
    assert desk.send("/registers/competence", {**COMPETENCE, "tier": "jp.meti.scs/2026-03-27/x"}).status_code == 400
    assert desk.send("/registers/competence", {**COMPETENCE, "until": "2020-01-01"}).status_code == 422
    assert assigning.competences(house.desk()) == ()
    took(desk.send("/registers/competence", COMPETENCE))
    took(desk.send("/registers/interest", INTEREST))
    page = desk.get("/registers?lang=en").text
    assert "keeps no register" not in page
    assert page.count(H) >= 4
    took(desk.send("/registers/competence/end", {"no": "1"}))
    took(desk.send("/registers/interest/end", {"no": "1", "on": "2026-03-01"}))
    assert desk.send("/registers/interest/end", {"no": "7"}).status_code == 404
    (competence,), (interest,) = assigning.competences(house.desk()), assigning.interests(house.desk())
    assert competence.ends <= time.time()
    assert interest.ends is not None
    refused = desk.send("/reminders/contact", {**CONTACT, "addresses": "a@b.example\nb@b.example\nc@b.example"})
    assert refused.status_code == 400
    assert "c@b.example" in refused.text
    took(desk.send("/reminders/contact", CONTACT))
    assert CONTACT["addresses"] in desk.get("/reminders").text
    took(desk.send("/reminders/contact/remove", {"identifier": CONTACT["identifier"]}))
    assert CONTACT["addresses"] not in desk.get("/reminders").text


@pytest.mark.prove
def test_a_slip_in_the_name_is_mended_by_both_keys_and_the_qr_is_drawn_anew(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    form, right = f"/marks/{mark}/correct", "株式会社 見本製作所"
    assert assessor.send(form, {"name": right}).status_code == 403
    assert decider.send(form, {"name": right, "domains": "no domain"}).status_code in (400, 422)
    assert decider.send(form, unlocking("decider", name=name_of(house, mark))).status_code == 422
    proposal = took(decider.send(form, unlocking("decider", name=right)))
    assert decider.send(f"{proposal}/approve").status_code == 403
    assert right in assessor.get(proposal).text
    took(assessor.send("/account/lock"))
    assert assessor.send(f"{proposal}/approve").status_code == 403
    took(assessor.send(f"{proposal}/approve", unlocking("assessor")))
    _published(house, mark, right)
    assert state_of(house, mark) == "active"
    assert decider.get("/cases/C-000001/artwork/mono.png").content.startswith(b"\x89PNG")


@pytest.mark.prove
def test_a_holder_is_taken_off_the_lists_by_both_keys_and_its_name_stays(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    name = name_of(house, mark)
    said = {"name": name, "name_latin": "", "domains": "", "unlisted": "yes"}
    proposal = took(decider.send(f"/marks/{mark}/correct", unlocking("decider", **said)))
    for lang, words in (("ja", ("名前でも番号でも見つかる", "番号だけで見つかる")), ("en", ("by name and number",))):
        shown = assessor.get(f"{proposal}?lang={lang}").text
        assert all(one in shown for one in words)
    took(assessor.send(f"{proposal}/approve", unlocking("assessor")))
    wait_until(lambda: holder_of(house, mark).unlisted is True)
    assert name_of(house, mark) == name
    page = decider.get(f"/marks/{mark}/correct").text
    assert re.search(r'name="unlisted"[^>]* checked', page)


@pytest.mark.prove
def test_a_correction_needs_the_deciders_key_to_be_open_still(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    before = name_of(house, mark)
    proposal = took(decider.send(f"/marks/{mark}/correct", unlocking("decider", name="株式会社 見本製作所")))
    took(decider.send("/account/lock"))
    refused = assessor.send(f"{proposal}/approve", unlocking("assessor"))
    assert refused.status_code == 422
    assert "the decider&#39;s key is closed again" in refused.text
    assert name_of(house, mark) == before


def _published(house: DeskOnLoopback, mark: str, name: str) -> None:
    wait_until(lambda: name_of(house, mark) == name)


@pytest.mark.prove
def test_the_letters_of_the_page_are_those_that_the_command_would_send(house: DeskOnLoopback, tmp_path: Path) -> None:
    mark = issued(house, house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider"))
    token = gather(house.desk().registry.fetcher, mark).mark
    assert token is not None
    soon = parse_mark(token).exp - 20 * 86_400
    later = replace(house.door, clock=lambda: soon)
    console = open_console(evaluator_plan(later, house.works), tmp_path, port=free_port())
    desk = Visitor(console, add_person(console, "見本 受付", "desk"))
    assert planned(later).unreachable  # type: ignore[union-attr]  # the registry is there
    took(desk.send("/reminders/contact", CONTACT))
    (due,) = planned(later).due  # type: ignore[union-attr]  # as above
    page = unescape(desk.get("/reminders?lang=en").text)
    assert "30 days before the last day" in page
    assert due.letter.subject in page
    assert due.letter.body.strip() in page
