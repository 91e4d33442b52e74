"""Agreements at the operators' console: from the other side's file to both signatures, and a fact that does nothing."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import pytest

from recognition.agreement_answer import read_answer
from recognition.agreement_fact import AgreementFact
from registry.desk.operator_desk import OperatorDesk
from registry.scenario import cast
from registry.scenario.border import LABEL, BorderStory
from registry.scenario.stage import Stage
from tests.browser.test_accessibility import faults
from tests.operators.at_desk import Operator, text_of
from tests.operators.room import Room, open_room, sit_down
from verifier.edge.packs import load_pack
from verifier.names import agreement_uri

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


def border_of(room: Room) -> BorderStory:
    """Return the other side: its operator is listed with its key, and nothing is proposed yet."""
    stage: Stage = room.world.stage
    first, second = stage.operators
    authority = OperatorDesk(
        host=cast.HOST,
        first=first,
        second=second,
        http=stage.http,
        addresses=stage.addresses,
        clock=stage.clock,
        entropy=stage.entropy,
        pause=lambda: stage.pass_time(1),
        root=stage.root,
    )
    directory = room.world.ceremony.keys.directory
    border = BorderStory(stage, authority, directory=directory, tell=lambda heading, detail: None)
    border.list_operator()
    return border


@pytest.mark.prove
def test_two_operators_take_a_proposal_in_and_put_the_agreement_in_force(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        border = border_of(room)
        foreign = border.foreign
        assert foreign is not None
        signed = foreign.sign(border.folder(), version=1, registry=border.registry, pack_of=load_pack)
        first = Operator(room, "Sample operator A", "operator-1")
        second = Operator(room, "Sample operator B", "operator-2")
        files = {"proposal": ("proposal.json", io.BytesIO(signed.write()))}
        assert first.send("/agreements", files=files).headers["location"] == f"/agreements/{LABEL}"
        room.pass_time()
        assert "reviewed ★3" in first.read(f"/agreements/{LABEL}").replace("Level ", "").replace("Tier ", "")
        announced = first.propose(f"/agreements/{LABEL}/announce")
        assert first.approve(announced).status_code == 403
        assert second.approve(announced).status_code == 303
        room.pass_time()
        day = time.strftime("%Y-%m-%d", time.gmtime(room.world.clock() + 2 * 86_400))
        begun = first.propose(f"/agreements/{LABEL}/begin", {"effective": day})
        assert second.approve(begun).status_code == 303
        room.pass_time()
        uri = agreement_uri(cast.HOST, LABEL)
        assert room.state_of(uri) == "in_force"
        answer = read_answer(first.get(f"/agreements/{LABEL}/answer").content, room.world.stage.root, uri)
        assert [one.type for one in answer.entries] == ["agreement.announced", "agreement.in_force"]
        fact = AgreementFact(asks="suspend", reason="integrity", effective=room.world.clock())
        stated = {"fact": ("fact.jwt", io.BytesIO(foreign.state(fact, agreement=LABEL).encode()))}
        shown = first.send(f"/agreements/{LABEL}/fact?lang=en", files=stated)
        assert "Loss of integrity" in text_of(shown)
        assert room.state_of(uri) == "in_force"
        stopped = first.propose(f"/agreements/{LABEL}/suspend", {"reason": "integrity"})
        assert second.approve(stopped).status_code == 303
        assert room.state_of(uri) == "suspended"


@pytest.mark.prove
def test_no_page_about_agreements_has_a_violation(chromium: Any, tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        border = border_of(room)
        assert border.foreign is not None
        border.foreign.propose(border.folder(), version=1, registry=border.registry, pack_of=load_pack)
        room.pass_time()
        page = sit_down(chromium, room, "見本 Operator", "operator-1")
        found = {}
        for lang, width, scheme in (("en", 1280, "light"), ("ja", 360, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            for path in ("/agreements", f"/agreements/{LABEL}"):
                page.goto(f"{room.url}{path}?lang={lang}")
                page.screenshot(path=tmp_path / f"{path.replace('/', '-')}-{lang}.png", full_page=True)
                if told := faults(page):
                    found[path, lang] = told
        page.context.close()
    assert found == {}
