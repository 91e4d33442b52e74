"""The long proofs of the supplier's pages: all by hand, nothing lost on the way, and every screen under axe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from issuer.supplier.client_requests import take_request
from issuer.supplier.place import SupplierPlace
from issuer.supplier.plan import supplier_plan
from issuer.supplier.shelf import add_bundle, pin_root
from registry.scenario.simulated_world import World
from tests.browser.test_accessibility import faults
from tests.chromium import new_context
from tests.console.enrolled import add_person, free_port, open_console, serving
from tests.supplier.filled import ITEMS, level_request
from tests.supplier.test_guided import NARROW, answer, answers_of, begin, console, downloaded, person
from verifier.gather import gather

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.edge.console.application import Console

__all__ = ["console"]
pytestmark = [pytest.mark.system, pytest.mark.prove]
HOW = [(lang, scheme, width) for lang in ("ja", "en") for scheme in ("light", "dark") for width in (360, 1280)]


def test_every_criterion_is_answered_by_hand_and_reads_back_as_it_was_typed(chromium: Any, console: Console) -> None:
    page = person(chromium, console, "回答 担当", "answerer")
    begin(page)
    page.click("text=続きから回答する")
    for item in ITEMS:
        assert page.url.rpartition("/")[2].partition("?")[0] == item
        answer(page, "met", f"{item} の状況", f"規程 {item}")
    assert "未回答・未達の基準はありません" in page.inner_text("main")
    page.goto(f"{console.house.accounts.party.origin}/package")
    read = answers_of(downloaded(page, "text=package.zip"))
    assert [(one.item, one.word, one.justification, one.evidence) for one in read] == [
        (item, "met", f"{item} の状況", f"規程 {item}") for item in ITEMS
    ]
    page.context.close()


def test_what_is_typed_and_not_saved_is_there_after_a_reload_a_dead_network_and_signing_in_again(
    chromium: Any, console: Console
) -> None:
    page = person(chromium, console, "回答 担当", "answerer")
    begin(page)
    way = f"{console.house.accounts.party.origin}/items/{ITEMS[0]}"
    page.goto(way)
    page.check("#answer-met")
    page.fill("#justification", "途中まで書いた")
    page.reload()
    assert page.input_value("#justification") == "途中まで書いた"
    assert page.is_checked("#answer-met")
    assert page.is_visible("[data-restored]")
    page.context.set_offline(True)
    page.click("button[value=stay]", no_wait_after=True)
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto(way)
    assert page.input_value("#justification") == "途中まで書いた"
    page.click("button[value=stay]")
    assert page.input_value("#justification") == "途中まで書いた"
    assert not page.is_visible("[data-restored]")
    page.fill("#evidence", "消す入力")
    page.reload()
    page.click("[data-discard]")
    assert page.input_value("#evidence") == ""
    page.fill("#evidence", "他の人に見せない入力")
    page.click("form[action='/sign-out'] button")
    kept = page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('shirushi-supplier:'))")
    assert kept == []
    page.context.close()


def test_two_who_answer_at_once_see_both_answers(chromium: Any, console: Console) -> None:
    first = person(chromium, console, "回答 一", "answerer")
    begin(first)
    second = person(chromium, console, "回答 二", "answerer")
    way = f"{console.house.accounts.party.origin}/items/{ITEMS[0]}"
    for page in (first, second):
        page.goto(way)
    answer(first, "met", "", "規程 一")
    answer(second, "not_met", "まだ", "")
    text = second.inner_text("main")
    assert "ほかの人が先に回答しました" in text
    assert "規程 一" in text
    assert second.input_value("#justification") == "まだ"
    answer(second, "not_met", "まだ", "")
    second.goto(way)
    assert second.is_checked("#answer-not_met")
    for page in (first, second):
        page.context.close()


def test_without_scripts_answers_are_saved_all_the_same(chromium: Any, console: Console) -> None:
    mine = add_person(console, "回答 担当", "answerer")
    token = console.house.accounts.begin_session(mine.id)
    context = new_context(chromium, java_script_enabled=False, **NARROW)
    origin = console.house.accounts.party.origin
    context.add_cookies([{"name": console.cookie, "value": token, "url": origin}])
    page = context.new_page()
    page.goto(origin)
    begin(page)
    page.goto(f"{origin}/items/{ITEMS[0]}")
    answer(page, "met", "", "規程")
    assert page.url.partition("?")[0].endswith(f"/items/{ITEMS[1]}")
    context.close()


@pytest.fixture
def lived_in(tmp_path: Path) -> Any:
    """A place with something of everything, at the time at which a registry lives; and the paths of its screens."""
    world = World("screens")
    mark = world.issue()
    place = SupplierPlace(tmp_path, now=lambda: world.sim.now)
    opened = open_console(supplier_plan(place), tmp_path, port=free_port(), now=place.now)
    me = add_person(opened, "回答 担当", "answerer", "officer", "admin")
    place.begin(3, by=me.id)
    place.answer(ITEMS[0], ("not_met", "来年度", ""), seen=0, by=me.id)
    place.attach(ITEMS[0], "計画書.pdf", b"plan", by=me.id)
    request = take_request(place, level_request().serialize(), by=me.id)
    pin_root(place, world.sim.fetch("trust/1.json"))
    add_bundle(place, gather(world.sim, mark).serialize(), by=me.id)
    members = {"whole_sha256": place.need().whole_sha256}
    number = opened.house.proposals.propose(me, "approval", about="見本工業株式会社 ★3", members=members)
    paths = ("/", "/scope", "/items", f"/items/{ITEMS[0]}", "/gaps", "/expert", "/bring", "/approval", "/package")
    more = (
        "/oaths",
        "/requests",
        f"/requests/{request.sha256}",
        "/marks",
        f"/marks/{mark}",
        f"/marks/{mark}/link",
        f"/proposals/{number}",
    )
    with serving(opened.app, int(opened.house.accounts.party.origin.rpartition(":")[2])) as url:
        yield opened, url, opened.house.accounts.begin_session(me.id), (*paths, *more)
    opened.house.accounts.database.close()
    place.database.close()


@pytest.mark.parametrize("how", HOW, ids=str)
def test_no_screen_has_a_violation(chromium: Any, lived_in: Any, how: tuple[str, str, int]) -> None:
    opened, url, token, paths = lived_in
    lang, scheme, width = how
    locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
    context = new_context(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
    context.add_cookies([{"name": opened.cookie, "value": token, "url": url}])
    page = context.new_page()
    found = {}
    for path in paths:
        assert page.goto(url + path).status == 200
        found[path] = faults(page)
    context.close()
    assert json.dumps({path: one for path, one in found.items() if one}, indent=1) == "{}"
