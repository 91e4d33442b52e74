"""What operators do on the pages of a real registry: every act ends as an entry, or is refused with a reason."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from issuer.identity import Identity, KeyPlace, prove_key
from registry.applications.store import Applications
from registry.casebook.store import Casebook
from registry.scenario import cast
from registry.timers.acts import Act
from registry.timers.confirmation import Hold, check_confirmation
from registry.timers.store import TimerFolder
from tests.console.enrolled import Visitor
from tests.operators.at_desk import Operator, text_of
from tests.operators.room import open_room
from verifier.names import body_uri, key_uri, mark_uri
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.operators.room import Room

pytestmark = [pytest.mark.system, pytest.mark.prove]
NEW = 1002


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
def two(room: Room) -> tuple[Operator, Operator]:
    return Operator(room, "見本 One", "operator-1"), Operator(room, "見本 Two", "operator-2")


def scope_of(room: Room, operator: Operator) -> list[str]:
    """Return the rows that the form offers."""
    found = operator.get("/bodies/new").text
    return [one.split('"')[0] for one in found.split('name="scope" value="')[1:]]


def accredit(room: Room, two: tuple[Operator, Operator]) -> None:
    first, second = two
    fields = {
        "role": "evaluation",
        "no": str(NEW),
        "identifier": cast.SUPPLIER_5.identifier,
        "name": "見本第二評価機構",
        "scope": scope_of(room, first),
        "begins": "2026-01-01",
        "ends": "2030-12-31",
    }
    proposal = first.propose("/bodies/new", fields)
    said = second.read(proposal)
    assert "見本第二評価機構" in said
    assert "jp.meti.scs ★3 ★4" in said
    assert second.approve(proposal).status_code == 303
    assert room.state_of(body_uri(cast.HOST, NEW)) == "active"
    room.pass_time()


def test_a_body_is_accredited_with_its_key_and_both_stand_in_the_log(
    room: Room, two: tuple[Operator, Operator]
) -> None:
    accredit(room, two)
    first, second = two
    identity = Identity(cast.HOST, NEW, {"decider": KeyPlace("h-new", 1)})
    signer = SoftwareSigner.generate(room.world.stage.entropy)
    clock, entropy = room.world.clock, room.world.stage.entropy
    proof = prove_key(identity, "decider", {"decider": signer}, at=clock(), entropy=entropy)
    proposal = first.propose("/keys", {"proof": f" {proof}\n"})
    assert "h-new" in second.read(proposal)
    assert second.approve(proposal).status_code == 303
    assert room.state_of(key_uri(cast.HOST, signer.kid)) == "active"
    assert "h-new" in first.read(f"/bodies/{NEW}")
    assert "見本第二評価機構" in first.read("/bodies")


def test_a_proof_that_waited_too_long_is_refused_by_the_registry_and_the_proposal_waits_again(
    room: Room, two: tuple[Operator, Operator]
) -> None:
    accredit(room, two)
    first, second = two
    identity = Identity(cast.HOST, NEW, {"decider": KeyPlace("h-new", 1)})
    signers = {"decider": SoftwareSigner.generate(room.world.stage.entropy)}
    proof = prove_key(identity, "decider", signers, at=room.world.clock(), entropy=room.world.stage.entropy)
    proposal = first.propose("/keys", {"proof": proof})
    for _ in range(3):
        # Nobody's session ends meanwhile: the second operator looks now and then.
        room.world.clock.now += 1300
        assert second.get(proposal).status_code == 200
    room.pass_time()
    refused = second.approve(proposal)
    assert refused.status_code == 422
    assert room.state_of(key_uri(cast.HOST, signers["decider"].kid)) is None
    assert room.console.house.proposals.load(int(proposal.rpartition("/")[2]), unit="").state == "open"


def test_a_revocation_shows_what_its_cut_off_voids_and_says_it(room: Room, two: tuple[Operator, Operator]) -> None:
    first, second = two
    decider = kid_of(first, "decider")
    entry = room.marks[1].issued.index
    looked = first.send(f"/keys/{decider}/revoke/look", {"cutoff": str(entry)})
    assert looked.headers["location"] == f"/keys/{decider}/revoke?cutoff={entry}"
    assert "stay valid: 1, that become void: 1" in first.read(looked.headers["location"])
    proposal = first.propose(f"/keys/{decider}/revoke", {"at": str(entry), "reason": "compromised"})
    assert "stay valid: 1, that become void: 1" in second.read(proposal)
    assert second.approve(proposal).status_code == 303
    assert room.state_of(key_uri(cast.HOST, decider)) == "revoked"
    again = first.send(f"/keys/{decider}/revoke", first.signed({"at": str(entry), "reason": "compromised"}))
    refused = second.approve(again.headers["location"])
    assert "may only lower the cut-off" in text_of(refused)


def kid_of(operator: Operator, role: str) -> str:
    """Return the first key in that role, as the page lists it."""
    rows = operator.get("/keys?lang=en").text.split("<tr>")
    row = next(one for one in rows if f">{role}<" in one)
    return row.split('href="/keys/')[1].split('"')[0]


def test_one_operator_retires_a_key_and_publishes_a_notice_alone(room: Room, two: tuple[Operator, Operator]) -> None:
    first, _ = two
    kid = kid_of(first, "assessor")
    assert first.send(f"/keys/{kid}/retire", first.signed()).status_code == 303
    assert room.state_of(key_uri(cast.HOST, kid)) == "retired"
    texts = {"kind": "fake_mark", "ja": "偽のマーク\n\n見本", "en": "Fake mark\n\nSample"}
    assert first.send("/notices", first.signed(texts)).status_code == 303
    assert "fake mark" in first.read("/notices")


def test_the_authority_suspends_a_mark_and_lifts_it_again(room: Room, two: tuple[Operator, Operator]) -> None:
    first, second = two
    mark = room.marks[0].issued.mark_id
    found = first.send("/marks", {"mark": f"https://{cast.HOST}/m/{mark}"})
    assert found.headers["location"] == f"/marks/{mark}"
    days = first.get(f"/marks/{mark}").text.split('name="lift_by" value="')[1].split('"')[0]
    proposal = first.propose(f"/marks/{mark}/suspend", {"reason": "misuse", "lift_by": days})
    assert second.approve(proposal).status_code == 303
    assert room.state_of(mark_uri(cast.HOST, mark)) == "suspended"
    room.pass_time()
    proposal = second.propose(f"/marks/{mark}/reinstate")
    assert first.approve(proposal).status_code == 303
    assert room.state_of(mark_uri(cast.HOST, mark)) == "active"


def test_a_complaint_is_handled_by_a_registrar_who_signs_nothing(room: Room) -> None:
    registrar = Operator(room, "見本 Registrar", role="registrar")
    mark = room.marks[0].issued.mark_id
    fields = {"kind": "complaint", "object": mark, "contact": "見本@example.org", "note": "見本"}
    path = registrar.send("/matters", fields).headers["location"]
    page = registrar.read(path)
    assert "received" in page
    assert "見本@example.org" in page
    for step in ("acknowledge", "investigate", "uphold", "close"):
        assert registrar.send(path, {"step": step, "note": step}).status_code == 303
    refused = registrar.send(path, {"step": "uphold"})
    assert "it is closed" in text_of(refused)
    assert registrar.send(f"{path}/forget").status_code == 303
    book = Casebook(room.data.casebook)
    found = book.get(path.rpartition("/")[2])
    assert [one.step for one in found.events] == ["receive", "acknowledge", "investigate", "uphold", "close"]
    assert book.contact(found.id) is None
    assert registrar.send(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "misconduct"}).status_code == 403
    assert "Suspend a body" not in registrar.read(f"/bodies/{cast.BODY_NO}")
    assert "Propose" not in registrar.read(f"/marks/{mark}")


def test_an_operator_who_signed_a_decision_is_no_judge_of_the_appeal_against_it(
    room: Room, two: tuple[Operator, Operator]
) -> None:
    first, second = two
    entry = room.entries()
    proposal = first.propose(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "nonconformity"})
    second.approve(proposal)
    room.pass_time()
    judges = [Operator(room, f"見本 Judge {no}", role="registrar") for no in (1, 2)]
    fields = {"kind": "appeal", "object": str(cast.BODY_NO), "entry": str(entry), "note": "見本"}
    path = judges[0].send("/matters", fields).headers["location"]
    assert judges[0].send(path, {"step": "admit"}).status_code == 303
    panel = [f"p-{one.person.id}" for one in (first, judges[1])]
    refused = judges[0].send(path, {"step": "convene", "panel": panel})
    assert "signed the decision" in text_of(refused)
    other = Operator(room, "見本 Judge 3", role="registrar")
    panel = [f"p-{one.person.id}" for one in (judges[1], other)]
    assert judges[0].send(path, {"step": "convene", "panel": panel}).status_code == 303


def test_an_application_is_granted_by_two_and_refused_by_two(room: Room, two: tuple[Operator, Operator]) -> None:
    first, second = two
    (room.data.path / "application-rules.toml").write_text(RULES)
    path = first.send("/applications", APPLICANT).headers["location"]
    early = first.send(f"{path}/grant", first.signed(grant_of(room, first)))
    assert "missing" in text_of(early)
    supplied = {"item": "register-extract"}
    files = {"paper": ("extract.pdf", b"an extract", "application/pdf")}
    assert first.send(f"{path}/supply", supplied, files=files).status_code == 303
    proposal = first.propose(f"{path}/grant", grant_of(room, first))
    assert "見本第三評価機構" in second.read(proposal)
    assert second.approve(proposal).status_code == 303
    found = Applications(room.data.applications).get(path.rpartition("/")[2])
    assert (found.state, room.state_of(body_uri(cast.HOST, 1003))) == ("accredited", "active")
    other = first.send("/applications", {**APPLICANT, "identifier": cast.SUPPLIER_4.identifier}).headers["location"]
    proposal = second.propose(f"{other}/refuse", {"reason": "incomplete"})
    assert "incomplete" in first.read(proposal)
    assert first.approve(proposal).status_code == 303
    assert Applications(room.data.applications).get(other.rpartition("/")[2]).state == "refused"


RULES = """
[[windows]]
id = "always"
role = "evaluation"
opens = 2020-01-01
closes = 2999-12-31

