"""Attacks on a console by who has no account: pages of other sites, wrong answers of authenticators, broken forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.console.authenticator import PRESENT, Authenticator
from tests.console.enrolled import Visitor, add_person, free_port, open_console
from verifier.edge.console import queries
from verifier.edge.console.errors import PasskeyError
from verifier.edge.console.gate import hosts_of
from verifier.edge.console.plan import Deed, Plan, Screen
from verifier.encoding import b64u

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from verifier.edge.console.application import Console
    from verifier.edge.console.visit import Visit

WRITER = frozenset({"writer"})
MULTIPART = 'multipart/form-data; boundary="x"'


def page(visit: Visit) -> Response:
    return visit.show("console/journal.html", lines=[])


@pytest.fixture
def console(tmp_path: Path) -> Console:
    plan = Plan(
        name="console.role",
        roles=("writer", "signer"),
        screens=[Screen("/", page)],
        deeds=[Deed("/write", page, WRITER)],
        single=frozenset({"signer"}),
    )
    return open_console(plan, tmp_path / "console", port=free_port())


def authenticator(console: Console) -> Authenticator:
    return Authenticator(console.house.accounts.party.origin)


def enrolled(console: Console, *roles: str) -> Authenticator:
    accounts, device = console.house.accounts, authenticator(console)
    _, token = accounts.invite("somebody", roles=frozenset(roles), by="tests")
    answer = device.create(accounts.ask_to_enrol(token))
    accounts.enrol(token, answer, label="device", check_roles=console.house.plan.check_roles)
    device.count += 1
    return device


def test_dns_rebinding_gets_nothing(console: Console) -> None:
    port = console.house.accounts.party.origin.rpartition(":")[2]
    person = Visitor(console, add_person(console, "writer", "writer"))
    for host in (f"evil.example:{port}", "evil.example", f"127.0.0.1:{port}", "localhost:1", "", "localhost"):
        for path in ("/", "/sign-in", "/static/site.css", "/alive", "/enrol/x"):
            answer = person.get(path, headers={"Host": host})
            assert answer.status_code == 421
            assert "<" not in answer.text
            assert "set-cookie" not in answer.headers


def test_dns_rebinding_sends_no_form(console: Console) -> None:
    port = console.house.accounts.party.origin.rpartition(":")[2]
    evil = f"http://evil.example:{port}"
    headers = {"Host": f"evil.example:{port}", "Origin": evil, "Sec-Fetch-Site": "same-origin"}
    assert Visitor(console, None).send("/recover", {"code": "x"}, headers=headers).status_code == 421


def test_a_console_knows_the_names_by_which_browsers_ask_for_it() -> None:
    assert hosts_of("http://localhost:8091") == [["localhost:8091"]]
    assert hosts_of("https://desk.example") == [["desk.example:443"], ["desk.example"]]
    assert hosts_of("https://desk.example:8443") == [["desk.example:8443"]]


def test_a_page_of_another_site_loads_nothing_of_a_console(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    for dest in ("image", "script", "iframe", "empty", "style"):
        for site in ("cross-site", "same-site"):
            mode = "navigate" if dest == "iframe" else "no-cors"
            headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
            assert writer.get("/", headers=headers).status_code == 403
            assert writer.get("/static/site.css", headers=headers).status_code == 403


def test_a_link_on_another_site_leads_to_a_console(console: Console) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert Visitor(console, None).get("/sign-in", headers=headers).status_code == 200


def test_login_csrf_is_refused(console: Console) -> None:
    device = enrolled(console, "writer")
    answer = device.sign(console.house.accounts.ask_to_sign_in())
    stranger = Visitor(console, None)
    for origin in ("https://evil.example", "null", "http://[", ""):
        headers = {"Origin": origin}
        assert stranger.send("/sign-in", {"answer": answer}, headers=headers).status_code == 403
    assert stranger.send("/sign-in", {"answer": answer}).status_code == 303


def test_an_old_browser_that_tells_neither_site_nor_origin_sends_no_form(console: Console) -> None:
    assert Visitor(console, None).client.post("/recover", data={"code": "x"}).status_code == 403


def test_signing_in_by_a_passkey_that_verified_nobody_is_refused(console: Console) -> None:
    device = enrolled(console, "writer")
    device.flags = PRESENT
    with pytest.raises(PasskeyError):
        console.house.accounts.sign_in(device.sign(console.house.accounts.ask_to_sign_in()))


def test_enrolling_a_passkey_that_verified_nobody_is_refused(console: Console) -> None:
    accounts, device = console.house.accounts, authenticator(console)
    device.flags = PRESENT
    _, token = accounts.invite("somebody", roles=WRITER, by="tests")
    answer = device.create(accounts.ask_to_enrol(token))
    with pytest.raises(PasskeyError):
        accounts.enrol(token, answer, label="", check_roles=console.house.plan.check_roles)


def test_an_answer_made_for_another_site_is_refused(console: Console) -> None:
    for change in ({"origin": "http://localhost:1"}, {"origin": "https://evil.example"}, {"rp_id": "evil.example"}):
        device = enrolled(console, "writer")
        vars(device).update(change)
        with pytest.raises(PasskeyError):
            console.house.accounts.sign_in(device.sign(console.house.accounts.ask_to_sign_in()))
        device_id = b64u(device.id)
        with console.house.accounts.database.transaction() as db:
            queries.remove_passkey(db, device_id)


def test_a_copied_passkey_whose_counter_goes_back_is_refused(console: Console) -> None:
    device, accounts = enrolled(console, "writer"), console.house.accounts
    device.count = 7
    accounts.sign_in(device.sign(accounts.ask_to_sign_in()))
    for count in (7, 3, 0):
        device.count = count
        with pytest.raises(PasskeyError):
            accounts.sign_in(device.sign(accounts.ask_to_sign_in()))


def test_an_answer_is_good_once(console: Console) -> None:
    device, accounts = enrolled(console, "writer"), console.house.accounts
    answer = device.sign(accounts.ask_to_sign_in())
    accounts.sign_in(answer)
    with pytest.raises(PasskeyError):
        accounts.sign_in(answer)


def test_a_blocked_person_does_not_come_in_by_passkey_code_or_link(console: Console) -> None:
    device, accounts = enrolled(console, "writer"), console.house.accounts
    with accounts.database.transaction() as db:
        person = queries.list_people(db)[0]
    code = accounts.renew_codes(person)[0]
    _, again = accounts.invite(person.name, roles=WRITER, by="admin", person=person.id)
    _, accomplice = accounts.invite("accomplice", roles=WRITER, by=person.name)
    admin = Visitor(console, add_person(console, "admin", "admin"))
    assert admin.send(f"/people/{person.id}/block").status_code == 303
    with pytest.raises(PasskeyError):
        accounts.sign_in(device.sign(accounts.ask_to_sign_in()))
    with pytest.raises(PasskeyError):
        accounts.recover(code)
    for token in (again, accomplice):
        assert Visitor(console, None).get(f"/enrol/{token}").status_code == 404


def test_two_links_to_a_role_of_one_person_let_one_person_in(console: Console) -> None:
    accounts = console.house.accounts
    links = [accounts.invite(name, roles=frozenset({"signer"}), by="tests")[1] for name in ("one", "two")]
    devices = [Authenticator(accounts.party.origin, id=name) for name in (b"first", b"second")]
    answers = [device.create(accounts.ask_to_enrol(link)) for device, link in zip(devices, links, strict=True)]
    stranger = Visitor(console, None)
    assert stranger.send(f"/enrol/{links[0]}", {"answer": answers[0]}).status_code == 200
    assert stranger.send(f"/enrol/{links[1]}", {"answer": answers[1]}).status_code == 422
    with accounts.database.transaction() as db:
        assert [one.name for one in queries.list_people(db)] == ["one"]


BROKEN_ANSWERS = (
    "[" * 16_000,
    '{"response":' * 1300,
    json.dumps({"id": "\ud800", "response": {"clientDataJSON": b64u(b'{"challenge":"AAAA"}')}}),
    json.dumps({"id": "AAAA", "response": {"clientDataJSON": b64u(b"[" * 9000)}}),
    json.dumps({"id": "AAAA", "response": {"clientDataJSON": b64u(b'{"challenge":"AAAA"}')}}),
    json.dumps({"id": "AAAA", "response": []}),
    json.dumps({"id": "AAAA", "response": {"clientDataJSON": b64u(b'["challenge"]')}}),
    "x" * 20_000,
)


def test_a_broken_answer_of_an_authenticator_breaks_nothing(console: Console) -> None:
    stranger = Visitor(console, None)
    _, token = console.house.accounts.invite("somebody", roles=WRITER, by="tests")
    for answer in BROKEN_ANSWERS:
        assert stranger.send("/sign-in", {"answer": answer}).status_code == 422
        assert stranger.send(f"/enrol/{token}", {"answer": answer}).status_code == 422


def test_a_passkey_of_no_known_shape_breaks_nothing(console: Console) -> None:
    accounts, device = console.house.accounts, authenticator(console)
    for attested in (
        b"",
        b"\xa0",
        b"\x81" * 3000,
        b"\xa1\x68authData\x40",
        b"\x5f" * 99,
        b"\xff",
        b"\xd8\x1e\x82\x01\x00",
    ):
        _, token = accounts.invite("somebody", roles=WRITER, by="tests")
        answer = json.loads(device.create(accounts.ask_to_enrol(token)))
        answer["response"]["attestationObject"] = b64u(attested)
        sent = Visitor(console, None).send(f"/enrol/{token}", {"answer": json.dumps(answer)})
        assert sent.status_code == 422


BROKEN_FORMS = (
    ("multipart/form-data", b""),
    (MULTIPART, b"no boundary at all"),
    (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n"),
    (MULTIPART, b"--x\r\nbad header\r\n\r\nv\r\n--x--\r\n"),
    (
        f"{MULTIPART}; charset=unicode_escape",
        b'--x\r\nContent-Disposition: form-data; name="code"\r\n\r\n\\ud800\r\n--x--\r\n',
    ),
    ("application/x-www-form-urlencoded", b"code=%FF%FE%ED%A0%80"),
    ("application/x-www-form-urlencoded", b"code=" + b"&" * 60_000),
    ("text/plain", b"code=x"),
    ("", b"code=x"),
)


def test_a_broken_form_breaks_nothing(console: Console) -> None:
    stranger = Visitor(console, None)
    for media_type, body in BROKEN_FORMS:
        headers = {"Origin": stranger.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": media_type}
        assert stranger.client.post("/recover", content=body, headers=headers).status_code in (400, 422)


def test_a_number_without_end_in_an_address_breaks_nothing(console: Console) -> None:
    writer = Visitor(console, add_person(console, "writer", "writer"))
    for number in ("9" * 16, "9" * 30, "9" * 6000):
        assert writer.get(f"/proposals/{number}").status_code == 404
        assert writer.send(f"/proposals/{number}/approve").status_code == 404


def test_who_comes_in_stands_in_the_journal_and_how_and_no_link_does(console: Console) -> None:
    accounts, device = console.house.accounts, authenticator(console)
    _, token = accounts.invite("somebody", roles=WRITER, by="tests")
    stranger = Visitor(console, None)
    stranger.send(f"/enrol/{token}", {"answer": device.create(accounts.ask_to_enrol(token))})
    device.count += 1
    stranger.send("/sign-in", {"answer": device.sign(accounts.ask_to_sign_in())})
    with accounts.database.transaction() as db:
        lines = [(one.act, one.about, one.outcome) for one in queries.latest_lines(db, most=9)]
    assert lines == [("/sign-in", "/sign-in", "done"), ("/enrol", "/enrol", "done")]
