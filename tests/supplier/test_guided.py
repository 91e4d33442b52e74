"""The guided self-assessment in a browser as narrow as a telephone, in Japanese, up to what the evaluator reads."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from issuer.supplier.place import SupplierPlace
from issuer.supplier.plan import supplier_plan
from issuer.template import read_answers
from tests.console.enrolled import enrol, free_port, new_browser_page, open_console, serving
from tests.supplier.filled import HOLDER, ITEMS, PACK, level_request, met, sheet
from verifier.level_request import pair, parse_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.edge.console.application import Console

pytestmark = pytest.mark.system

NARROW = {"locale": "ja-JP", "viewport": {"width": 360, "height": 780}}
BY_HAND = ITEMS[-3:]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    place = SupplierPlace(tmp_path, now=lambda: int(time.time()))
    opened = open_console(supplier_plan(place), tmp_path, port=free_port())
    with serving(opened.app, int(opened.house.accounts.party.origin.rpartition(":")[2])):
        yield opened
    opened.house.accounts.database.close()
    place.database.close()


def person(chromium: Any, console: Console, name: str, *roles: str) -> Any:
    """Return the page of somebody who has just made an account; what it asks for is noted."""
    page = new_browser_page(chromium, **NARROW)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    enrol(page, console, name, *roles)
    return page


def begin(page: Any) -> None:
    """Begin at level 3 and say who applies for what."""
    page.check("#level-3")
    page.click("form[action='/begin'] button")
    page.fill("#name", HOLDER["name"])
    page.fill("#identifier", HOLDER["identifier"])
    page.fill("#summary", HOLDER["summary"])
    page.click("form[action='/scope'] button[type=submit]")
    assert "適用範囲を保存しました" in page.inner_text(".told-once")


def answer(page: Any, word: str, reason: str = "", evidence: str = "") -> None:
    """Answer the item that is open, and go on."""
    page.check(f"#answer-{word}")
    page.fill("#justification", reason)
    page.fill("#evidence", evidence)
    page.click("button[value=next]")


def downloaded(page: Any, selector: str) -> bytes:
    """Return the file behind a link."""
    with page.expect_download() as waiting:
        page.click(selector)
    return bytes(waiting.value.path().read_bytes())


def test_a_supplier_assesses_itself_an_officer_approves_and_the_evaluator_reads_the_same_answers(
    chromium: Any, console: Console
) -> None:
    page = person(chromium, console, "回答 担当", "answerer")
    begin(page)
    page.goto(page.url + "bring")
    page.set_input_files("#sheet", {"name": "昨年.xlsx", "mimeType": "", "buffer": sheet(met(ITEMS[:-3]))})
    page.click("form[action='/bring/sheet'] button")
    assert f"{len(ITEMS) - 3} 件を取り込みました" in page.inner_text(".told-once")

    page.goto(page.url.replace("/items", "/"))
    page.click("text=続きから回答する")
    assert page.url.endswith(f"/items/{BY_HAND[0]}")
    page.set_input_files("#file", {"name": "復旧手順書.pdf", "mimeType": "", "buffer": b"a procedure"})
    answer(page, "met", "年1回見直している", "規程集 第3版")
    assert "復旧手順書.pdf" in page.inner_text("#files + .rows")
    page.click("button[value=next]")
    answer(page, "not_applicable", "対象の設備がない")
    answer(page, "met", "", "-3版の記録")
    assert "未回答・未達の基準はありません" in page.inner_text("main")

    page.click("text=承認 >> nth=-1")
    page.click("form[action='/approval'] button")
    proposal = page.url
    assert page.query_selector("form[action$='/approve']") is None

    officer = person(chromium, console, "承認 役員", "officer")
    officer.goto(proposal)
    assert officer.locator(".answers > li").count() == len(ITEMS)
    officer.click("form[action$='/approve'] button")
    assert "承認し、実行しました" in officer.inner_text(".told-once")

    page.goto(f"{console.house.accounts.party.origin}/package")
    assert "承認 役員" in page.inner_text("main")
    exported = downloaded(page, "text=package.zip")
    place_answers = answers_of(exported)
    assert {one.item: one.word for one in place_answers} == {
        **dict.fromkeys(ITEMS, "met"),
        BY_HAND[1]: "not_applicable",
    }
    by_item = {one.item: one for one in place_answers}
    assert "復旧手順書.pdf (SHA-256 " in by_item[BY_HAND[0]].evidence
    assert by_item[BY_HAND[1]].justification == "対象の設備がない"
    strangers = [url for one in (page, officer) for url in one.asked if not url.startswith(proposal.rsplit("/", 2)[0])]
    assert [url for url in strangers if not url.startswith(("blob:", "data:"))] == []
    for one in (page, officer):
        one.context.close()


def answers_of(package: bytes) -> Any:
    """Return the answers of a package, as the evaluator's desk reads them; both forms of the sheet hold the same."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        read = [
            read_answers(archive.read(name), filename=name, pack=PACK, level=3)
            for name in ("answers.xlsx", "answers.csv")
        ]
    assert read[0] == read[1]
    return read[0]


def test_a_request_is_accepted_and_the_answer_names_it(chromium: Any, console: Console) -> None:
    request = level_request()
    page = person(chromium, console, "承認 役員", "officer")
    page.click("text=取引先の依頼 >> nth=0")
    page.set_input_files("#request", {"name": "001.json", "mimeType": "", "buffer": request.serialize()})
    page.click("form[action='/requests'] button")
    assert "見本商事株式会社" in page.inner_text("h1")
    page.check("#says-accepts")
    page.fill("#words", "来年度の計画に入れます")
    page.click("form[data-keep] button[type=submit]")
    said = parse_answer(downloaded(page, "text=回答のファイルを保存する"))
    assert pair([request], [said])[0].answer == said
    assert (said.answer, said.words) == ("accepts", "来年度の計画に入れます")
    assert downloaded(page, "text=PDF を保存する").startswith(b"%PDF-")
    page.context.close()
