"""The portal's screens of the buyer's pages in Debian's Chromium, with something on each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_accessibility import EVERY, faults
from tests.chromium import new_context
from tests.console.enrolled import serving
from tests.portal.test_buyer_pages import Pages, pages, registered

if TYPE_CHECKING:
    from tests.portal.conftest import Receiver, Scene

__all__ = ["pages"]
pytestmark = [pytest.mark.system, pytest.mark.prove]
PATHS = ("/portal", "/portal/watches", "/portal/events", "/portal/webhooks", "/portal/deliveries", "/portal/digest")

SEND = """(path) => {
    const form = document.querySelector(`main form[action="${path}"]`);
    form.noValidate = true;
    form.submit();
}"""


def test_no_screen_of_the_portal_has_a_fault_that_axe_finds(
    chromium: Any,
    pages: Pages,
    scene: Scene,
    receiver: Receiver,
) -> None:
    engineer = registered(pages, scene)
    assert (
        engineer.send("/portal/watches", {"kind": "mark", "object": scene.mark, "label": "S-0017"}).status_code == 200
    )
    assert engineer.send("/portal/webhooks", {"url": receiver.url}).status_code == 200
    receiver.answer = lambda message: (500, {})
    scene.portal.watching.step()
    scene.suspend()
    scene.portal.watching.step()
    scene.deliver()
    origin, cookie = pages.console.house.accounts.party.origin, pages.console.cookie
    found, forms = {}, 0
    with serving(pages.console.app, int(origin.rpartition(":")[2])):
        for lang, scheme, width in EVERY:
            context = new_context(chromium, color_scheme=scheme, viewport={"width": width, "height": 900})
            context.add_cookies([{"name": cookie, "value": engineer.client.cookies[cookie], "url": origin}])
            page = context.new_page()
            for path in PATHS:
                answer = page.goto(f"{origin}{path}?lang={lang}")
                assert answer.status == 200, path
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
                if told := faults(page):
                    found[path, lang, scheme, width] = told
                forms += page.locator("main form").count()
            for path in ("/portal/watches", "/portal/webhooks"):
                # A form that is sent empty comes back with its refusal.
                page.goto(f"{origin}{path}?lang={lang}")
                with page.expect_navigation():
                    page.evaluate(SEND, path)
                if told := faults(page):
                    found[f"{path} sent", lang, scheme, width] = told
            context.close()
    assert found == {}
    assert forms > 0
