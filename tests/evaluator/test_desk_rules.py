"""What the evaluator's pages keep to without a browser: who may what, whose keys, and a registry that is away."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

import pytest

from issuer.batch.rows import BatchSheet
from issuer.console.batch_files import keep_sheet
from issuer.console.door import Door, open_door
from issuer.console.plan import evaluator_plan
from issuer.console.works import Work, Works
from issuer.identity import ROLES
from issuer.office import found_office, read_settings
from registry.scenario import cast
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from tests.evaluator.desk_on_loopback import PASSPHRASES, unlocking
from verifier.errors import ConflictError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.edge.console.application import Console

APPLICATION = {
    "tier": "jp.meti.scs/2026-03-27/3",
    "name": cast.SUPPLIER_3.name,
    "identifiers": cast.SUPPLIER_3.identifier,
    "summary": "全社の IT 基盤",
    "scope_kind": "company",
    "ot": "excluded",
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A desk whose registry nobody serves."""
    folder = tmp_path_factory.mktemp("desk") / "desk"
    away = f"http://127.0.0.1:{free_port()}"
    keys = {role: {"holder": cast.PLACES[role].holder, "no": cast.PLACES[role].no} for role in ROLES}
    settings = read_settings({"host": cast.HOST, "body": cast.BODY_NO, "read": away, "api": away, "keys": keys})
    found_office(folder, settings, passphrases=PASSPHRASES, entropy=secrets.token_bytes)
    with open_door(folder, clock=lambda: int(time.time()), entropy=secrets.token_bytes) as opened:
        yield opened


@pytest.fixture
def console(door: Door, tmp_path: Path) -> Console:
    return open_console(evaluator_plan(door, Works()), tmp_path, port=free_port())


def visitor(console: Console, *roles: str) -> Visitor:
    return Visitor(console, add_person(console, f"見本 {roles}", *roles))


def test_nobody_sees_a_case_without_signing_in(console: Console) -> None:
    answer = Visitor(console, None).get("/cases")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fcases")


def test_a_form_without_its_token_is_refused(console: Console) -> None:
    assessor = visitor(console, "assessor")
    assessor.csrf = ""
    assert assessor.send("/cases/new", {**APPLICATION, "act": "draft"}).status_code == 403
    assessor.csrf = "0" * 64
    assert assessor.send("/cases/new", {**APPLICATION, "act": "draft"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("assessor", "/cases/C-000001/decide"),
        ("assessor", "/cases/C-000001/issue"),
        ("assessor", "/batch/sheets/x/run"),
        ("desk", "/cases/C-000001/attest"),
        ("desk", "/cases/C-000001/decide"),
        ("desk", "/marks/x/suspend"),
        ("decider", "/cases/C-000001/attest"),
        ("decider", "/cases/C-000001/answers"),
        ("decider", "/cases/new"),
        ("admin", "/cases/C-000001/attest"),
        ("admin", "/cases/C-000001/decide"),
        ("admin", "/cases/new"),
    ],
)
def test_nobody_does_the_work_of_another_role(console: Console, role: str, path: str) -> None:
    assert visitor(console, role).send(path).status_code == 403


def test_nobody_unlocks_the_key_of_another_role(console: Console) -> None:
    assessor = visitor(console, "assessor")
    answer = assessor.send("/cases/new", unlocking("decider", **APPLICATION, act="draft"))
    assert answer.status_code == 403
    assert console.house.unlocking.unlocked("anything") == frozenset()


def test_nobody_is_assessor_and_decider_and_each_role_is_one_persons(console: Console) -> None:
    admin = visitor(console, "admin")
    assert admin.send("/people/invite", {"name": "both", "role": ["assessor", "decider"]}).status_code == 422
    assert admin.send("/people/invite", {"name": "first", "role": ["assessor"]}).status_code == 200
    add_person(console, "見本 評価", "assessor")
    assert admin.send("/people/invite", {"name": "second", "role": ["assessor"]}).status_code == 422
    assert admin.send("/people/invite", {"name": "third", "role": ["decider", "desk"]}).status_code == 200


