"""The page /verify in a real browser: what is scanned, typed or pasted is judged there, with and without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.scenario.story import IssuedMark
from tests.browser.conftest import Served, serve
from tests.chromium import new_context
from verifier.edge.drawing.qr import decode_qr, qr_png

pytestmark = pytest.mark.system
VENDOR = Path(__file__).parent.parent.parent / "verifier/edge/static/vendor/manifest.json"


@pytest.fixture
def page(chromium: Any, served: Served) -> Iterator[Any]:
    context = new_context(chromium, locale="en-GB")
    page = context.new_page()
    page.asked = []
    page.faults = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    open_page(page, served)
    yield page
    context.close()


def open_page(page: Any, served: Served) -> None:
    page.goto(f"{served.url}/verify?lang=en")
    page.wait_for_selector("html[data-scan=ready]")


def headline(page: Any) -> str:
    page.wait_for_selector("#result [data-headline]")
    return str(page.get_attribute("#result [data-headline]", "data-headline"))


def ask(page: Any, text: str) -> str:
    page.evaluate("document.getElementById('result').replaceChildren()")
    page.fill("#q", text)
    page.click("#ask button")
    return headline(page)


def results(page: Any) -> dict[str, str]:
    found: dict[str, str] = page.eval_on_selector_all(
        "[data-check]", "all => Object.fromEntries(all.map(one => [one.dataset.check, one.dataset.result]))"
    )
    return found


def code_of(served: Served, level: int = 3) -> str:
    (text,) = decode_qr((served.package(level) / "qr.png").read_bytes())
    return text


def test_a_typed_id_is_judged_in_the_browser_with_every_check_passed(page: Any, served: Served) -> None:
    assert ask(page, served.mark_id(3)) in ("valid", "valid_offline")
    made = results(page)
    assert set(made.values()) == {"passed"}
    assert {"signature", "witnesses", "inclusion", "two_persons", "accreditation", "directory", "state"} <= made.keys()
    assert "Verified in this browser" in page.inner_text("#result")
    assert page.faults == []


def test_the_browser_says_what_the_server_says(page: Any, served: Served) -> None:
    for level in (3, 4):
        answer = page.request.get(f"{served.url}/m/{served.mark_id(level)}.json").json()
        assert ask(page, served.mark_id(level)) == answer["headline"]
        said = {check["name"]: check["result"] for check in answer["checks"]}
        assert results(page) == said


@pytest.mark.skipif(not VENDOR.exists(), reason="the assets were not built: make assets")
def test_a_picture_of_the_code_is_read_and_judged(page: Any, served: Served) -> None:
    page.set_input_files("#file", served.package(3) / "qr.png")
    assert headline(page) in ("valid", "valid_offline")
    assert results(page)["seal"] == "passed"


def test_a_changed_digit_is_refused(page: Any, served: Served) -> None:
    text = code_of(served)
    assert ask(page, text[:-1] + str((int(text[-1]) + 1) % 10)) == "forged"


def test_a_look_alike_host_is_refused_and_never_opened(page: Any, served: Served) -> None:
    text = code_of(served).replace("shirushi.example", "shirushl.example")
    assert ask(page, text) == "forged"
    assert "That address was not opened" in page.inner_text("#result")
    assert [url for url in page.asked if not url.startswith(served.url)] == []


@pytest.mark.skipif(not VENDOR.exists(), reason="the assets were not built: make assets")
def test_a_picture_of_another_address_is_not_opened(page: Any, served: Served, tmp_path: Path) -> None:
    place = tmp_path / "other.png"
    place.write_bytes(qr_png("https://elsewhere.example/prize", 8))
    page.set_input_files("#file", place)
    page.wait_for_selector("#told .note:has-text('not opened')")
    assert [url for url in page.asked if not url.startswith(served.url)] == []


def test_an_unknown_registry_is_not_confirmed(page: Any) -> None:
    assert ask(page, "https://elsewhere.example/m/96pz7w4a20m6c3qqy50pqs5hg2") == "unknown_registry"


def test_an_id_that_nobody_issued_is_proven_absent(page: Any) -> None:
    assert ask(page, "96pz7w4a20m6c3qqy50pqs5hg2") == "not_found"


def test_a_bundle_whose_witnesses_were_cut_confirms_nothing(page: Any, served: Served) -> None:
    bundle = json.loads((served.package(3) / "bundle.json").read_text())
    body, lines = bundle["latest"].rsplit("\n\n", 1)
    bundle["latest"] = body + "\n\n" + "".join(line + "\n" for line in lines.splitlines()[:3])
    assert ask(page, json.dumps(bundle)) == "not_confirmed"
    assert results(page)["witnesses"] == "unknown"


def test_without_the_decoder_the_page_says_so_and_judges_texts(chromium: Any, served: Served) -> None:
    # Without a service worker: one that was there before has the decoder kept.
    context = new_context(chromium, locale="en-GB", service_workers="block")
    context.route("**/static/vendor/**", lambda route: route.abort())
    page = context.new_page()
    open_page(page, served)
    page.wait_for_selector("#no-decoder", state="visible")
    assert ask(page, code_of(served)) in ("valid", "valid_offline")
    context.close()


def test_another_holder_than_the_expected_one_is_a_mismatch(page: Any, served: Served) -> None:
    page.fill("#expect", "1180301018771")
    assert ask(page, served.mark_id(3)) == "subject_mismatch"


@pytest.mark.parametrize("text", ["nonsense", "https://elsewhere.example/m/96pz7w4a20m6c3qqy50pqs5hg3", "eyJhbGciOi"])
def test_a_text_that_is_no_mark_or_mistyped_is_told(page: Any, text: str) -> None:
    page.fill("#q", text)
    page.click("#ask button")
    page.wait_for_selector("#told .tone-bad")
    assert page.query_selector("#result [data-headline]") is None


def test_an_address_of_a_recognised_assessment_is_told_as_what_it_is(page: Any, served: Served) -> None:
    page.fill("#q", "https://shirushi.example/r/isms-2027-0001")
    page.click("#ask button")
    page.wait_for_selector("#told .tone-bad:has-text('recognised foreign assessment')")
    assert page.query_selector("#result [data-headline]") is None
    assert [url for url in page.asked if "isms-2027-0001" in url] == []


def test_no_request_leaves_the_host(page: Any, served: Served) -> None:
    ask(page, served.mark_id(3))
    assert page.asked
    assert [url for url in page.asked if not url.startswith((served.url, "blob:"))] == []


def test_the_policy_of_the_page_allows_its_own_modules_only(page: Any, served: Served) -> None:
    policy = page.request.get(f"{served.url}/verify").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_without_scripts_the_form_asks_the_server(chromium: Any, served: Served) -> None:
    context = new_context(chromium, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{served.url}/verify?lang=en")
    assert page.is_visible("noscript p")
    assert not page.is_visible("#camera")
    page.fill("#q", served.mark_id(3))
    page.click("#ask button")
    page.wait_for_url(f"**/m/{served.mark_id(3)}**")
    assert page.is_visible("main .status.tone-good, main .status.tone-good-then")
    context.close()


def test_after_one_visit_the_page_opens_and_judges_without_a_network(
    chromium: Any, played: tuple[Path, tuple[IssuedMark, ...]]
) -> None:
    running = serve(*played)
    context = new_context(chromium, locale="en-GB")
    page = context.new_page()
    open_page(page, running)
    page.wait_for_selector("html[data-offline=ready]")
    assert ask(page, running.mark_id(3)) in ("valid", "valid_offline")
    running.stop()
    open_page(page, running)
    assert ask(page, running.mark_id(3)) == "valid_offline"
    assert "kept at hand" in page.inner_text("#result")
    assert ask(page, (running.package(4) / "bundle.json").read_text()) == "valid_offline"
    # Nothing is at hand about this one but the trust list: its seal is genuine, and no more is known.
    assert ask(page, code_of(running, 4)) == "seal_only"
    assert "could not be fetched" in page.inner_text("#result")
    context.close()


def test_the_pinned_root_is_not_replaced_by_the_server(page: Any, served: Served, tmp_path: Path) -> None:
    pinned = page.inner_text("#root .digest")
    open_page(page, served)
    assert page.inner_text("#root .digest") == pinned
    place = tmp_path / "root.json"
    place.write_text('{"signed": "e30", "signatures": []}')
    page.set_input_files("#root-file", place)
    page.wait_for_selector("#told .tone-bad")
    assert page.inner_text("#root .digest") == pinned
