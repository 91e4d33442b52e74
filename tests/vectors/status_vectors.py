"""Golden and rejection vectors of the status list. A reader is given the token, the status key and the host."""

from __future__ import annotations

import zlib
from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.token_vectors import IAT, Case, accepted, altered, raw, rejected
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token
from verifier.injected import seeded_entropy
from verifier.names import status_list_uri
from verifier.signer import SoftwareSigner
from verifier.status_list import ENTRIES, LIFETIME, TYP, pack, sign_status_list

SIGNER = SoftwareSigner.generate(seeded_entropy("vector status"))
PLACES = {0: 0, 1: 2, 1023: 0, 4711: 2, 32_767: 0}
"""What the golden list says of these places; of every other one: invalid."""


def _entries() -> bytes:
    entries = bytearray(b"\x01" * ENTRIES)
    for idx, value in PLACES.items():
        entries[idx] = value
    return bytes(entries)


GOOD = sign_status_list(_entries(), host=HOST, no=1, size=4712, iat=IAT, signer=SIGNER)


def status_vectors() -> dict[str, Any]:
    """Return the content of status-list.json."""
    payload = parse_token(GOOD, TYP).payload
    fourth = sign_status_list(b"\x03" + _entries()[1:], host=HOST, no=1, size=4712, iat=IAT, signer=SIGNER)
    return {
        "format": "status list (statuslist+jwt)",
        "spec": "docs/specification/status-list.md",
        "cases": [
            accepted("a list", _given(GOOD), "keeps every rule", _expect(PLACES, _entries())),
            accepted(
                "a value that nobody gives out",
                _given(fourth),
                "the value 3 is read; a check that meets it could not be made",
                _expect({**PLACES, 0: 3}, b"\x03" + _entries()[1:]),
            ),
            *_rejections(payload),
            *_data_rejections(payload),
        ],
    }


def _expect(places: dict[int, int], entries: bytes) -> dict[str, Any]:
    said = {str(idx): value for idx, value in places.items()}
    return {"no": 1, "size": 4712, "exp": IAT + LIFETIME, "places": {**said, "2": 1}, "packed": digest(pack(entries))}


def _given(token: str) -> dict[str, Any]:
    return {"token": token, "key": SIGNER.jwk, "host": HOST}


def _signed(payload: dict[str, Any]) -> dict[str, Any]:
    header = {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}
    return _given(raw(canonical(header), canonical(payload), SIGNER))


def _rejections(payload: dict[str, Any]) -> list[Case]:
    other = SoftwareSigner.generate(seeded_entropy("vector another status"))
    changes: list[tuple[str, Any, str]] = [
        ("sub", status_list_uri("other.example", 1), "the list lies under the host of the trust root"),
        ("sub", status_list_uri(HOST, 0), "numbers begin with 1"),
        ("sub", f"https://{HOST}/status/01", "numbers have no leading zeros"),
        ("sub", ..., "sub is required"),
        ("iat", ..., "iat is required"),
        ("ttl", ..., "ttl is required"),
        ("ttl", 60, "ttl is an hour"),
        ("log", ..., "log is required"),
        ("log/origin", "other.example/log", "the log is the authority's"),
        ("log/size", 0, "a list is made from at least one entry"),
        ("status_list/bits", 1, "an entry has two bits"),
        ("status_list/lst", ..., "the entries are required"),
    ]
    cases = [
        rejected(
            f"{path} is {'left out' if value is ... else repr(value)}", _signed(altered(payload, path, value)), why
        )
        for path, value, why in changes
    ]
    newer = _signed({**payload, "later": 1})
    return [
        *cases,
        rejected("an unknown member", newer, "a member may change the meaning of others", error="newer"),
        rejected("another key", {**_given(GOOD), "key": other.jwk}, "a status key of the trust root signs"),
    ]


def _data_rejections(payload: dict[str, Any]) -> list[Case]:
    whole = zlib.compress(pack(_entries()), 9)
    data: list[tuple[str, bytes, str]] = [
        ("a decompression bomb", zlib.compress(bytes(8_000_000), 9), "no more is inflated than a list is long"),
        ("a byte too few", zlib.compress(bytes(ENTRIES // 4 - 1), 9), "a list has 32,768 entries"),
        ("a byte too many", zlib.compress(bytes(ENTRIES // 4 + 1), 9), "a list has 32,768 entries"),
        ("a stream that is cut off", whole[:-1], "the stream is whole"),
        ("a byte behind the stream", whole + b"\x00", "nothing stands behind the stream"),
        ("raw DEFLATE", whole[2:-4], "the stream has the header of zlib"),
    ]
    return [rejected(name, _signed(altered(payload, "status_list/lst", b64u(one))), why) for name, one, why in data]
