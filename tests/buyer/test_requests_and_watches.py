"""Requests, watched lists, receipts and the copy on a buyer's desk."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from registry.scenario.simulated_plane import published
from tests.buyer.conftest import Pages
from tests.buyer.test_lists import checked
from tests.check.suppliers import number
from tests.directory.test_copying import Plane
from tests.waiting import wait_until
from verifier.check.receipt import parse_receipt
from verifier.directory.copying import DirectoryCopy
from verifier.edge.buyer.portal_client import check_portal, open_portal
from verifier.edge.directory_store import FolderStore
from verifier.errors import NotFoundError, UnavailableError, WrongUseError
from verifier.level_request import LevelAnswer, parse_request
from verifier.schema import read_model

if TYPE_CHECKING:
    import httpx

    from tests.console.enrolled import Visitor


def asked(pages: Pages, visitor: Visitor, holder: str, **changes: object) -> httpx.Response:
    form = {
        "client_name": "見本電機株式会社",
        "client_identifier": pages.buyer.registry.holders["good"][0],
        "supplier_name": "見本部品株式会社",
        "supplier_identifier": f"0188-{number(holder)}",
        "tier": "jp.meti.scs/4",
        "reasons": ["confidential"],
        "need": "図面を預け、部品の加工をお願いしています。",
        "by": "2027-03-31",
        "cost_contact": "購買部 purchasing@example.jp",
    }
    return visitor.send("/requests", {**form, **changes})


def test_a_request_is_written_answered_and_held_against_what_the_supplier_has(pages: Pages) -> None:
    clerk, holders = pages.visitor("clerk"), pages.buyer.registry.holders
    page = asked(pages, clerk, holders["good"][1]).headers["location"]
    shown = clerk.get(page, params={"lang": "en"}).text
    assert "does not meet what you ask" in shown
    assert "No answer so far." in shown
    assert "4-1-1" in shown
    request = parse_request(clerk.get(f"{page}/request.json").content)
    assert "見本部品株式会社" in clerk.get(f"{page}/letter.txt").text
    answer = read_model(
        LevelAnswer,
        {"v": 1, "request_sha256": request.sha256, "made": "2026-12-01", "answer": "proposes_date", "by": "2027-06-30"},
        what="answer",
    )
    sent = clerk.send("/requests/answers", files={"answer": ("answer.json", answer.serialize())})
    assert sent.headers["location"] == page
    assert "2027-06-30 is proposed" in clerk.get(page).text
    calendar = clerk.get("/requests/calendar.ics").content
    assert b"DTSTART;VALUE=DATE:20270630" in calendar


def test_a_request_that_is_met_says_until_when(pages: Pages) -> None:
    clerk, holders = pages.visitor("clerk"), pages.buyer.registry.holders
    page = asked(pages, clerk, holders["higher"][0]).headers["location"]
    shown = clerk.get(page, params={"lang": "en"}).text
    assert "meets what you ask" in shown
    assert "What is between the two" not in shown
    assert b"SUMMARY" in clerk.get("/requests/calendar.ics").content


def test_a_level_that_nothing_calls_for_is_not_asked_and_what_was_typed_stays(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    refused = asked(pages, clerk, pages.buyer.registry.holders["good"][1], reasons=[])
    assert refused.status_code == 422
    assert "without one of the reasons" in refused.text
    assert "図面を預け" in refused.text
    assert asked(pages, clerk, "0188-1").status_code == 400
    assert list(pages.buyer.folder.requests.iterdir()) == []


def test_an_answer_to_no_request_of_this_desk_is_refused(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    told = {"v": 1, "kind": "level-answer", "request_sha256": "A" * 43, "made": "2026-12-01", "answer": "accepts"}
    sent = clerk.send("/requests/answers", files={"answer": ("a.json", json.dumps(told).encode())})
    assert sent.status_code == 422
    assert "not here" in sent.text


def test_a_watched_list_tells_what_had_another_answer_and_by_which_entry(pages: Pages) -> None:
    clerk, buyer = pages.visitor("clerk"), pages.buyer
    suppliers = buyer.path / "two.csv"
    two = buyer.registry.holders["good"][:2]
    suppliers.write_text("会社名,法人番号\n" + "".join(f"見本{one},{number(one)}\n" for one in two), "utf-8")
    page, _ = checked(pages, clerk, suppliers, at="")
    watch = clerk.send(f"{page}/watch").headers["location"]
    index = buyer.registry.suspend(two[1])
    DirectoryCopy(FolderStore(buyer.folder.copy), buyer.registry.world.pinned, now=buyer.now).pull(
        Plane(buyer.registry.world)
    )
    assert clerk.send(f"{watch}/look").status_code == 303
    shown = clerk.get(watch, params={"lang": "en"}).text
    assert number(two[1]) in shown
    assert number(two[0]) not in shown
    assert f"by entry {index}" in shown
    assert clerk.send(f"{watch}/look").status_code == 303
    looks = [json.loads(one.read_bytes()) for one in sorted((buyer.folder.watched).rglob("looks/*.json"))]
    assert sum(len(one["changes"]) for one in looks) == 1
    assert watch in clerk.get("/watches").text
    assert clerk.send(f"{watch}/forget").status_code == 303
    assert clerk.get(watch).status_code == 404


def test_a_list_whose_first_look_fails_is_not_watched_and_can_be_watched_later(pages: Pages) -> None:
    clerk, buyer = pages.visitor("clerk"), pages.buyer
    page, _ = checked(pages, clerk, buyer.list_of(40))
    buyer.folder.copy.rename(buyer.path / "away")
    refused = clerk.send(f"{page}/watch", params={"lang": "en"})
    assert "there is no copy of the directory yet" in refused.text
    assert not list(buyer.folder.watched.iterdir())
    (buyer.path / "away").rename(buyer.folder.copy)
    assert clerk.send(f"{page}/watch").status_code == 303
    assert clerk.send(f"{page}/watch").status_code == 422


def test_a_receipt_is_checked_with_its_list_and_one_row_stands_alone(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    suppliers = pages.buyer.list_of(40)
    page, _ = checked(pages, clerk, suppliers)
    own = clerk.get(f"{page}/receipt", params={"lang": "en"}).text
    assert "It is about this list, byte for byte." in own
    assert "The directory of the log, at the epoch of your copy." in own
    part = clerk.get(f"{page}/receipt-row.json", params={"row": "3"})
    assert parse_receipt(part.content).rows[0]["row"] == 3
    assert clerk.get(f"{page}/receipt-row.json", params={"row": "x"}).status_code == 422
    sent = clerk.send("/receipts", files={"receipt": ("part.json", part.content), "list": ("l", b"another")})
    assert "The row that is shown leads to the root" in sent.text
    assert "It is about another list." in sent.text
    altered = part.content.replace(b'"row":3', b'"row":4', 1)
    assert clerk.send("/receipts", files={"receipt": ("part.json", altered)}).status_code == 422
    kept = list(pages.buyer.folder.receipts.iterdir())
    assert len(kept) == 1
    assert clerk.get(f"/receipts/{kept[0].stem}").status_code == 200


def test_the_copy_is_pulled_by_a_button_and_a_failure_is_told(pages: Pages) -> None:
    clerk, folder = pages.visitor("clerk"), pages.buyer.folder
    plane = pages.buyer.path / "published"
    for path, data in published(pages.buyer.registry.world.sim).files.items():
        (plane / path).parent.mkdir(parents=True, exist_ok=True)
        (plane / path).write_bytes(data)
    folder.copy.rename(pages.buyer.path / "away")
    assert "There is no copy" in clerk.get("/directory", params={"lang": "en"}).text
    folder.keep_settings(folder.settings().model_copy(update={"source": str(plane)}))
    assert clerk.send("/directory/pull").status_code == 303
    wait_until(lambda: not pages.desk.pulling.is_under_way)
    last = pages.desk.pulling.last()
    assert last is not None
    assert (last.way, last.error) == ("shards", "")
    folder.keep_settings(folder.settings().model_copy(update={"source": "http://127.0.0.1:9"}))
    pages.desk.pulling.pull()
    assert "cannot be reached" in clerk.get("/directory").text


def test_statements_about_recognitions_are_read_before_they_are_kept(pages: Pages) -> None:
    engineer = pages.visitor("engineer")
    before = pages.buyer.folder.recognitions.read_bytes()
    about_something_else = pages.buyer.registry.world.sim.entries[0]
    for data in (b"eyJ.a.b", "見本".encode(), about_something_else):
        sent = engineer.send("/directory/recognitions", files={"statements": ("r.txt", data)})
        assert sent.status_code in (400, 422)
    assert pages.buyer.folder.recognitions.read_bytes() == before
    assert engineer.send("/directory/recognitions", files={"statements": ("r.txt", before)}).status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "http://portal.example",
        "ftp://portal.example",
        "http://localhost.example",
        "http://127.0.0.1.example:80",
        "http://localhost:80@portal.example",
        "https://[",
        "https://portal.example:99999",
    ],
)
def test_a_key_never_travels_in_the_clear(address: str) -> None:
    with pytest.raises(WrongUseError):
        check_portal(address)


@pytest.mark.parametrize(
    "path", ["watches/..", "endpoints/../watches/x", "watches/x?y", "watches/x#y", "watches/%2e%2e", ""]
)
def test_an_id_in_an_address_leads_to_no_other_operation_of_the_portal(path: str) -> None:
    with open_portal("http://127.0.0.1:9", secret="shk_x", entropy=secrets.token_bytes) as portal:
        with pytest.raises(NotFoundError):
            portal.delete(path)
        with pytest.raises(UnavailableError):
            portal.delete("watches/w-1_2")


def test_a_request_that_reads_like_an_order_says_so_before_it_is_sent(pages: Pages) -> None:
    clerk, holders = pages.visitor("clerk"), pages.buyer.registry.holders
    pressing = asked(pages, clerk, holders["good"][1], need="取得が義務です。対応がなければ契約を解除します。")
    shown = clerk.get(pressing.headers["location"], params={"lang": "ja"}).text
    assert "理由に「義務, 契約を解除」とあります" in shown
    plain = asked(pages, clerk, holders["good"][1])
    assert "依頼は命令ではありません" not in clerk.get(plain.headers["location"], params={"lang": "ja"}).text
