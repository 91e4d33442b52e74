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
from typing import Any, NoReturn

import rfc8785

from verifier.errors import MalformedError

MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1

_HOSTILE = re.compile("[\x00\ud800-\udfff]")


def b64u(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Return the bytes of canonical base64url without padding.

    Raises MalformedError for padding, white space, foreign characters and non-zero spare bits.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise MalformedError("not base64url") from error
    if b64u(data) != text:
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
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise MalformedError("the value has no canonical JSON form") from error


def read_json(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """Return the JSON value, read strictly. Raises MalformedError."""
    try:
        text = data.decode("utf-8")
        value = (_CAREFUL if _LONG_NUMBER.search(text) else _READER).decode(text)
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
_LONG_NUMBER = re.compile("[0-9]{16}")
