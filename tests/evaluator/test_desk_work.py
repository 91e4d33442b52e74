"""Longer work through the pages: a batch, what takes two persons, an issuance that stops and goes on, a renewal."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from issuer.batch.receipt import read_receipt
from issuer.batch.rows import write_sheet
from registry.scenario import cast
from tests.evaluator.desk_on_loopback import unlocking
from tests.evaluator.test_desk_rules import APPLICATION
from tests.waiting import wait_until
from verifier.names import mark_uri

if TYPE_CHECKING:
    from tests.console.enrolled import Visitor
    from tests.evaluator.desk_on_loopback import DeskOnLoopback

pytestmark = [pytest.mark.system, pytest.mark.prove]


def the_file(name: str, data: bytes) -> dict[str, Any]:
    return {"files": {"sheet": (name, data)}}


def took(answer: Any) -> str:
    """Return where a deed leads that was done."""
    told = re.findall(r'class="mistake[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    assert answer.status_code == 303, told or answer.text
    place: str = answer.headers["location"]
    return place


def in_days(days: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86_400))


def state_of(house: DeskOnLoopback, mark: str) -> str | None:
    return house.desk().registry.state_of(mark_uri(cast.HOST, mark))


def granted(house: DeskOnLoopback, assessor: Visitor, decider: Visitor, **fields: str) -> str:
    """Take a case through the pages up to its decision, and return its path."""
    case = took(assessor.send("/cases/new", unlocking("desk", **{**APPLICATION, "act": "open", **fields})))
    took(assessor.send(f"{case}/answers", **the_file("answers.xlsx", house.sheet())))
    took(assessor.send(f"{case}/confirm", {"kind": "body_holder", "by": cast.PLACES["assessor"].holder}))
    took(assessor.send(f"{case}/oath", {"officer": "代表取締役"}))
    time.sleep(1.1)
    took(assessor.send(f"{case}/attest", unlocking("assessor")))
    took(decider.send(f"{case}/decide", unlocking("decider", outcome="granted")))
    return case


def issued(house: DeskOnLoopback, assessor: Visitor, decider: Visitor, **fields: str) -> str:
    """Issue a mark through the pages and return its id."""
    case = granted(house, assessor, decider, **fields)
    took(decider.send(f"{case}/issue"))
    case_id = case.rpartition("/")[2]
    house.until_over(f"issue {case_id}")
    reservation = house.desk().case(case_id).reservation
    assert reservation is not None
    return reservation.mark


def test_a_batch_of_thirty_is_looked_through_tried_issued_and_receipted(house: DeskOnLoopback) -> None:
    rows = house.grant(30)
    decider = house.visitor("見本 決定", "decider")
    faulty = write_sheet([(rows[0][0], rows[1][1], 3), *rows[1:]], form="csv")
    answer = decider.send("/batch", **the_file("batch.csv", faulty))
    assert answer.status_code == 200
    assert "row 2, column B" in answer.text
    assert "row 2, column C" in answer.text
    assert not (house.folder / "batches").exists()
    sheet = decider.get("/batch/sheet.csv").content
    place = took(decider.send("/batch", **the_file("batch.csv", sheet)))
    name = f"batch {place.rpartition('/')[2]}"
    assert decider.get(place).text.count("/cases/C-0000") == 30
    took(decider.send(f"{place}/rehearse"))
    house.until_over(name, seconds=120)
    assert not (house.folder / "packages").exists()
    assert decider.send(f"{place}/run").status_code == 403
    took(decider.send(f"{place}/run", unlocking("decider")))
    house.until_over(name, seconds=300)
    receipt = read_receipt(decider.get("/batch/receipts/B-000001.json").content)
    assert len(receipt.rows) == 30
    assert {one.mark for one in receipt.rows} == {one.name for one in (house.folder / "packages").iterdir()}
    assert f"{place}/run" not in decider.get(place).text


def test_a_suspension_takes_a_proposal_and_lifting_and_withdrawing_take_two_keys(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    page = f"/marks/{mark}"
    too_late = assessor.send(f"{page}/suspend", {"reason": "nonconformity", "lift_by": in_days(300)})
    assert too_late.status_code == 422
    proposal = took(assessor.send(f"{page}/suspend", {"reason": "nonconformity", "lift_by": in_days(60)}))
    assert assessor.send(f"{proposal}/approve").status_code == 403
    assert state_of(house, mark) == "active"
    took(decider.send(f"{proposal}/approve", unlocking("decider")))
    assert state_of(house, mark) == "suspended"
    asked = took(decider.send(f"{page}/two", {"what": "reinstate"}))
    assert decider.send(f"{asked}/approve").status_code == 403
    took(assessor.send(f"{asked}/approve", unlocking("assessor")))
    assert state_of(house, mark) == "suspended"
    said = f"/proposals/{int(asked.rpartition('/')[2]) + 1}"
    assert assessor.send(f"{said}/approve").status_code == 403
    took(decider.send(f"{said}/approve", unlocking("decider")))
    assert state_of(house, mark) == "active"
    withdrawal = took(assessor.send(f"{page}/two", unlocking("assessor", what="withdraw", reason="cause")))
    took(decider.send(f"{withdrawal}/approve", unlocking("decider")))
    assert state_of(house, mark) == "withdrawn"
    assert "withdrawn" in decider.get(f"{page}?lang=en").text


def test_an_issuance_that_was_stopped_goes_on_with_the_same_signed_bytes(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    case = granted(house, assessor, decider)
    case_id = case.rpartition("/")[2]
    house.publishes = False
    took(decider.send(f"{case}/issue"))
    wait_until(lambda: (begun := house.desk().issuance(case_id)) is not None and begun.admitted is not None)
    assert decider.send(f"{case}/issue").status_code == 409
    took(decider.send(f"{case}/issue/stop"))
    house.works.close()
    signed = house.desk().issuance(case_id)
    assert signed is not None
    assert signed.finished_at is None
    house.publishes = True
    took(decider.send(f"{case}/issue", unlocking("decider")))
    house.until_over(f"issue {case_id}")
    finished = house.desk().issuance(case_id)
    assert finished is not None
    assert (finished.signed, finished.admitted) == (signed.signed, signed.admitted)
    assert finished.finished_at is not None


def test_a_renewal_takes_over_the_application_and_the_answers_and_no_approval(house: DeskOnLoopback) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    form = assessor.get(f"/cases/new?after={mark}").text
    assert cast.SUPPLIER_3.name in form
    assert cast.SUPPLIER_3.identifier in form
    case = took(assessor.send("/cases/new", unlocking("desk", **APPLICATION, act="open", after=mark)))
    assert "C-000001" in assessor.get(f"{case}/answers").text
    took(assessor.send(f"{case}/carry", {"earlier": "C-000001"}))
    old, new = house.desk().case("C-000001"), house.desk().case(case.rpartition("/")[2])
    assert new.answers == old.answers
    assert new.confirmation is None
    assert mark in decider.get("/marks").text


@pytest.mark.parametrize(("lang", "says"), [("ja", "番号だけで見つかる"), ("en", "found by its number only")])
def test_an_unlisted_holder_is_shown_as_one_and_is_one_in_a_renewal(
    house: DeskOnLoopback, lang: str, says: str
) -> None:
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    assert not re.search(r'name="unlisted"[^>]* checked', assessor.get("/cases/new").text)
    mark = issued(house, assessor, decider, unlisted="yes")
    for path in ("/cases/C-000001", f"/marks/{mark}"):
        assert says in decider.get(f"{path}?lang={lang}").text, path
    form = assessor.get(f"/cases/new?after={mark}").text
    assert re.search(r'name="unlisted"[^>]* checked', form)
    refused = assessor.send("/cases/new", {**APPLICATION, "identifiers": "", "person": "yes", "unlisted": "yes"})
    assert refused.status_code == 400
    assert re.search(r'name="unlisted"[^>]* checked', refused.text)


def test_an_answer_that_does_not_apply_is_approved_and_an_exclusion_accepted_before_anybody_signs(
    house: DeskOnLoopback,
) -> None:
    assessor, desk = house.visitor("見本 評価", "assessor"), house.visitor("見本 受付", "desk")
    case = took(desk.send("/cases/new", unlocking("desk", **APPLICATION, act="open")))
    template = desk.get(f"{case}/sheet.csv").content.decode("utf-8-sig").replace(",unanswered,", ",met,")
    item = next(line for line in template.splitlines() if ",met," in line)
    sheet = template.replace(item, item.replace(",met,", ",not_applicable,単独で動作"))
    took(assessor.send(f"{case}/answers", **the_file("answers.csv", sheet.encode())))
    took(desk.send(f"{case}/exclude", {"kind": "device", "what": "旧型測定器", "because": "接続しない"}))
    page = assessor.get(f"{case}?lang=en").text
    assert "/attest" not in page
    assert "exclusions whose reasons nobody has accepted: 1" in page
    assert desk.send(f"{case}/accept-exclusion", {"no": "1"}).status_code == 403
    seen = re.search(r'name="seen" value="([^"]+)"', assessor.get(f"{case}/handling").text)
    assert seen is not None
    took(assessor.send(f"{case}/accept-exclusion", {"no": "1", "seen": seen[1]}))
    took(assessor.send(f"{case}/approve", {"item": [item.partition(",")[0]]}))
    page = assessor.get(f"{case}?lang=en").text
    assert "accepted: 1" not in page
    assert "no security expert has confirmed" in page
    assert took(desk.send(f"{case}/withdraw", {"reason": "取下げ"})) == case
