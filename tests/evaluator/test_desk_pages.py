"""The evaluator's pages in Debian's Chromium: from two invitations to a mark whose QR verifies."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario import cast
from tests.console.enrolled import enrol, new_browser_page, serving
from tests.evaluator.desk_on_loopback import PASSPHRASES, DeskOnLoopback
from verifier.bundle import parse_bundle
from verifier.edge.drawing.qr import decode_qr
from verifier.verify import verify_text

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.statement.public import KeyRole

pytestmark = pytest.mark.system

ISSUED_WITHIN_MS = 60_000


def unlock(page: Any, key: KeyRole) -> None:
    """Give the passphrase that the page asks for."""
    page.fill("#passphrase", PASSPHRASES[key].decode())
    page.click("form.ask button[type=submit]")


def test_two_people_take_a_case_from_the_application_to_a_mark_whose_qr_verifies(
    chromium: Any, house: DeskOnLoopback, tmp_path: Path
) -> None:
    sheet = tmp_path / "answers.xlsx"
    sheet.write_bytes(house.sheet())
    with serving(house.console.app, int(house.origin.rpartition(":")[2])):
        assessor, decider = new_browser_page(chromium), new_browser_page(chromium)
        enrol(assessor, house.console, "見本 評価", "assessor")
        enrol(decider, house.console, "見本 決定", "decider")
        case = _assess(assessor, house.origin, sheet)
        refused = assessor.request.post(f"{house.origin}{case}/decide", form=_form(assessor, outcome="granted"))
        assert refused.status == 403
        assert "granted" not in {one.state.value for one in house.desk().cases()}
        _decide_and_issue(decider, house.origin, case)
        _check_package(decider, house, case)
        assessor.context.close()
        decider.context.close()


def _assess(page: Any, origin: str, sheet: Path) -> str:
    page.goto(f"{origin}/cases/new")
    page.fill("#name", cast.SUPPLIER_3.name)
    page.fill("#identifiers", "1234567890123")
    page.fill("#summary", "全社の IT 基盤")
    page.click("button[value=open]")
    assert page.text_content(".mistake code") == "malformed"
    assert page.input_value("#summary") == "全社の IT 基盤"
    page.fill("#identifiers", cast.SUPPLIER_3.identifier)
    page.click("button[value=open]")
    unlock(page, "desk")
    page.wait_for_url("**/cases/C-*")
    case: str = page.url.removeprefix(origin)
    page.goto(f"{origin}{case}/answers")
    page.set_input_files("#sheet", sheet)
    page.click("form[enctype] button")
    page.wait_for_selector("details.group")
    begun = time.monotonic()
    page.goto(origin + case)
    page.select_option("#confirm-kind", "body_holder")
    page.fill("#confirm-by", cast.PLACES["assessor"].holder)
    page.click("form[action$='/confirm'] button")
    page.fill("#officer", "代表取締役")
    page.click("form[action$='/oath'] button")
    # Nobody attests within the second in which the assessment began.
    page.wait_for_timeout(max(0.0, 1.1 - (time.monotonic() - begun)) * 1000)
    page.click("form[action$='/attest'] button")
    unlock(page, "assessor")
    page.wait_for_selector(".told-once")
    assert page.query_selector("form[action$='/decide']") is None
    return case


def _decide_and_issue(page: Any, origin: str, case: str) -> None:
    page.goto(origin + case)
    page.select_option("#outcome", "granted")
    page.click("form[action$='/decide'] button")
    unlock(page, "decider")
    page.wait_for_selector(".told-once")
    page.goto(f"{origin}{case}/issue")
    page.click("form[action$='/issue'] button")
    page.wait_for_selector("#package", timeout=ISSUED_WITHIN_MS)


def _check_package(page: Any, house: DeskOnLoopback, case: str) -> None:
    shown = page.request.get(f"{house.origin}{case}/qr.png").body()
    (text,) = decode_qr(shown)
    bundle = parse_bundle(page.request.get(f"{house.origin}{case}/package/bundle.json").body())
    artwork = page.request.get(f"{house.origin}{case}/artwork/colour.svg")
    assert artwork.headers["content-type"] == "image/svg+xml"
    printed = page.request.get(f"{house.origin}{case}/artwork/mono.pdf")
    assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")
    verdict = verify_text(text, bundle=bundle, root=house.world.stage.root, now=int(time.time()) + 1)
    assert verdict.exit_code == 0, json.dumps(verdict.members(), ensure_ascii=False)


def _form(page: Any, **fields: str) -> dict[str, str]:
    return {"csrf": page.get_attribute("input[name=csrf]", "value"), **fields}
