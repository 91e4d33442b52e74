"""What every console promises: who gets in, who may do what, and that two people are two."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.console.enrolled import Visitor, add_person, free_port, open_console
from verifier.edge.console import queries
from verifier.edge.console.errors import PasskeyError
from verifier.edge.console.passkeys import RelyingParty
from verifier.edge.console.people import IDLE, LONGEST
from verifier.edge.console.plan import Deed, Plan, ProposalKind, Screen
from verifier.errors import KeyRefusedError, NotFoundError, RefusedError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from verifier.edge.console.application import Console
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

WRITER, SIGNER = frozenset({"writer"}), frozenset({"signer"})
DONE: list[str] = []


def page(visit: Visit) -> Response:
    return visit.show("console/journal.html", lines=[])


def write(visit: Visit) -> Response:
    if visit.form.need("text") == "bad":
        raise RefusedError("the text is bad", hint="Write another one.")
    number = visit.house.proposals.propose(
        visit.person, "say", about="a text", members={"text": visit.form.get("text")}
    )
    return visit.go(f"/proposals/{number}", "console.proposals.done")


def again(visit: Visit) -> Response:
    return visit.show("console/people.html", links=[], everybody=[], invited=[], choices=[])


def sign(visit: Visit) -> Response:
    DONE.append(f"{visit.passphrase('pen').decode()} {visit.form.get('text')}")
    return visit.go("/")


def say(visit: Visit, proposal: Proposal) -> str:
    if proposal.members["text"] == "impossible":
        raise RefusedError("it cannot be said")
    DONE.append(f"{visit.person.name}: {proposal.members['text']}")
    return "said"


def try_key(key: str, passphrase: bytes) -> None:
    if passphrase != b"right":
        raise KeyRefusedError("the passphrase does not open the key")


@pytest.fixture
def clock() -> list[int]:
    return [1_800_000_000]


@pytest.fixture
def console(tmp_path: Path, clock: list[int]) -> Console:
    DONE.clear()
    kind = ProposalKind(WRITER | SIGNER, "console/proposal.html", lambda visit, proposal: {}, say)
    plan = Plan(
        name="console.role",
        roles=("writer", "signer"),
        screens=[Screen("/", page), Screen("/written", page, WRITER)],
        deeds=[Deed("/write", write, WRITER, again=again), Deed("/sign", sign, SIGNER)],
        keys={"pen": SIGNER},
        try_key=try_key,
        kinds={"say": kind},
    )
    return open_console(plan, tmp_path / "console", port=free_port(), now=lambda: clock[0])


def test_nobody_sees_a_page_without_signing_in_and_the_way_back_is_kept(console: Console) -> None:
    answer = Visitor(console, None).get("/written?part=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fwritten%3Fpart%3D2")
    assert Visitor(console, None).send("/write", {"text": "x"}).headers["location"] == "/sign-in"


@pytest.mark.parametrize("then", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "x"])
def test_signing_in_leads_to_no_other_site(console: Console, then: str) -> None:
    assert 'name="then" value="/"' in Visitor(console, None).get("/sign-in", params={"then": then}).text


def test_a_role_opens_what_it_may_and_nothing_else(console: Console) -> None:
    writer, signer = (Visitor(console, add_person(console, one, one)) for one in ("writer", "signer"))
    assert writer.get("/written").status_code == 200
    assert signer.get("/written").status_code == 403
    assert signer.send("/write", {"text": "x"}).status_code == 403
    assert writer.get("/people").status_code == 403
    assert writer.send("/people/invite", {"name": "x", "role": "admin"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_another_site_is_refused(console: Console, headers: dict[str, str]) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    assert writer.send("/write", {"text": "x"}, headers=headers).status_code == 403
    assert console.house.proposals.list(unit="") == ()


def test_a_form_without_its_sessions_token_is_refused(console: Console) -> None:
    one, other = (Visitor(console, add_person(console, "writer", "writer")) for _ in range(2))
    for token in ("", "0" * 64, other.csrf):
        assert one.send("/write", {"text": "x", "csrf": token}).status_code == 403
    assert console.house.proposals.list(unit="") == ()


def test_a_form_that_is_sent_twice_does_its_deed_once_and_the_next_page_may_do_it_again(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    first, second = (f"{writer.csrf}.{number}" for number in ("0" * 16, "1" * 16))
    with ThreadPoolExecutor(4) as pool:
        clicks = list(pool.map(lambda _: writer.send("/write", {"text": "x", "csrf": first}), range(4)))
    assert [(one.status_code, one.headers["location"]) for one in clicks] == [(303, clicks[0].headers["location"])] * 4
    assert len(console.house.proposals.list(unit="")) == 1
    writer.send("/write", {"text": "x", "csrf": second})
    writer.send("/write", {"text": "y", "csrf": second})
    assert len(console.house.proposals.list(unit="")) == 3


def test_a_form_that_was_refused_is_refused_anew(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    empty = {"text": "", "csrf": f"{writer.csrf}.{'0' * 16}"}
    assert [writer.send("/write", empty).status_code for _ in range(2)] == [400, 400]


def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day(console: Console, clock: list[int]) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    for _ in range(LONGEST // (IDLE - 60)):
        clock[0] += IDLE - 60
        assert writer.get("/").status_code == 200
    clock[0] += IDLE - 60
    assert writer.get("/").headers["location"] == "/sign-in"
    idle = Visitor(console, add_person(console, "writer", "writer"))
    clock[0] += IDLE
    assert idle.get("/").headers["location"] == "/sign-in"


def test_signing_out_ends_the_session_itself(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    assert writer.send("/sign-out").headers["location"] == "/sign-in"
    assert writer.get("/").headers["location"] == "/sign-in"


def test_a_refused_form_is_shown_again_with_the_reason(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    answer = writer.send("/write", {"text": "bad", "name": "kept"})
    assert answer.status_code == 422
    assert "the text is bad" in answer.text
    assert 'value="kept"' in answer.text


def test_what_one_proposes_only_another_one_carries_out(console: Console) -> None:
    people = [add_person(console, name, "writer") for name in ("first", "second")]
    first, second = (Visitor(console, one) for one in people)
    place = first.send("/write", {"text": "hello"}).headers["location"]
    assert "/approve" not in first.get(place).text
    assert first.send(f"{place}/approve").status_code == 403
    assert DONE == []
    assert "/approve" in second.get(place).text
    assert second.send(f"{place}/approve").headers["location"] == place
    assert DONE == ["second: hello"]
    assert second.send(f"{place}/approve").status_code == 409
    assert DONE == ["second: hello"]


def test_a_proposal_that_fails_waits_with_the_reason_and_can_be_refused(console: Console) -> None:
    first, second = (Visitor(console, add_person(console, name, "writer")) for name in ("first", "second"))
    place = first.send("/write", {"text": "impossible"}).headers["location"]
    assert second.send(f"{place}/approve").status_code == 422
    assert "it cannot be said" in first.get(place).text
    assert second.send(f"{place}/refuse", {"reason": "no"}).headers["location"] == "/proposals"
    assert console.house.proposals.list(unit="")[0].state == "refused"


def test_a_key_is_asked_for_and_nothing_typed_is_lost(console: Console, clock: list[int]) -> None:
    signer = Visitor(console, add_person(console, "signer", "signer"))
    asked = signer.send("/sign", {"text": "<first line>\nsecond"})
    assert asked.status_code == 403
    assert "&lt;first line&gt;\nsecond" in asked.text
    wrong = signer.send("/sign", {"text": "x", "unlock_key": "pen", "unlock_passphrase": "wrong"})
    assert "does not open the key" in wrong.text
    assert signer.send("/sign", {"text": "x", "unlock_key": "pen", "unlock_passphrase": "right"}).status_code == 303
    assert signer.send("/sign", {"text": "y"}).status_code == 303
    assert DONE == ["right x", "right y"]
    clock[0] += 15 * 60
    assert signer.send("/sign", {"text": "z"}).status_code == 403


def test_a_key_unlocked_by_one_person_serves_nobody_else(console: Console) -> None:
    one, other = (Visitor(console, add_person(console, name, "signer")) for name in ("one", "other"))
    one.send("/sign", {"text": "x", "unlock_key": "pen", "unlock_passphrase": "right"})
    assert other.send("/sign", {"text": "y"}).status_code == 403
    writer = Visitor(console, add_person(console, "writer", "writer"))
    unlocking = {"text": "z", "unlock_key": "pen", "unlock_passphrase": "right"}
    assert writer.send("/write", unlocking).status_code == 403


def test_a_blocked_person_is_out_at_once(console: Console) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin"))
    person = add_person(console, "writer", "writer")
    writer = Visitor(console, person)
    assert admin.send(f"/people/{person.id}/block").status_code == 303
    assert writer.get("/").headers["location"] == "/sign-in"


def test_administrators_do_not_block_themselves(console: Console) -> None:
    person = add_person(console, "admin", "admin")
    assert Visitor(console, person).send(f"/people/{person.id}/block").status_code == 422


def test_people_of_another_unit_are_not_there(console: Console) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin", unit="a"))
    stranger = add_person(console, "stranger", "writer", unit="b")
    assert "stranger" not in admin.get("/people").text
    assert admin.send(f"/people/{stranger.id}/block").status_code == 404
    place = Visitor(console, stranger).send("/write", {"text": "x"}).headers["location"]
    assert admin.get(place).status_code == 404


def test_an_invitation_is_shown_once_and_its_token_is_kept_nowhere(console: Console, tmp_path: Path) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin"))
    shown = admin.send("/people/invite", {"name": "newcomer", "role": ["writer"]}).text
    token = re.search(r"/enrol/([\w-]{43})", shown)
    assert token is not None
    assert token[1] not in admin.get("/people").text
    files = b"".join(one.read_bytes() for one in (tmp_path / "console").iterdir())
    assert token[1].encode() not in files
    assert Visitor(console, None).get(f"/enrol/{token[1]}").status_code == 200


def test_an_invitation_to_no_role_is_refused(console: Console) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin"))
    assert admin.send("/people/invite", {"name": "newcomer", "role": ["everything"]}).status_code == 422


def test_an_old_invitation_lets_nobody_in(console: Console, clock: list[int]) -> None:
    _, token = console.house.accounts.invite("newcomer", roles=WRITER, by="admin")
    clock[0] += 24 * 3600
    with pytest.raises(NotFoundError):
        console.house.accounts.ask_to_enrol(token)


def test_a_recovery_code_works_once_and_opens_the_account_only(console: Console) -> None:
    person = add_person(console, "writer", "writer")
    code = console.house.accounts.renew_codes(person)[0]
    stranger = Visitor(console, None)
    answer = stranger.send("/recover", {"code": code.lower().replace("-", " ")})
    assert answer.headers["location"] == "/account"
    assert stranger.get("/").headers["location"] == "/account"
    assert stranger.get("/account").status_code == 200
    with pytest.raises(PasskeyError):
        console.house.accounts.recover(code)


def test_the_last_passkey_stays(console: Console) -> None:
    person = add_person(console, "writer", "writer")
    writer = Visitor(console, person)
    with console.house.accounts.database.transaction() as db:
        queries.insert_passkey(db, _passkey("one", person.id))
    assert writer.send("/account/passkeys/remove", {"passkey": "one"}).status_code == 422


def _passkey(name: str, person: str) -> queries.Passkey:
    return queries.Passkey(name, person, "key", 0, name, 1)


def test_every_deed_stands_in_the_journal_with_its_outcome(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    writer.send("/write", {"text": "bad"})
    writer.send("/write", {"text": "good"})
    writer.send("/sign", {"text": "x"})
    with console.house.accounts.database.transaction() as db:
        lines = [(one.about, one.outcome) for one in queries.latest_lines(db, most=9)]
    assert lines == [("/sign", "not_allowed"), ("/write", "done"), ("/write", "refused")]


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "http://desk.example", "https://desk.example/desk"])
def test_a_console_is_served_only_where_browsers_keep_passkeys(origin: str) -> None:
    with pytest.raises(WrongUseError):
        RelyingParty("Shirushi", origin).checked()


def test_a_form_too_large_is_cut_off(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    assert writer.send("/write", {"text": "x" * 300_000}).status_code == 413


def test_pages_forbid_scripts_frames_and_copies_elsewhere(console: Console) -> None:
    answer = Visitor(console, None).get("/sign-in")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
