"""Attacks on a console by who has an account of a low role, a stolen session or a recovery code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.console.enrolled import Visitor, add_person, free_port, open_console
from tests.waiting import wait_until
from verifier.edge.console import queries
from verifier.edge.console.commands import alone
from verifier.edge.console.plan import Deed, Plan, ProposalKind, Screen
from verifier.edge.console.unlocking import MOST_WRONG, Unlocking
from verifier.errors import KeyRefusedError, WrongUseError

if TYPE_CHECKING:
    from starlette.responses import Response

    from verifier.edge.console.application import Console
    from verifier.edge.console.proposal import Proposal
    from verifier.edge.console.visit import Visit

WRITER, SIGNER = frozenset({"writer"}), frozenset({"signer"})
MARKUP = "<img src=x onerror=alert(1)>\"'"


def page(visit: Visit) -> Response:
    return visit.show("console/people.html", links=[], everybody=[], invited=[], choices=[])


def write(visit: Visit) -> Response:
    visit.house.proposals.propose(visit.person, "say", about=visit.form.get("text"), members={})
    return visit.go("/", "console.people.blocked", name=visit.form.get("text"))


def sign(visit: Visit) -> Response:
    visit.passphrase("pen")
    return visit.go("/")


def try_key(key: str, passphrase: bytes) -> None:
    if passphrase != b"right":
        raise KeyRefusedError("the passphrase does not open the key")


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def console(tmp_path: Path, done: list[str]) -> Console:
    def say(visit: Visit, proposal: Proposal) -> str:
        time.sleep(0.05)
        done.append(visit.person.name)
        return "said"

    plan = Plan(
        name="console.role",
        roles=("writer", "signer"),
        screens=[Screen("/", page), Screen("/accounting", page)],
        deeds=[Deed("/write", write, WRITER, again=page), Deed("/sign", sign, SIGNER)],
        keys={"pen": SIGNER},
        try_key=try_key,
        kinds={"say": ProposalKind(WRITER | SIGNER, "console/proposal.html", lambda visit, one: {}, say)},
        single=SIGNER,
    )
    return open_console(plan, tmp_path / "console", port=free_port())


def test_a_thief_of_a_recovery_code_does_nothing_but_make_a_passkey(console: Console) -> None:
    person = add_person(console, "writer", "writer")
    with console.house.accounts.database.transaction() as db:
        for name in ("one", "two"):
            queries.insert_passkey(db, queries.Passkey(name, person.id, "key", 0, name, 1))
    code = console.house.accounts.renew_codes(person)[0]
    thief = Visitor(console, None)
    assert thief.send("/recover", {"code": code}).headers["location"] == "/account"
    csrf = re.search(r'name="csrf" value="([0-9a-f]{64})\.[0-9a-f]{16}"', thief.get("/account").text)
    assert csrf is not None
    thief.csrf = csrf[1]
    for path, fields in (
        ("/account/codes", {}),
        ("/account/passkeys/remove", {"passkey": "one"}),
        ("/account/lock", {}),
        ("/write", {"text": "x"}),
    ):
        assert thief.send(path, fields).headers["location"] == "/account"
    assert thief.get("/accounting").headers["location"] == "/account"
    with console.house.accounts.database.transaction() as db:
        assert queries.count_recovery_codes(db, person.id) == 9
        assert len(queries.passkeys_of(db, person.id)) == 2


def test_a_thief_of_a_session_does_not_find_the_passphrase_by_trying(console: Console) -> None:
    signer = Visitor(console, add_person(console, "signer", "signer"))
    for _ in range(MOST_WRONG):
        assert signer.send("/sign", {"unlock_key": "pen", "unlock_passphrase": "wrong"}).status_code == 403
    answer = signer.send("/sign", {"unlock_key": "pen", "unlock_passphrase": "right"})
    assert answer.headers["location"] == "/sign-in"


def test_mistyping_now_and_then_ends_no_session(console: Console) -> None:
    signer = Visitor(console, add_person(console, "signer", "signer"))
    for _ in range(3):
        for passphrase in ["wrong"] * (MOST_WRONG - 1) + ["right"]:
            answer = signer.send("/sign", {"unlock_key": "pen", "unlock_passphrase": passphrase})
        assert answer.status_code == 303
        signer.send("/account/lock")


def test_a_passphrase_leaves_the_memory_though_nobody_looks() -> None:
    unlocking = Unlocking(try_key, lambda: int(time.time()), kept_for=1)
    unlocking.unlock("a session", "pen", b"right")
    assert unlocking.holds() == 1
    wait_until(lambda: unlocking.holds() == 0)


def test_passphrases_are_forgotten_with_the_session_they_were_given_in(console: Console) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin"))
    person = add_person(console, "signer", "signer")
    unlock = {"unlock_key": "pen", "unlock_passphrase": "right"}
    first = Visitor(console, person)
    assert first.send("/sign", unlock).status_code == 303
    with console.house.accounts.database.transaction() as db:
        (session,) = queries.sessions_of(db, person.id)
    Visitor(console, person).send("/account/sessions/end", {"session": session.id})
    assert console.house.unlocking.holds() == 0
    third = Visitor(console, person)
    assert third.send("/sign", unlock).status_code == 303
    assert admin.send(f"/people/{person.id}/block").status_code == 303
    assert console.house.unlocking.holds() == 0


def test_a_stolen_passkey_that_is_removed_leaves_no_session_behind(console: Console) -> None:
    person = add_person(console, "writer", "writer")
    owner, thief = Visitor(console, person), Visitor(console, person)
    with console.house.accounts.database.transaction() as db:
        for name in ("own", "stolen"):
            queries.insert_passkey(db, queries.Passkey(name, person.id, "key", 0, name, 1))
    assert owner.send("/account/passkeys/remove", {"passkey": "stolen"}).status_code == 303
    assert thief.get("/").headers["location"] == "/sign-in"
    assert owner.get("/").status_code == 200


def test_two_approvals_at_once_carry_a_proposal_out_once(console: Console, done: list[str]) -> None:
    Visitor(console, add_person(console, "first", "writer")).send("/write", {"text": "x"})
    visitors = [Visitor(console, add_person(console, f"second {no}", "writer")) for no in range(4)]
    answers: list[int] = []
    approve = [
        threading.Thread(target=lambda one=one: answers.append(one.send("/proposals/1/approve").status_code))
        for one in visitors
    ]
    for one in approve:
        one.start()
    for one in approve:
        one.join()
    assert sorted(answers) == [303, 409, 409, 409]
    assert len(done) == 1


def test_a_person_let_in_again_does_not_take_a_role_that_is_anothers_by_now(console: Console) -> None:
    admin = Visitor(console, add_person(console, "admin", "admin"))
    blocked = add_person(console, "signer", "signer")
    assert admin.send(f"/people/{blocked.id}/block").status_code == 303
    add_person(console, "successor", "signer")
    assert admin.send(f"/people/{blocked.id}/let-in").status_code == 422


def test_markup_in_what_people_type_is_text_wherever_it_is_shown(console: Console) -> None:
    admin = Visitor(console, add_person(console, f"admin {MARKUP}", "admin", "writer"))
    admin.send("/people/invite", {"name": MARKUP, "role": "writer"})
    admin.send("/write", {"text": MARKUP})
    pages = [admin.get(path) for path in ("/", "/people", "/journal", "/proposals", "/proposals/1", "/account")]
    assert [one.status_code for one in pages] == [200] * 6
    for one in pages:
        assert "<img src=x" not in one.text
    assert "&lt;img src=x" in pages[1].text


def test_a_long_text_that_is_told_once_breaks_nothing(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    assert writer.send("/write", {"text": '\U0001f600"' * 5000}).status_code == 303
    assert writer.get("/").status_code == 200


def test_one_process_at_a_time_serves_a_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(WrongUseError), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


@pytest.mark.prove
def test_a_second_process_over_the_same_folder_is_refused_and_no_core_is_written(tmp_path: Path) -> None:
    port = free_port()
    main = "import sys; from verifier.edge.main import main; sys.exit(main())"
    command = [sys.executable, "-c", main, "supplier", "console", "serve", "--dir", str(tmp_path)]
    first = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, env=os.environ.copy())
    try:
        assert first.stdout is not None
        assert first.stdout.readline().strip().endswith(str(port).encode())
        limits = Path(f"/proc/{first.pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits)
        second = subprocess.run([*command, "--port", str(free_port())], capture_output=True, timeout=60, check=False)
        assert second.returncode == 64
        assert b"served already" in second.stdout + second.stderr
    finally:
        first.terminate()
        first.wait(timeout=20)
