"""Every page of the evaluator's desk under axe, in both languages and colour schemes, narrow and wide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario import cast
from tests.browser.test_accessibility import EVERY, faults
from tests.chromium import new_context
from tests.console.enrolled import serving
from tests.evaluator.desk_on_loopback import DeskOnLoopback, desk_on_loopback, unlocking
from tests.evaluator.test_desk_registers import COMPETENCE, CONTACT, INTEREST
from tests.evaluator.test_desk_rules import APPLICATION
from tests.evaluator.test_desk_work import granted, in_days, issued, the_file, took

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.console.enrolled import Visitor

pytestmark = [pytest.mark.system, pytest.mark.prove]


@dataclass
class Furnished:
    """A desk with something on every page, who is at it, and where the pages are."""

    house: DeskOnLoopback
    assessor: Visitor
    decider: Visitor
    pages: dict[str, tuple[str, ...]]


def furnish(house: DeskOnLoopback) -> Furnished:
    """Let two people do what fills the pages of a desk."""
    assessor, decider = house.visitor("見本 評価", "assessor"), house.visitor("見本 決定", "decider")
    mark = issued(house, assessor, decider)
    other = {**APPLICATION, "name": cast.SUPPLIER_4.name, "identifiers": cast.SUPPLIER_4.identifier}
    begun = took(assessor.send("/cases/new", unlocking("desk", **other, act="open")))
    sheet = assessor.get(f"{begun}/sheet.csv").content.decode("utf-8-sig").replace(",unanswered,", ",met,", 9)
    sheet = sheet.replace(",unanswered,", ",not_applicable,単独で動作")
    took(assessor.send(f"{begun}/answers", **the_file("answers.csv", sheet.encode())))
    took(assessor.send(f"{begun}/exclude", {"kind": "device", "what": "旧型測定器", "because": "接続しない"}))
    waiting = granted(house, assessor, decider, summary="もう一つの対象")
    batch = took(decider.send("/batch", **the_file("b.csv", decider.get("/batch/sheet.csv").content)))
    suspension = {"reason": "nonconformity", "lift_by": in_days(60)}
    proposal = took(assessor.send(f"/marks/{mark}/suspend", suspension))
    shared = ("/", "/cases", begun, f"{begun}/answers", f"{begun}/handling", "/marks", f"/marks/{mark}", "/keys")
    took(assessor.send("/registers/competence", COMPETENCE))
    took(assessor.send("/registers/interest", INTEREST))
    took(assessor.send("/reminders/contact", CONTACT))
    correction = took(decider.send(f"/marks/{mark}/correct", unlocking("decider", name="株式会社 見本製作所")))
    registers = ("/registers", "/reminders", correction)
    issuing = (waiting, f"{waiting}/issue", "/cases/C-000001/issue", "/batch", batch)
    pages = {
        "assessor": (*shared, "/cases/new", f"/cases/new?after={mark}", proposal, *registers),
        "decider": ("/", *issuing, proposal, f"/marks/{mark}/correct"),
    }
    return Furnished(house, assessor, decider, pages)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    with desk_on_loopback(tmp_path_factory.mktemp("furnished")) as house:
        made = furnish(house)
        with serving(house.console.app, int(house.origin.rpartition(":")[2])):
            yield made


def enter(chromium: Any, furnished: Furnished, who: str, how: tuple[str, str, int]) -> Any:
    """Return a page of somebody who is signed in."""
    visitor: Visitor = getattr(furnished, who)
    lang, scheme, width = how
    locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
    context = new_context(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
    cookie = furnished.house.console.cookie
    context.add_cookies([{"name": cookie, "value": visitor.client.cookies[cookie], "url": furnished.house.origin}])
    return context.new_page()


@pytest.mark.parametrize("how", EVERY, ids=str)
def test_no_page_of_the_desk_has_a_violation_or_reaches_another_host(
    chromium: Any, furnished: Furnished, how: tuple[str, str, int]
) -> None:
    found, asked = {}, []
    for who, paths in furnished.pages.items():
        page = enter(chromium, furnished, who, how)
        page.on("request", lambda request: asked.append(request.url))
        for path in paths:
            page.goto(f"{furnished.house.origin}{path}{'&' if '?' in path else '?'}lang={how[0]}")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            found[f"{who} {path}"] = faults(page)
        page.context.close()
    assert {name: one for name, one in found.items() if one} == {}
    assert [url for url in asked if not url.startswith(furnished.house.origin)] == []


def test_every_page_of_the_desk_works_without_scripts(chromium: Any, furnished: Furnished) -> None:
    context = new_context(chromium, java_script_enabled=False, locale="en-GB")
    visitor, cookie = furnished.assessor, furnished.house.console.cookie
    context.add_cookies([{"name": cookie, "value": visitor.client.cookies[cookie], "url": furnished.house.origin}])
    page = context.new_page()
    page.goto(f"{furnished.house.origin}/cases/new")
    page.fill("#name", cast.SUPPLIER_5.name)
    page.fill("#identifiers", cast.SUPPLIER_5.identifier)
    page.fill("#summary", "全社の IT 基盤")
    page.click("button[value=draft]")
    assert "/cases/C-" in page.url
    assert page.text_content(".told-once")
    for path in furnished.pages["assessor"]:
        assert page.goto(furnished.house.origin + path).status == 200
    context.close()
