"""Following a number in Debian's Chromium without scripts, from the number's page to the end; axe finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.portal.letters import letters_by
from registry.portal.service import create_portal
from registry.reading.reader import create_reader
from tests.browser.test_accessibility import EVERY, faults
from tests.chromium import new_context
from tests.console.enrolled import free_port, serving
from tests.edge.mail_server import post_office
from tests.portal.test_followings import ADDRESS, link_in
from tests.portal.test_number_feeds import holder
from tests.registry.conftest import HOST
from verifier.edge.mail import MailServer
from verifier.edge.page.pages import PageRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.portal.service import Portal
    from tests.edge.mail_server import PostOffice
    from tests.portal.conftest import Scene

pytestmark = [pytest.mark.system, pytest.mark.prove]
PATHS = ("/follow", f"/follow/confirm/{'A' * 43}", f"/follow/end/{'A' * 43}", "/o/0188-7000020010006")


@pytest.fixture
def site(scene: Scene) -> Iterator[tuple[str, Portal, PostOffice]]:
    """The reader before the portal, both over HTTP, and a mail server."""
    root, public = scene.world.ceremony.root, scene.world.public
    with post_office() as office:
        letters = letters_by(MailServer("127.0.0.1", office.port), "portal@shirushi.example")
        portal = create_portal(scene.desk, public, trust_root=root, letters=letters)
        render = PageRenderer(environment="demo", zone="Asia/Tokyo", now=scene.desk.now)
        with serving(portal.served, free_port()) as behind:
            reader = create_reader(public, trust_root=root, now=scene.desk.now, render=render, boxes_at=behind)
            with serving(reader, free_port()) as address:
                yield address, portal, office


def test_a_number_is_followed_and_left_without_scripts(chromium: Any, scene: Scene, site: Any) -> None:
    address, portal, office = site
    context = new_context(chromium, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/o/{holder(scene)}?lang=en")
    page.click("form[action^='/follow'] button")
    page.fill("#address", ADDRESS)
    page.click("main form button")
    assert page.inner_text("h1") == "Look into your mailbox"
    assert holder(scene) not in page.url
    portal.followings.step()
    page.goto(link_in(office.letters[-1].message, "confirm").replace(f"https://{HOST}", address))
    page.click("main form button")
    assert page.inner_text("h1") == "You are told of changes"
    portal.watching.step()
    scene.suspend()
    portal.watching.step()
    assert portal.digests.step() == 1
    page.goto(link_in(office.letters[-1].message, "end").replace(f"https://{HOST}", address))
    page.click("main form button")
    assert page.inner_text("h1") == "No more letters come"
    context.close()


def test_no_page_of_followers_has_a_fault_that_axe_finds(chromium: Any, scene: Scene, site: Any) -> None:
    address, _, _ = site
    found = {}
    for lang, scheme, width in EVERY:
        context = new_context(chromium, color_scheme=scheme, viewport={"width": width, "height": 900})
        page = context.new_page()
        for path in (*PATHS, f"/o/{holder(scene)}", f"/m/{scene.mark}"):
            page.goto(f"{address}{path}?lang={lang}")
            if told := faults(page):
                found[path, lang, scheme, width] = told
        page.goto(f"{address}/follow?lang={lang}")
        page.fill("#number", "1")
        page.fill("#address", ADDRESS)
        page.click("main form button")
        if told := faults(page):
            found["sent", lang, scheme, width] = told
        context.close()
    assert found == {}