def test_a_second_assessor_who_was_invited_before_is_refused_at_the_door(console: Console) -> None:
    accounts = console.house.accounts
    _, token = accounts.invite("second", roles=frozenset({"assessor"}), by="tests")
    add_person(console, "first", "assessor")
    answer = Visitor(console, None).send(f"/enrol/{token}", {"answer": "{}"})
    assert (answer.status_code, "first is the assessor already" in answer.text) == (422, True)


def test_a_wrong_passphrase_opens_nothing_and_loses_nothing_that_was_typed(console: Console) -> None:
    desk = visitor(console, "desk")
    wrong = {**APPLICATION, "act": "open", "unlock_key": "desk", "unlock_passphrase": "a guess at the words"}
    answer = desk.send("/cases/new", wrong)
    assert answer.status_code == 403
    assert APPLICATION["summary"] in answer.text
    assert "key_refused" in answer.text


def test_a_case_is_kept_while_the_registry_is_away_and_every_page_still_answers(console: Console, door: Door) -> None:
    desk = visitor(console, "desk")
    answer = desk.send("/cases/new", unlocking("desk", **APPLICATION, act="open"))
    assert "unavailable" in answer.text
    case = next(one for one in door.desk().cases() if one.state == "submitted")
    for path in ("/", "/cases", f"/cases/{case.id}", f"/cases/{case.id}/handling", "/marks", "/keys", "/batch"):
        assert desk.get(path).status_code == 200, path
    assert "unknown" in desk.get("/keys?lang=en").text


def test_what_the_desk_refuses_stands_beside_the_form_with_what_was_typed(console: Console) -> None:
    answer = visitor(console, "desk").send("/cases/new", {**APPLICATION, "identifiers": "12", "act": "draft"})
    assert answer.status_code == 400
    assert "malformed" in answer.text
    assert APPLICATION["name"] in answer.text


def test_work_of_one_name_goes_on_once_and_tells_what_kept_it_from_its_end() -> None:
    works = Works()

    def wait(work: Work) -> None:
        work.pause(30)

    works.begin("one", wait)
    with pytest.raises(ConflictError):
        works.begin("one", wait)
    works.close()
    first = works.of("one")
    assert first is not None
    assert (first.is_over, type(first.error).__name__) == (True, "StoppedError")

    def refuse(work: Work) -> None:
        raise RefusedError("not this one")

    works.begin("one", refuse)
    works.close()
    second = works.of("one")
    assert second is not None
    assert isinstance(second.error, RefusedError)
    assert not isinstance(second.error, UnavailableError)


def test_an_exclusion_that_was_put_in_the_place_of_the_one_that_was_shown_is_not_accepted(console: Console) -> None:
    desk, assessor = visitor(console, "desk"), visitor(console, "assessor")
    other = {"name": cast.SUPPLIER_4.name, "identifiers": cast.SUPPLIER_4.identifier, "act": "draft"}
    case = desk.send("/cases/new", {**APPLICATION, **other}).headers["location"]
    desk.send(f"{case}/exclude", {"kind": "device", "what": "旧型測定器", "because": "接続しない"})
    found = re.search(r'name="seen" value="([^"]+)"', assessor.get(f"{case}/handling").text)
    assert found is not None
    desk.send(f"{case}/drop-exclusion", {"no": "1"})
    desk.send(f"{case}/exclude", {"kind": "site", "what": "本社", "because": "後日"})
    assert assessor.send(f"{case}/accept-exclusion", {"no": "1", "seen": found[1]}).status_code == 409
    assert "本社" in assessor.get(f"{case}/handling").text


def test_a_sheet_with_a_long_name_in_any_script_is_kept(tmp_path: Path) -> None:
    for name in ("見" * 90 + ".xlsx", "../" * 40 + "etc.csv", "\U0001f600" * 60 + ".csv"):
        sheet = BatchSheet(filename=name, lines=(), faults=())
        keep_sheet(tmp_path, sheet, b"kept")
        (kept,) = (tmp_path / sheet.sha256).iterdir()
        assert kept.read_bytes() == b"kept"
