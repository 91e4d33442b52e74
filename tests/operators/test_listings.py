"""Experts, schemes and the erasure of a name at the operators' console: by two, and in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.console import schemes_screens
from registry.scenario import cast
from tests.operators.at_desk import Operator, text_of
from tests.operators.room import open_room
from verifier.encoding import read_object
from verifier.names import expert_uri, scheme_uri
from verifier.scheme.shipped import load_shipped

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.system, pytest.mark.prove]
EXPERT = {"number": "RISS-000777", "register": "riss", "begins": "2026-01-01", "ends": "2039-12-31"}


def test_an_expert_is_listed_and_delisted_by_two_operators(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        first, second = Operator(room, "見本 One", "operator-1"), Operator(room, "見本 Two", "operator-2")
        uri = expert_uri(cast.HOST, EXPERT["number"])
        assert first.send("/experts", first.signed({**EXPERT, "number": "a/b"})).status_code == 400
        proposal = first.propose("/experts", EXPERT)
        assert "RISS-000777" in second.read(proposal)
        assert first.approve(proposal).status_code == 403
        assert room.state_of(uri) is None
        assert second.approve(proposal).status_code == 303
        assert room.state_of(uri) == "active"
        assert "RISS-000777" in first.read("/experts")
        wrong = first.send("/experts", first.signed({**EXPERT, "register": "another"}))
        refused = second.approve(wrong.headers["location"])
        assert "another register" in text_of(refused)
        delisting = second.propose("/experts/RISS-000777/delist", {"reason": "request"})
        assert first.approve(delisting).status_code == 303
        assert room.state_of(uri) == "delisted"
        assert "Delist an expert" in first.read("/experts/RISS-000777")
        assert first.get("/experts/RISS-9").status_code == 404


def test_a_scheme_that_is_installed_is_published_by_two_operators(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        first, second = Operator(room, "見本 One", "operator-1"), Operator(room, "見本 Two", "operator-2")
        page = first.get("/schemes").text
        offered = [one.split('"')[0] for one in page.split('<option value="')[1:]]
        assert offered
        assert f"{cast.SCHEME}/{cast.VERSION}" not in offered
        name = offered[0]
        pack = load_shipped(*name.rsplit("/", 1))
        proposal = first.propose("/schemes", {"pack": name})
        assert pack.digest in second.read(proposal)
        assert second.approve(proposal).status_code == 303, text_of(second.get(proposal))
        assert room.state_of(scheme_uri(cast.HOST, pack.scheme, pack.version)) is not None
        assert f'<option value="{name}"' not in first.get("/schemes").text
        assert schemes_screens.TYPE == "scheme.published"


def test_a_bodys_name_is_erased_after_a_second_operator_looked(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        first, second = Operator(room, "見本 One", "operator-1"), Operator(room, "見本 Two", "operator-2")
        path = f"/bodies/{cast.BODY_NO}"
        shown = read_object((room.data.public / f"e/{cast.BODY_NO}.json").read_bytes())
        name = str(shown["disclosures"][0]["value"])
        assert name in first.read(path)
        proposal = first.propose(f"{path}/erase-name")
        assert name in second.read(proposal)
        assert first.approve(proposal).status_code == 403
        assert name in second.read(path)
        assert second.approve(proposal).status_code == 303
        assert name not in first.read(path)
        assert "No name is disclosed" in first.read(f"{path}/erase-name")
        assert first.send(f"{path}/erase-name", first.signed()).status_code == 404
        room.pass_time()
        files = [one for folder in (room.data.path, room.data.public) for one in folder.rglob("*") if one.is_file()]
        assert [one for one in files if name.encode() in one.read_bytes()] == []
