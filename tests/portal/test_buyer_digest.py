"""The digest by mail in the buyer's console: set up, confirmed by the code that came, changed and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.portal.letters import AGAIN
from tests.portal.conftest import code_of
from tests.portal.test_buyer_pages import Pages, pages, registered, shown

if TYPE_CHECKING:
    from tests.portal.conftest import Scene

__all__ = ["pages"]
pytestmark = pytest.mark.prove
WEEKLY = {"address": "buyer@example.org", "period": "weekly", "lang": "en"}


def test_an_engineer_sets_the_digest_up_confirms_changes_and_stops_it(pages: Pages, scene: Scene) -> None:
    engineer = registered(pages, scene)
    assert "No digest is sent." in shown(engineer, "/portal/digest")
    assert engineer.send("/portal/digest", WEEKLY).status_code == 303
    assert "Waits for the code" in shown(engineer, "/portal/digest")
    refused = engineer.send("/portal/digest/confirm", {"code": "A" * 24})
    assert refused.status_code == 422
    assert engineer.send("/portal/digest/confirm", {"code": code_of(scene.sent[-1])}).status_code == 303
    page = shown(engineer, "/portal/digest")
    assert "Confirmed" in page
    assert "buyer@example.org" in page
    scene.world.clock.now += AGAIN
    assert engineer.send("/portal/digest", {**WEEKLY, "period": "daily"}).status_code == 303
    assert "Once a day</dd>" in shown(engineer, "/portal/digest")
    assert engineer.send("/portal/digest/stop", {}).status_code == 303
    assert "No digest is sent." in shown(engineer, "/portal/digest")


def test_what_is_no_address_comes_back_with_the_form(pages: Pages, scene: Scene) -> None:
    answer = registered(pages, scene).send("/portal/digest", {**WEEKLY, "address": "nobody"})
    assert answer.status_code in (400, 422)
    assert 'value="nobody"' in answer.text
    assert scene.sent == []
