"""Strict JSON and base64: what two readers could understand differently is refused."""

from __future__ import annotations

import base64
import binascii
import json
import re
from enum import Enum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import MAX_DEPTH, b64, b64u, canonical, digest, read_json, read_object, unb64, unb64u
from verifier.errors import MalformedError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a":1,"a":1}', id="a member named twice"),
        pytest.param(b'{"a":1,"\\u0061":2}', id="a member named twice, once escaped"),
        pytest.param(b'[{"b":{"a":1,"a":2}}]', id="a member named twice, deep inside"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b"[Infinity]", id="Infinity"),
        pytest.param(b"[-Infinity]", id="minus Infinity"),
        pytest.param(b"[1.0]", id="a fraction"),
        pytest.param(b"[1e3]", id="an exponent"),
        pytest.param(b"[9007199254740992]", id="an integer above 2**53 - 1"),
        pytest.param(b"[-9007199254740992]", id="an integer below -2**53 + 1"),
        pytest.param(b"[" + b"9" * 10_000 + b"]", id="an integer of ten thousand digits"),
        pytest.param(b'["\\ud800"]', id="a lone high surrogate"),
        pytest.param(b'["\\udc00\\ud800"]', id="surrogates in the wrong order"),
        pytest.param(b'{"\\udfff":1}', id="a lone surrogate in a name"),
        pytest.param(b'["a\\u0000b"]', id="an escaped NUL"),
        pytest.param(b'{"\\u0000":1}', id="an escaped NUL in a name"),
        pytest.param(b'["a\x00b"]', id="a raw NUL"),
        pytest.param(b'["a\nb"]', id="a raw line feed in text"),
        pytest.param(b'["\xff"]', id="bad UTF-8"),
        pytest.param(b'["\xc0\xaf"]', id="overlong UTF-8"),
        pytest.param(b'["\xed\xa0\x80"]', id="a surrogate in UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param(b'"a"'.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"[1,]", id="a trailing comma"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b"[01]", id="a leading zero"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 100_000, id="a hundred thousand open brackets"),
        pytest.param(b"[" * 9 + b"]" * 9, id="nine levels"),
        pytest.param(b'{"a":' * 9 + b"1" + b"}" * 9, id="nine objects"),
    ],
)
def test_json_is_refused_with(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(data)


def test_eight_levels_are_read() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) == [[[[[[[[]]]]]]]]


def test_a_surrogate_pair_is_one_character() -> None:
    assert read_json(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_the_largest_integers_are_read() -> None:
    assert read_json(b"[9007199254740991,-9007199254740991]") == [2**53 - 1, -(2**53) + 1]


@pytest.mark.parametrize("data", [b"[]", b'"a"', b"1", b"null", b"true"])
def test_an_object_is_wanted_and_another_value_given(data: bytes) -> None:
    with pytest.raises(MalformedError, match="not a JSON object"):
        read_object(data)


@given(JSON)
def test_canonical_json_reads_back_as_it_was_here_and_elsewhere(value: object) -> None:
    assert read_json(canonical(value), max_depth=20) == json.loads(canonical(value)) == value


class Word(str, Enum):  # noqa: UP042  # what is tried is a text that is more than a text
    ONE = "1"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from([2**53, 2**53 - 1, 1 - 2**53, -(2**53), b"bytes", Word.ONE]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(st.characters(), max_size=3) | st.integers() | st.none(), inner, max_size=4)
        | st.dictionaries(st.sampled_from('abc\ufb33\U0001f600\x7f\n"'), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_canonical_json_is_byte_for_byte_what_the_library_makes_or_refuses(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(MalformedError):
            canonical(value)
        return
    assert canonical(value) == expected


@given(st.text("AQgwEIMUYckos048-_+/= \n", max_size=12) | st.text(max_size=8) | st.binary(max_size=9).map(b64u))
def test_base64url_is_what_encoding_its_bytes_gives_and_nothing_else(text: str) -> None:
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        data = None
    if data is not None and base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text:
        assert unb64u(text) == data
    else:
        with pytest.raises(MalformedError):
            unb64u(text)


@given(st.lists(st.integers(-(10**20), 10**20), max_size=3), st.text(st.characters(exclude_categories=["Cs"])))
def test_an_integer_is_read_exactly_when_it_has_53_bits(numbers: list[int], text: str) -> None:
    data = json.dumps([*numbers, text.replace("\x00", "")], ensure_ascii=False).encode()
    if all(abs(one) < 2**53 for one in numbers):
        assert read_json(data) == json.loads(data)
    else:
        with pytest.raises(MalformedError):
            read_json(data)


@given(st.sampled_from(["", " ", "\n", "\t "]), st.sampled_from(["", " ", "\r\n", "x", "{}", ","]))
def test_white_space_may_stand_around_a_value_and_nothing_else(before: str, after: str) -> None:
    data = f'{before}{{"a":1}}{after}'.encode()
    if re.fullmatch(r"\s*", after):
        assert read_json(data) == {"a": 1}
    else:
        with pytest.raises(MalformedError):
            read_json(data)


@given(st.binary(max_size=64))
def test_any_bytes_are_json_or_malformed(data: bytes) -> None:
    try:
        read_json(data)
    except MalformedError:
        return
    json.loads(data)


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", {"\ud800": 1}, float("inf")])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(MalformedError):
        canonical([value])


def test_members_are_sorted_by_utf_16_code_units() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()


@given(st.binary())
def test_base64_goes_there_and_back(data: bytes) -> None:
    assert (unb64u(b64u(data)), unb64(b64(data))) == (data, data)


@pytest.mark.parametrize("text", ["QQ==", "Q", "QQ\n", " QQ", "QR", "Q+", "Q/", "Q=", "Q Q", "QQ.", "Ä", "\ud800"])
def test_base64url_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        unb64u(text)


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "Q-==", "QQ===", "é"])
def test_standard_base64_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        unb64(text)


def test_a_digest_is_43_characters() -> None:
    assert digest(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
