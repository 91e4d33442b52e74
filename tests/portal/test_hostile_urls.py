"""Webhook addresses that lead inside: refused when they are registered or, where only a resolver can tell, when sent.

Each is a form that some client, proxy or resolver takes for this machine, its neighbours or a cloud's metadata service.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from recognition.authenticate.addresses import check_address
from recognition.authenticate.edge.guarded_http import GuardedHttp, Limits, NotReached
from registry.portal.desk import Desk
from registry.portal.service import create_portal
from registry.web.in_process import InProcessTransport
from verifier.errors import AddressRefusedError

if TYPE_CHECKING:
    from tests.portal.conftest import Receiver, Scene, Tenant

INNER_HOSTS = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "127.0.0.1.",
    "10.0.0.1",
    "10.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "0xc0a80001",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.0.192",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "8.8.8.8",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "hooks.localhost",
    "printer.local",
    "metadata.google.internal",
    "db",
    "１２７.0.0.1",
    "ⓛocalhost",
    "127。0。0。1",
    "hooks_x.example",
    "-hooks.example",
    "hooks..example",
    "%31%32%37.0.0.1",
)
OTHER_FORMS = (
    "http://hooks.example.org/",
    "ftp://hooks.example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "javascript:alert(1)",
    "//hooks.example.org/",
    "hooks.example.org",
    "https://",
    "https:///x",
    "https://user@hooks.example.org/",
    "https://user:word@hooks.example.org/",
    "https://hooks.example.org@127.0.0.1/",
    "https://127.0.0.1@hooks.example.org/",
    "https://hooks.example.org\\@127.0.0.1/",
    "https://hooks.example.org/#@127.0.0.1/",
    "https://hooks.example.org:22/",
    "https://hooks.example.org:80/",
    "https://hooks.example.org:6379/",
    "https://hooks.example.org:99999/",
    "https://hooks.example.org:-1/",
    "https://hooks.example.org/\r\nHost: inner",
    "https://hooks.example.org/ x",
    "https://hooks.example.org/\t",
    "https://hooks.example.org/" + "x" * 480,
    "https://[::1",
    "https://hooks.example.org\x00.inner/",
)
HOSTILE = (*(f"https://{host}/hook" for host in INNER_HOSTS), *OTHER_FORMS)
INNER_ADDRESSES = (
    "127.0.0.1",
    "10.1.2.3",
    "172.20.0.1",
    "192.168.7.7",
    "169.254.169.254",
    "100.64.1.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%2",
    "fd00::1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "2001:0:a00:1::",
)


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 60
    check_address("https://hooks.example.org/path?x=1")


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        check_address(url)
    assert refused.value.hint


def test_no_hostile_address_is_registered(scene: Scene) -> None:
    """Over HTTP, at a portal that was not told to send to this machine."""
    strict = Desk(scene.desk.database, scene.desk.host, scene.desk.now, scene.desk.entropy, to_loopback=False)
    portal = create_portal(strict, scene.world.public, trust_root=scene.world.ceremony.root)
    tenant = scene.tenant(per_minute=10_000)
    with httpx.Client(transport=InProcessTransport({"portal": portal.served})) as tenant.http:
        _none_is_taken(tenant)


def _none_is_taken(tenant: Tenant) -> None:
    refused = {url: tenant.post("endpoints", {"url": url}).status_code for url in HOSTILE}
    assert {url: status for url, status in refused.items() if status not in (400, 422)} == {}
    assert tenant.get("endpoints").json()["endpoints"] == []
    told = tenant.post("endpoints", {"url": "http://hooks.example.org/"}).json()
    assert (told["code"], told["detail"], "https://" in told["hint"]) == (
        "address_refused",
        "only https is asked",
        True,
    )


@pytest.mark.parametrize("inner", INNER_ADDRESSES)
def test_a_name_that_leads_inside_is_not_connected_to(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **named: connected.append(args))
    for found in ([inner], ["93.184.215.14", inner]):
        http = GuardedHttp(resolve=lambda host, port, found=found: found, limits=Limits(total=1.0))
        answer = http.post("https://hooks.example.org/", b"{}", media_type="application/json", headers={})
        assert isinstance(answer, NotReached)
        assert answer.reason == "address_refused"
    assert connected == []


def test_a_name_that_changes_its_mind_is_resolved_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the second answer would be this machine; nobody asks for a second one."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    connected: list[str] = []

    def refuse(address: tuple[str, int], *args: object, **named: object) -> socket.socket:
        connected.append(address[0])
        raise OSError("no network in a test")

    monkeypatch.setattr(socket, "create_connection", refuse)
    http = GuardedHttp(resolve=lambda host, port: answers.pop(0))
    answer = http.post("https://hooks.example.org/", b"{}", media_type="application/json", headers={})
    assert (answer, connected, answers) == (NotReached("no_connection", again=True), ["93.184.215.14"], [["127.0.0.1"]])


def test_an_answer_that_does_not_end_is_cut_off_in_size_and_in_time(receiver: Receiver) -> None:
    receiver.answer = lambda message: (200, {"Content-Length": "1000000"})
    http = GuardedHttp(allow_loopback=True, limits=Limits(total=0.5, silence=0.2))
    answer = http.post(receiver.url, b"{}", media_type="application/json", headers={})
    assert isinstance(answer, NotReached)
    assert answer.reason in ("timed_out", "cut_off")
