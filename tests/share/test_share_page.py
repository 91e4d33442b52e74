"""A link by which a holder shows its mark, from its package to Chromium, with scripts and without."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from tests.browser.test_accessibility import faults
from tests.chromium import new_context
from tests.share.conftest import NAME
from verifier.edge.command.share_command import app
from verifier.encoding import b64u
from verifier.share import Share, read_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.share.conftest import Shown

pytestmark = [pytest.mark.system, pytest.mark.prove]
TO = "見本商事 調達部"
DAY = datetime.date.today() + datetime.timedelta(days=7)
WEEK = DAY.isoformat()
LAST = f"to the end of {DAY.day} {DAY:%B %Y} (JST)"


def made(shown: Shown, package: Path, *options: str) -> str:
    """Return a link as `shirushi share make` prints it, on the address that serves here."""
    told = CliRunner().invoke(app, ["make", str(package), "--to", TO, "--until", WEEK, "--via", shown.url, *options])
    assert told.exit_code == 0, told.output
    link = told.output.strip()
    assert link.startswith("https://shirushi.example/s#")
    return link.replace("https://shirushi.example", shown.url)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = new_context(chromium, locale="en-GB")
    opened = context.new_page()
    opened.asked, opened.bodies, opened.faults = [], [], []
    opened.on("request", lambda one: (opened.asked.append(one.url), opened.bodies.append(one.post_data or "")))
    opened.on("console", lambda one: opened.faults.append(one.text) if one.type == "error" else None)
    opened.on("pageerror", lambda error: opened.faults.append(str(error)))
    yield opened
    context.close()


def follow(page: Any, link: str) -> None:
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("html[data-share=ready]")


def standing(page: Any) -> str:
    page.wait_for_selector("#result [data-headline]")
    return str(page.get_attribute("#result [data-name]", "data-name"))


def test_a_name_that_no_page_shows_is_shown_to_the_addressee_and_fits_the_mark(page: Any, shown: Shown) -> None:
    link = made(shown, shown.sole, "--show-name")
    follow(page, link)
    assert standing(page) == "fits"
    text = page.inner_text("#result")
    assert NAME in text
    assert TO in text
    assert "fits the commitment" in text
    assert LAST in text
    assert page.get_attribute("#result [data-headline]", "data-headline") in ("valid", "valid_offline")
    assert page.faults == []
    assert NAME not in httpx.get(f"{shown.url}/m/{shown.sole.name}", headers={"Accept": "text/html"}).text


def test_name_and_addressee_leave_the_browser_in_no_request(page: Any, shown: Shown) -> None:
    link = made(shown, shown.sole, "--show-name")
    follow(page, link)
    standing(page)
    fragment = link.partition("#")[2]
    sent = [*(url.partition("#")[0] for url in page.asked if url != "about:blank"), *page.bodies]
    assert all(url.startswith(shown.url) or not url for url in sent)
    assert not any(secret in one for one in sent for secret in (fragment, NAME, TO))
    assert "#" not in page.url


def test_a_link_without_a_name_shows_what_is_public(page: Any, shown: Shown) -> None:
    follow(page, made(shown, shown.company))
    assert standing(page) == "none"
    assert "discloses no name" in page.inner_text("#result")


def test_a_name_that_was_written_into_the_link_is_shown_as_made_up(page: Any, shown: Shown) -> None:
    share = read_link(made(shown, shown.sole, "--show-name").partition("#")[2])
    assert isinstance(share, Share)
    assert share.name is not None
    forged = share.model_copy(update={"name": share.name.model_copy(update={"value": "別人 二郎"})})
    follow(page, f"{shown.url}/s#s.{b64u(forged.serialize())}")
    assert standing(page) == "unfit"


def test_a_name_moved_to_another_mark_is_shown_as_made_up(page: Any, shown: Shown) -> None:
    share = read_link(made(shown, shown.sole, "--show-name").partition("#")[2])
    assert isinstance(share, Share)
    moved = share.model_copy(update={"mark": shown.company.name})
    follow(page, f"{shown.url}/s#s.{b64u(moved.serialize())}")
    assert standing(page) == "unfit"


def test_a_link_that_opens_once_waits_for_a_person_and_opens_for_the_first_alone(page: Any, shown: Shown) -> None:
    link = made(shown, shown.sole, "--show-name", "--once")
    follow(page, link)
    follow(page, link)
    page.click("#open")
    assert standing(page) == "fits"
    assert NAME in page.inner_text("#result")
    follow(page, link)
    page.click("#open")
    page.wait_for_selector("#told .tone-bad")
    assert "opens nothing" in page.inner_text("#told")


@pytest.mark.parametrize("once", [False, True], ids=["whole link", "once"])
def test_without_scripts_the_link_is_sent_judged_and_answered(chromium: Any, shown: Shown, once: bool) -> None:
    link = made(shown, shown.sole, "--show-name", *(["--once"] if once else []))
    context = new_context(chromium, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(link)
    page.fill("#link", link)
    page.click("#ask button")
    text = page.inner_text("main")
    assert NAME in text
    assert TO in text
    assert LAST in text
    assert "fits the commitment" in text
    if once:
        page.fill("#link", link)
        page.click("#ask button")
        assert "opens nothing" in page.inner_text("#told")
        assert NAME not in page.inner_text("main")
    context.close()


def test_a_link_whose_time_is_over_or_that_was_cut_shows_nothing(page: Any, shown: Shown) -> None:
    link = made(shown, shown.sole, "--show-name")
    share = read_link(link.partition("#")[2])
    assert isinstance(share, Share)
    ended = share.model_copy(update={"made": share.made - 9 * 86_400, "until": share.made - 60})
    for broken, words in (
        (f"{shown.url}/s#s.{b64u(ended.serialize())}", "time of this link is over"),
        (link[:-9], "cannot be read"),
        (f"{shown.url}/s#s.{b64u(share.model_copy(update={'host': 'other.example'}).serialize())}", "other.example"),
    ):
        follow(page, broken)
        page.wait_for_selector("#told .tone-bad")
        assert words in page.inner_text("#told")
        assert NAME not in page.inner_text("main")
        answer = httpx.post(f"{shown.url}/s?lang=en", data={"link": broken})
        assert answer.status_code in (400, 410)
        assert words in answer.text
        assert NAME not in answer.text


def test_the_command_opens_what_the_page_opens(shown: Shown) -> None:
    link = made(shown, shown.sole, "--show-name", "--once").replace(shown.url, "https://shirushi.example")
    how = ["open", link, "--root", str(shown.root), "--via", shown.url]
    told = CliRunner().invoke(app, [*how, "--json"], standalone_mode=False)
    read = json.loads(told.output)
    assert (read["name"], read["share"]["name"]["value"], told.return_value) == ("fits", NAME, 0)
    assert CliRunner().invoke(app, how).exit_code != 0
    link = made(shown, shown.company).replace(shown.url, "https://shirushi.example")
    told = CliRunner().invoke(app, ["open", link, *how[2:]], standalone_mode=False)
    assert f"Until: {LAST}" in told.output


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_has_no_faults_and_is_no_wider_than_a_telephone(chromium: Any, shown: Shown, width: int) -> None:
    for lang, scheme in (("ja", "light"), ("en", "dark")):
        locale = {"ja": "ja-JP", "en": "en-GB"}[lang]
        context = new_context(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"{shown.url}/s")
        assert faults(page) == []
        follow(page, made(shown, shown.sole, "--show-name"))
        standing_of = page.wait_for_selector("#result [data-name]")
        assert standing_of is not None
        assert faults(page) == []
        follow(page, made(shown, shown.sole, "--once"))
        assert faults(page) == []
        context.close()
