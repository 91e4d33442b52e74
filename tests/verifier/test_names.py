"""Every thing has one URI, and what is not such a URI is no name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import MalformedError
from verifier.identifier import parse_identifier
from verifier.names import (
    authority_uri,
    body_uri,
    directory_uri,
    key_uri,
    log_origin,
    mark_uri,
    org_uri,
    parse_name,
    root_uri,
    scheme_uri,
    status_list_uri,
    trust_mark_type,
)

HOST = "shirushi.example"
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
MARK = "0123456789abcdefghjkmnpqrt"


def test_the_names_are_those_of_the_specification() -> None:
    assert authority_uri(HOST) == "https://shirushi.example"
    assert log_origin(HOST) == "shirushi.example/log"
    assert body_uri(HOST, 1001) == "https://shirushi.example/e/1001"
    assert org_uri(HOST, parse_identifier("1180301018771")) == "https://shirushi.example/o/0188-1180301018771"
    assert mark_uri(HOST, MARK) == f"https://shirushi.example/m/{MARK}"
    assert key_uri(HOST, KID) == f"https://shirushi.example/k/{KID}"
    assert scheme_uri(HOST, "jp.meti.scs", "2026-03-27") == "https://shirushi.example/s/jp.meti.scs/2026-03-27"
    assert trust_mark_type(HOST, "jp.meti.scs", 3) == "https://shirushi.example/tm/jp.meti.scs/3"
    assert status_list_uri(HOST, 1) == "https://shirushi.example/status/1"
    assert (directory_uri(HOST), root_uri(HOST)) == (
        "https://shirushi.example/directory",
        "https://shirushi.example/trust",
    )


@pytest.mark.parametrize(
    ("uri", "kind", "value"),
    [
        ("https://shirushi.example/e/1", "e", "1"),
        ("https://shirushi.example/o/0188-1180301018771", "o", "0188-1180301018771"),
        (f"https://shirushi.example/k/{KID}", "k", KID),
        ("https://shirushi.example/s/jp.meti.scs/2026-03-27", "s", "jp.meti.scs/2026-03-27"),
        ("https://shirushi.example/a/jp-uk", "a", "jp-uk"),
        ("https://a/directory", "directory", ""),
        ("https://shirushi.example/trust", "trust", ""),
    ],
)
def test_a_name_is_read_back_into_its_parts(uri: str, kind: str, value: str) -> None:
    name = parse_name(uri)
    assert (name.kind, name.value) == (kind, value)


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("http://shirushi.example/e/1", id="without encryption"),
        pytest.param("https://Shirushi.example/e/1", id="host in capitals"),
        pytest.param("https://shirushi.example:443/e/1", id="a port"),
        pytest.param("https://user@shirushi.example/e/1", id="a user"),
        pytest.param("https://shirushi.example./e/1", id="a final dot"),
        pytest.param("https://-shirushi.example/e/1", id="a leading hyphen"),
        pytest.param("https://印.example/e/1", id="a host that is not ASCII"),
        pytest.param("https://" + "a" * 63 + "/e/1", id="a host of 63 characters"),
        pytest.param("https:///e/1", id="no host"),
        pytest.param("https://shirushi.example/e/0", id="body 0"),
        pytest.param("https://shirushi.example/e/01", id="a leading zero"),
        pytest.param("https://shirushi.example/e/１", id="a digit of full width"),
        pytest.param("https://shirushi.example/e/1/", id="a trailing slash"),
        pytest.param("https://shirushi.example/e/1?x", id="a query"),
        pytest.param("https://shirushi.example/e/1#x", id="a fragment"),
        pytest.param("https://shirushi.example/e/../e/1", id="a way up"),
        pytest.param("https://shirushi.example/e", id="no number"),
        pytest.param("https://shirushi.example/q/1", id="an unknown kind"),
        pytest.param("https://shirushi.example/trust/1", id="a value where none belongs"),
        pytest.param("https://shirushi.example/m/0123456789abcdefghjkmnpqrs", id="a mark with a wrong check symbol"),
        pytest.param("https://shirushi.example/m/0123456789ABCDEFGHJKMNPQRS", id="a mark in capitals"),
        pytest.param("https://shirushi.example/o/1180301018771", id="an identifier without its register"),
        pytest.param("https://shirushi.example/o/0188-T1180301018771", id="an identifier not in normal form"),
        pytest.param("https://shirushi.example/k/short", id="a kid that is no thumbprint"),
        pytest.param("https://shirushi.example/s/jp.meti.scs", id="a scheme without a version"),
        pytest.param("https://shirushi.example/e/1\n", id="a line feed"),
        pytest.param("", id="nothing"),
    ],
)
def test_it_is_no_name_with(uri: str) -> None:
    with pytest.raises(MalformedError):
        parse_name(uri)


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    for uri in (text, f"https://shirushi.example/{text}", f"https://shirushi.example/o/{text}"):
        try:
            assert parse_name(uri).host
        except MalformedError:
            continue
