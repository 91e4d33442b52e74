"""Bytes and text: canonical base64url (RFC 7515 section 2), strict JSON, JCS (RFC 8785).

The strict reader refuses what two readers could understand differently: duplicate members, NaN and Infinity, numbers
that are not 53-bit integers, lone surrogates, NUL, deep nesting.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from json.encoder import encode_basestring
from typing import Any, NoReturn

import rfc8785

from verifier.errors import MalformedError

MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1

_HOSTILE = re.compile("[\x00\ud800-\udfff]")
_TO_URL = bytes.maketrans(b"+/", b"-_")
# What only the standard alphabet has becomes a character that neither has.
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
# The last characters whose spare bits are zero, by what the length leaves over four.
_LAST = {2: "AQgw", 3: "AEIMQUYcgkosw048"}


def b64u(data: bytes) -> str:
    """Return base64url without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Return the bytes of canonical base64url without padding.

    Raises MalformedError for padding, white space, foreign characters and non-zero spare bits.
    """
    over = len(text) % 4
    try:
        data = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-over % 4), strict_mode=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedError("not base64url") from error
    if over and text[-1] not in _LAST[over]:
        raise MalformedError("base64url is not canonical")
    return data


def b64(data: bytes) -> str:
    """Return standard padded base64, which stands only inside C2SP files."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """Return the bytes of canonical standard base64. Raises MalformedError."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedError("not base64") from error
    if b64(data) != text:
        raise MalformedError("base64 is not canonical")
    return data


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 of the data."""
    return hashlib.sha256(data).digest()


def digest(data: bytes) -> str:
    """Return the SHA-256 of the data as base64url: the form in which digests stand in JSON."""
    return b64u(sha256(data))


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of a JSON value. Raises MalformedError where it has none."""
    try:
        try:
            return _plain(value).encode()
        except TypeError:
            # Not one of the values that the formats are made of: what form it has, if any, the library says.
            return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise MalformedError("the value has no canonical JSON form") from error


def _plain(value: Any) -> str:
    """Return the RFC 8785 form of text, 53-bit integers, true, false, null, and of lists and objects of these.

    In names that are ASCII the order of code points is that of UTF-16. Raises TypeError for every other value.
    """
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int and -MAX_INTEGER <= value <= MAX_INTEGER:
        return str(value)
    if kind is dict and "".join(value).isascii():
        return "{" + ",".join([f"{encode_basestring(name)}:{_plain(value[name])}" for name in sorted(value)]) + "}"
    if kind is list or kind is tuple:
        return "[" + ",".join([_plain(one) for one in value]) + "]"
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    raise TypeError


def read_json(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """Return the JSON value, read strictly. Raises MalformedError."""
    try:
        text = data.decode("utf-8")
        value = _decoded(text, _CAREFUL if _LONG_NUMBER in data.translate(_DIGITS) else _READER)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise MalformedError("not JSON in UTF-8") from error
    if text.count("[") + text.count("{") > max_depth:
        _refuse_depth(value, max_depth)
    if "\\u" in text:
        # Only an escape can bring in what is refused here: raw, neither is JSON in UTF-8.
        _refuse_hostile(value)
    return value


def read_object(data: bytes, *, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """Return the JSON object, read strictly. Raises MalformedError."""
    value = read_json(data, max_depth=max_depth)
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object")
    return value


def _decoded(text: str, reader: json.JSONDecoder) -> Any:
    if text[:1] == "{":
        value, end = reader.raw_decode(text)
        if end == len(text):
            return value
    # White space around the value, or an error to tell.
    return reader.decode(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("a JSON object names a member twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedError(f"{name} is not JSON")


def _refuse_float(text: str) -> NoReturn:
    raise MalformedError("numbers in these formats are integers")


def _integer(text: str) -> int:
    # The length first: reading a long number takes time that grows with its square.
    if len(text) > 17 or not -MAX_INTEGER <= (value := int(text)) <= MAX_INTEGER:
        raise MalformedError("an integer is too large")
    return value


def _refuse_depth(value: Any, depth: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if depth == 0:
        raise MalformedError("JSON is nested too deeply")
    for member in value.values() if isinstance(value, dict) else value:
        _refuse_depth(member, depth - 1)


def _refuse_hostile(value: Any) -> None:
    match value:
        case str():
            _refuse_text(value)
        case dict():
            for name, member in value.items():
                _refuse_text(name)
                _refuse_hostile(member)
        case list():
            for member in value:
                _refuse_hostile(member)


def _refuse_text(text: str) -> None:
    # Both break stores and canonical forms downstream: PostgreSQL refuses NUL, RFC 8785 has no form for surrogates.
    if _HOSTILE.search(text):
        raise MalformedError("text holds a NUL or a lone surrogate")


_READER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_refuse_float)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_refuse_float, parse_int=_integer
)
# Fewer digits in a row are never too large an integer, and reading them without looking at each takes half the time.
_LONG_NUMBER = b"0" * 16
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
