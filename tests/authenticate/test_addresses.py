"""Which addresses are asked: the public internet under https, and nothing that could be this machine or near it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.addresses import certificate_address, check_address, is_public
from recognition.authenticate.edge.guarded_http import GuardedHttp, NotReached
from verifier.errors import RefusedError

LISTED = """
http://registry.example/ https://localhost/ https://LOCALHOST/ https://localhost./ https://a.localhost/
https://127.0.0.1/ https://127.1/ https://127.0.0.1./ https://2130706433/ https://0x7f000001/ https://0x7f.1/
https://0177.0.0.1/ https://017700000001/ https://0/ https://0.0.0.0/ https://10.0.0.1/ https://172.16.0.1/
https://192.168.0.1/ https://169.254.169.254/latest/meta-data/ https://100.64.0.1/ https://198.18.0.1/
https://224.0.0.1/ https://255.255.255.255/ https://8.8.8.8/ https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/ https://[fe80::1]/ https://[fc00::1]/ https://[fd00:ec2::254]/ https://[ff02::1]/
https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/ https://[2001:db8::1]/ https://[2606:4700::1111]/
https://registry/ https://registry.local/ https://registry.internal/ https://metadata.google.internal/
https://user@registry.example/ https://user:pass@registry.example/ https://registry.example@127.0.0.1/
https://registry.example:22/ https://registry.example:80/ https://registry.example:6379/ https://registry.example:99999/
https://registry.example#@127.0.0.1/ https://registry.example/#fragment https:///path https:// https://. ftp://registry.example/
file:///etc/passwd gopher://registry.example/ javascript:alert(1) //registry.example/ registry.example
https://reg_istry.example/ https://-registry.example/ https://registry-.example/ https://registry..example/
https://registry.1/ https://①②⑦.⓪.⓪.①/ https://registry。example/ https://regıstry.example/ https://xn--/
"""
HOSTILE = LISTED.split()
INNER = """0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.31.255.255 192.0.0.1 192.0.2.1
    192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1
    ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:a00:1:: 2002:7f00:1::
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1"""


@pytest.mark.parametrize(
    "url",
    [
        *HOSTILE,
        "https://registry.example/a b",
        "https://registry.example\\@127.0.0.1/",
        "https://registry.example/\n",
        "",
        "https://" + "a" * 600 + ".example/",
    ],
)
def test_a_hostile_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        check_address(url)


def test_there_are_enough_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize(
    "url", ["https://registry.example/x", "https://a.registry.example:8443/x?y=1", "https://REGISTRY.example./"]
)
def test_an_ordinary_address_is_asked(url: str) -> None:
    assert check_address(url).scheme == "https"


def test_loopback_is_asked_only_when_that_was_set_and_then_nothing_else_is_eased() -> None:
    assert check_address("http://127.0.0.1:8000/x", allow_loopback=True).loopback
    assert not check_address("https://registry.example/", allow_loopback=True).loopback
    for url in ("http://registry.example/", "http://10.0.0.1/", "https://[fd00::1]/", "ftp://127.0.0.1/"):
        with pytest.raises(RefusedError):
            check_address(url, allow_loopback=True)


@pytest.mark.parametrize(
    "ip",
    INNER.split(),
)
def test_an_inner_address_is_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_outer_address_is_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["10.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["169.254.169.254"], []]
)
def test_a_name_that_leads_inside_is_not_connected_to(answers: list[str]) -> None:
    http = GuardedHttp(resolve=lambda host, port: answers)
    found = http.fetch("https://registry.example/certificates/1", accept="application/json")
    assert found == NotReached("address_refused", again=False)


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind() -> None:
    # The second answer would lead inside; the first is refused by the test suite's own guard, not by the judge.
    answers, asked = iter([["1.1.1.1"], ["127.0.0.1"]]), []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with pytest.raises(RuntimeError, match=r"1\.1\.1\.1"):
        GuardedHttp(resolve=resolve).fetch("https://registry.example/", accept="application/json")
    assert asked == ["registry.example"]


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,62}[A-Za-z0-9]", fullmatch=True))
def test_a_number_never_leaves_its_place_in_the_path(number: str) -> None:
    address = certificate_address("https://registry.example/c/{certificate}/x", number)
    checked = check_address(address)
    assert (checked.host, checked.target.count("/"), "?" in checked.target) == ("registry.example", 3, False)
