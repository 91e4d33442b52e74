"""Two operators at the console: what needs both is said once both have signed, each with their own key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.scenario import cast
from tests.operators.room import open_room, sit_down
from verifier.names import body_uri

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


def test_one_operator_proposes_a_suspension_and_only_another_one_makes_it_so(chromium: Any, tmp_path: Path) -> None:
    body = body_uri(cast.HOST, cast.BODY_NO)
    with open_room(tmp_path) as room:
        first = sit_down(chromium, room, "見本 Operator One", "operator-1")
        first.goto(f"{room.url}/bodies/{cast.BODY_NO}/suspend")
        assert "affects 2 marks of 2 organisations and 3 keys" in first.inner_text("main")
        first.select_option("#field-reason", "nonconformity")
        first.click("#form button")
        assert "affects 2 marks of 2 organisations" in first.inner_text("main")
        proposal = first.url
        size = room.entries()

        token = first.get_attribute("input[name=csrf] >> nth=0", "value")
        headers = {"Origin": room.url, "Sec-Fetch-Site": "same-origin"}
        refused = first.context.request.post(f"{proposal}/approve", form={"csrf": token}, headers=headers)
        assert (refused.status, "second_person" in refused.text()) == (403, True)
        assert (room.entries(), room.state_of(body)) == (size, "active")

        second = sit_down(chromium, room, "見本 Operator Two", "operator-2")
        second.goto(proposal)
        said = second.inner_text("main")
        assert "affects 2 marks of 2 organisations and 3 keys" in said
        assert '"type": "body.suspended"' in said
        assert "nonconformity" in said
        second.click("form[action$='/approve'] button")
        assert f"log entry {size}" in second.inner_text("main")
        assert (room.entries(), room.state_of(body)) == (size + 1, "suspended")

        room.pass_time()
        second.goto(f"{room.public}/e/{cast.BODY_NO}?lang=en")
        assert "suspended" in second.inner_text("main [role=status]")
        first.context.close()
        second.context.close()
