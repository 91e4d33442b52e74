"""Every screen of the operators' console in Debian's Chromium: both languages, narrow and wide, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario import cast
from registry.timers.acts import Act
from registry.timers.confirmation import Hold
from registry.timers.store import TimerFolder
from tests.browser.test_accessibility import faults
from tests.operators.room import open_room, sit_down
from verifier.names import mark_uri

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.system, pytest.mark.prove]
PLAIN = (
    "/",
    "/bodies",
    "/bodies/new",
    "/keys",
    "/marks",
    "/experts",
    "/schemes",
    "/agreements",
    "/applications",
    "/matters",
    "/notices",
    "/ceremonies",
    "/proposals",
    "/timers",
)
LOOKS = (("en", 1280, "light"), ("ja", 360, "dark"), ("en", 360, "light"), ("ja", 1280, "dark"))


def test_no_screen_has_a_fault_that_axe_finds_and_none_is_wider_than_its_window(chromium: Any, tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        page = sit_down(chromium, room, "見本 Operator", "operator-1")
        body, mark = f"/bodies/{cast.BODY_NO}", f"/marks/{room.marks[0].issued.mark_id}"
        page.goto(f"{room.url}{body}/suspend")
        page.click("#form button")
        proposal = page.url.removeprefix(room.url)
        page.goto(f"{room.url}/matters")
        page.fill("#field-object", str(cast.BODY_NO))
        page.fill("#field-note", "見本")
        page.click("#open button")
        matter = page.url.removeprefix(room.url)
        page.goto(f"{room.url}/keys")
        key = page.get_attribute("main table a", "href")
        concerned = mark_uri(cast.HOST, room.marks[0].issued.mark_id)
        act = Act(due=room.world.clock(), object=concerned, type="mark.suspended")
        TimerFolder(room.data.timers).hold(Hold(since=room.world.clock(), reasons=("too_many",), acts=(act,)))
        acts = [f"{body}/{act}" for act in ("amend", "suspend", "withdraw", "reinstate", "erase-name")]
        paths = [*PLAIN, body, *acts, key, f"{key}/revoke?cutoff=9", mark, matter, proposal]
        found = {}
        for lang, width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            for path in paths:
                page.goto(f"{room.url}{path}{'&' if '?' in path else '?'}lang={lang}")
                if told := faults(page):
                    found[path, lang, width] = told
        page.context.close()
    assert found == {}