[[checklists]]
role = "evaluation"
items = [{ id = "register-extract", ja = "登記事項証明書", en = "Extract from the company register" }]
"""
APPLICANT = {"window": "always", "identifier": cast.SUPPLIER_5.identifier, "name": "見本第三評価機構"}


def grant_of(room: Room, operator: Operator) -> dict[str, object]:
    return {"no": "1003", "scope": scope_of(room, operator), "begins": "2026-01-01", "ends": "2029-12-31"}


def test_a_list_of_timed_acts_is_confirmed_by_two_operators_and_by_none_of_them_twice(
    room: Room, two: tuple[Operator, Operator]
) -> None:
    first, second = two
    assert "Nothing waits" in first.read("/timers")
    act = {"due": room.world.clock(), "object": mark_uri(cast.HOST, room.marks[0].issued.mark_id)}
    hold = Hold(since=room.world.clock(), reasons=("too_many",), acts=(Act(**act, type="mark.suspended"),))
    folder = TimerFolder(room.data.timers)
    folder.hold(hold)
    digest = {"digest": hold.digest(cast.HOST)}
    assert first.send("/timers", first.signed(digest)).status_code == 303
    assert first.send("/timers", first.signed(digest)).status_code == 403
    assert "operator-1" in second.read("/timers")
    assert second.send("/timers", second.signed({"digest": "A" * 43})).status_code == 409
    assert second.send("/timers", second.signed(digest)).status_code == 303
    said = folder.confirmed()
    assert said is not None
    with room.console_log() as state:
        place = {"root": room.data.trust_root(), "book": state, "size": state.size}
        assert check_confirmation(said, since=hold.since, now=room.world.clock(), **place) == hold.acts


def test_other_rows_of_a_body_are_shown_beside_those_that_it_has(room: Room, two: tuple[Operator, Operator]) -> None:
    first, second = two
    three = next(one for one in scope_of(room, first) if " 3 " in one)
    fields = {"scope": [three], "begins": "2026-01-01", "ends": "2028-12-31"}
    proposal = first.propose(f"/bodies/{cast.BODY_NO}/amend", fields)
    said = second.read(proposal)
    assert "Rows that go jp.meti.scs ★4" in said
    assert "Rows that come none" in said
    assert second.approve(proposal).status_code == 303
    assert "jp.meti.scs ★3 " in first.read(f"/bodies/{cast.BODY_NO}")


def test_what_somebody_wrote_into_a_proposal_is_not_what_the_first_operator_signed(
    room: Room, two: tuple[Operator, Operator]
) -> None:
    first, second = two
    proposal = first.propose(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "request"})
    with closing(sqlite3.connect(room.data.path / "console.db")) as database, database:
        (members,) = database.execute("SELECT members FROM console_proposal").fetchone()
        changed = json.loads(members)
        changed["saying"]["public"]["reason"] = "misconduct"
        database.execute("UPDATE console_proposal SET members = ?", (json.dumps(changed),))
    size = room.entries()
    assert "is not what the first operator signed" in text_of(second.approve(proposal))
    assert room.entries() == size


def test_a_colleagues_key_and_a_wrong_passphrase_open_nothing(room: Room, two: tuple[Operator, Operator]) -> None:
    first, _ = two
    stranger = Operator(room, "見本 Three")
    fields = {"key": "operator-1", "unlock_key": "operator-1"}
    wrong = stranger.send("/own-key", {**fields, "unlock_passphrase": "not the passphrase"})
    assert (wrong.status_code, "unlock_passphrase" in wrong.text) == (403, True)
    taken = stranger.send("/own-key", {**fields, "unlock_passphrase": "the passphrase of operator-1"})
    assert (taken.status_code, "another person" in text_of(taken)) == (422, True)
    keyless = stranger.send(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "request"})
    assert "no signing key is yours yet" in text_of(keyless)
    fresh = Visitor(room.console, first.person)
    locked = fresh.send(f"/bodies/{cast.BODY_NO}/suspend", {"reason": "request"})
    assert (locked.status_code, "unlock_passphrase" in locked.text) == (403, True)
