"""Lists on a buyer's desk: columns and policy are shown and can be changed, answers are kept as receipts."""

from __future__ import annotations

import html
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from tests.buyer.conftest import Pages
from tests.check.suppliers import HEADINGS, POLICY
from tests.waiting import wait_until
from verifier.check.columns import ROLES
from verifier.edge.buyer import checking
from verifier.edge.buyer.checking import Progress
from verifier.edge.buyer.kept_checks import RECEIPT, find_check
from verifier.edge.check.supplier_file import read_supplier_file
from verifier.errors import StoppedError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.console.enrolled import Visitor
    from verifier.edge.buyer.kept_checks import KeptCheck


def checked(pages: Pages, visitor: Visitor, place: Path, **changes: Any) -> tuple[str, str]:
    """Take a list in and check it; return the address of its page and what the page shows."""
    page = pages.upload(visitor, place)
    sent = visitor.send(f"{page}/check", pages.order(visitor, page, **changes))
    assert sent.status_code == 303, sent.text
    return page, pages.finish(visitor, page)


def test_the_columns_that_were_found_are_shown_and_chosen(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page = pages.upload(clerk, pages.buyer.list_of(40))
    shown = html.unescape(clerk.get(page).text)
    assert [one for one in HEADINGS if one not in shown] == []
    order = pages.order(clerk, page)
    assert [order[f"role-{place}"] for place in range(7)] == ["", "name", "0188", "0199", "mark", "tier", ""]
    assert "cp932" in shown


def test_a_column_that_was_taken_for_something_else_is_changed(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    place = pages.buyer.path / "own.csv"
    number = pages.buyer.registry.holders["good"][0].partition("-")[2]
    place.write_text(f"a,b\nx,{number}\n", "utf-8")
    page = pages.upload(clerk, place)
    refused = clerk.send(f"{page}/check", pages.order(clerk, page, **{"role-0": "", "role-1": ""}))
    assert refused.status_code == 400
    assert "no column tells who the suppliers are" in refused.text
    assert clerk.send(f"{page}/check", pages.order(clerk, page, **{"role-1": "0188"})).status_code == 303
    pages.finish(clerk, page)
    row = find_check(pages.buyer.folder.checks, page.rpartition("/")[2]).receipt().rows[0]
    assert (row["identifiers"], row["verdict"]) == ([f"0188-{number}"], "meets")


def test_what_was_typed_stays_when_the_policy_is_refused(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page = pages.upload(clerk, pages.buyer.list_of(40))
    refused = clerk.send(f"{page}/check", pages.order(clerk, page, scope=[], grace_days="7", tier="jp.meti.scs/4"))
    assert refused.status_code == 400
    assert "no scope is accepted" in refused.text
    assert 'name="grace_days" type="number" min="0" max="366" value="7"' in refused.text
    assert '<option value="jp.meti.scs/4" selected>' in refused.text


def test_a_policy_file_goes_before_everything_else(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page = pages.upload(clerk, pages.buyer.list_of(40))
    order = pages.order(clerk, page, tier="jp.meti.scs/4")
    sent = clerk.send(f"{page}/check", order, files={"policy_file": ("policy.toml", POLICY.encode())})
    assert sent.status_code == 303
    pages.finish(clerk, page)
    head = find_check(pages.buyer.folder.checks, page.rpartition("/")[2]).receipt().head
    assert (head.policy["tier"], head.policy["name"]) == ("jp.meti.scs/3", "取引先に求めること")


def test_a_programme_brings_its_own_policy_and_its_day(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page, shown = checked(pages, clerk, pages.buyer.list_of(40), programme="example.subsidy", at="")
    check = find_check(pages.buyer.folder.checks, page.rpartition("/")[2])
    assert check.order.programme == "example.subsidy"
    assert check.state == "done", shown


def test_the_sheets_of_a_workbook_that_are_not_read_are_told(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    number = pages.buyer.registry.holders["good"][0].partition("-")[2]
    book, place = Workbook(), pages.buyer.path / "sheets.xlsx"
    for title in ("一次", "二次"):
        book.create_sheet(title).append(["法人番号"])
        book[title].append([number])
    book.remove(book.worksheets[0])
    book.save(place)
    page, shown = checked(pages, clerk, place)
    assert "シート「一次」を読みました。読んでいないシート: 二次。" in shown
    assert "読んでいないシート: 二次。" in clerk.get(f"{page}/order").text


def test_a_suspended_mark_has_no_last_day(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    place = pages.buyer.path / "paused.csv"
    place.write_text(f"法人番号\n{pages.buyer.registry.holders['suspended'][0].partition('-')[2]}\n", "utf-8")
    page, _ = checked(pages, clerk, place)
    shown = clerk.get(page, params={"lang": "en"}).text
    assert re.search(r"withdrawn on [0-9]{4}-[0-9]{2}-[0-9]{2} unless lifted", shown)
    assert "to the end of" not in shown


def test_a_file_of_headings_alone_is_refused_as_such(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    sent = clerk.send("/lists", files={"list": ("list.csv", "会社名,法人番号\n".encode())})
    assert sent.status_code == 400
    assert "there is no supplier below the headings" in sent.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_a_list_is_read_in_whatever_encoding_its_programme_wrote(pages: Pages, encoding: str) -> None:
    clerk = pages.visitor("clerk")
    number = pages.buyer.registry.holders["good"][0].partition("-")[2]
    place = pages.buyer.path / "encoded.csv"
    place.write_bytes(f"会社名,法人番号\nサンプル精機,{number}\n".encode(encoding))
    _, shown = checked(pages, clerk, place)
    assert "サンプル精機" in shown


def test_a_result_has_the_rows_of_the_command_in_both_forms_and_languages(pages: Pages) -> None:
    clerk, buyer = pages.visitor("clerk"), pages.buyer
    suppliers = buyer.list_of(60)
    page, _ = checked(pages, clerk, suppliers)
    for lang in ("ja", "en"):
        for form in (".csv", ".xlsx"):
            expected = buyer.path / f"expected{form}"
            assert buyer.check(suppliers, expected, "--lang", lang) == 1
            answer = clerk.get(f"{page}/result{form}", params={"lang": lang})
            given = read_supplier_file(answer.content, filename=f"result{form}").rows
            assert given == read_supplier_file(expected.read_bytes(), filename=expected.name).rows


def test_rows_are_shown_by_verdict_and_page_by_page(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page, first = checked(pages, clerk, pages.buyer.list_of(250))
    assert first.count('<span class="state') == 100
    assert clerk.get(page, params={"page": "3"}).text.count('<span class="state') == 50
    refused = clerk.get(page, params={"verdict": "refused"}).text
    rows = find_check(pages.buyer.folder.checks, page.rpartition("/")[2]).receipt().rows
    assert refused.count('<span class="state') == sum(row["verdict"] == "refused" for row in rows)


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"page": "9" * 40}, {"verdict": "none"}])
def test_a_page_that_is_not_there_is_answered_all_the_same(pages: Pages, query: dict[str, str]) -> None:
    clerk = pages.visitor("clerk")
    page, _ = checked(pages, clerk, pages.buyer.list_of(40))
    assert clerk.get(page, params=query).status_code == 200


def test_cells_of_the_list_are_shown_as_text(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    place = pages.buyer.path / "hostile.csv"
    place.write_text('会社名,法人番号\n"<script>alert(1)</script>",8000000000001\n', "utf-8")
    page, shown = checked(pages, clerk, place)
    assert "<script>alert" not in shown + clerk.get(f"{page}/order").text


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04nothing"])
def test_a_file_that_is_no_list_is_refused_beside_the_form(pages: Pages, data: bytes) -> None:
    clerk = pages.visitor("clerk")
    refused = clerk.send("/lists", files={"list": ("list.xlsx", data)})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text


def test_without_a_copy_there_is_no_answer_and_the_list_is_kept(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    pages.buyer.folder.copy.rename(pages.buyer.path / "away")
    page, shown = checked(pages, clerk, pages.buyer.list_of(40))
    assert "there is no copy of the directory yet" in shown
    (pages.buyer.path / "away").rename(pages.buyer.folder.copy)
    assert clerk.send(f"{page}/again").status_code == 303
    assert 'id="answers"' in pages.finish(clerk, page)


def test_a_list_that_is_started_twice_at_once_is_checked_once(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = pages.visitor("clerk")
    page, _ = checked(pages, clerk, pages.buyer.list_of(40))
    check = find_check(pages.buyer.folder.checks, page.rpartition("/")[2])
    begun, may_end = list[str](), threading.Event()

    def held(one: KeptCheck, *_: object, **__: object) -> None:
        begun.append(one.id)
        assert may_end.wait(timeout=30)

    monkeypatch.setattr(checking, "check_kept", held)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pages.desk.checking.start(check), range(8)))
    may_end.set()
    wait_until(lambda: pages.desk.checking.progress(check.id) is None)
    assert begun == [check.id]


def test_a_check_that_is_stopped_ends_before_its_answers() -> None:
    progress = Progress()
    progress.tell(256, 1000)
    progress.stop.set()
    with pytest.raises(StoppedError):
        progress.tell(512, 1000)


def test_an_altered_receipt_answers_nothing(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page, _ = checked(pages, clerk, pages.buyer.list_of(40))
    place = find_check(pages.buyer.folder.checks, page.rpartition("/")[2]).folder / RECEIPT
    told = json.loads(place.read_bytes())
    told["rows"][0]["verdict"] = "does_not_meet"
    place.write_text(json.dumps(told), "utf-8")
    answer = clerk.get(page)
    assert answer.status_code != 200
    assert 'id="answers"' not in answer.text


@pytest.mark.parametrize("name", ["20261122-000000-000000000000", "%2e%2e%2fbuyer.json", "x"])
def test_a_list_is_found_by_its_own_id_and_by_nothing_else(pages: Pages, name: str) -> None:
    assert pages.visitor("clerk").get(f"/lists/{name}").status_code == 404


def test_every_part_of_a_desk_is_readable_by_its_owner_alone(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    checked(pages, clerk, pages.buyer.list_of(40))
    modes = {one: one.stat().st_mode & 0o077 for one in pages.buyer.folder.checks.rglob("*")}
    assert {one.name for one, mode in modes.items() if mode and one.is_file() and one.name != "begun"} == set()


def test_a_clerk_neither_deletes_lists_nor_sees_the_portal(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page, _ = checked(pages, clerk, pages.buyer.list_of(40))
    assert clerk.send(f"{page}/forget").status_code == 403
    assert [clerk.get(path).status_code for path in ("/portal", "/portal/webhooks", "/settings")] == [403, 403, 403]
    engineer = pages.visitor("engineer")
    assert engineer.send(f"{page}/forget").status_code == 303
    assert engineer.get(page).status_code == 404
    assert engineer.get("/settings").status_code == 403


def test_every_role_of_a_column_has_a_name(pages: Pages) -> None:
    clerk = pages.visitor("clerk")
    page = pages.upload(clerk, pages.buyer.list_of(40))
    shown = clerk.get(page).text
    assert [role for role in ROLES if f'<option value="{role}"' not in shown] == []
    assert "buyer.role_of" not in shown
