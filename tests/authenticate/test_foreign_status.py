"""Foreign status lists: what they say, and that a bad, stale or foreign one leaves the state unknown."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.signed_token import StatusEvidence, authenticate_token
from recognition.authenticate.status_token import MAX_INFLATED, read_status_token
from tests.authenticate.foreign import (
    DAY,
    NOW,
    STATUS_URI,
    TYP,
    certificate_claims,
    make_key,
    make_profile,
    sign,
    status_token,
)
from verifier.encoding import b64u
from verifier.errors import EvidenceError, MalformedError, SignatureError

KEY = make_key("ES256")
PROFILE = make_profile()
KEYS = PROFILE.issuer("operator").status_keys


def read(compact: str, *, now: int = NOW) -> Any:
    return read_status_token(compact, KEYS, uri=STATUS_URI, now=now)


def found_with(compact: str, *, fetched_at: int = NOW - 30, now: int = NOW) -> Any:
    return authenticate_token(
        sign(certificate_claims(), KEY), PROFILE, now=now, status=StatusEvidence(compact, fetched_at)
    )


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_every_place_of_a_list_reads_as_it_was_written(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=64))
    listed = read(status_token(values, KEY, bits=bits))
    assert [listed.value(place) for place in range(len(values))] == values


def test_the_example_of_the_specification_reads_as_printed() -> None:
    # Section 4.1: one bit an entry, the bytes 0xB9 and 0xA3, least significant bits first.
    packed = {"bits": 1, "lst": b64u(zlib.compress(b"\xb9\xa3"))}
    listed = read(status_token([0], KEY, status_list=packed))
    assert [listed.value(place) for place in range(16)] == [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]


@pytest.mark.parametrize(("value", "word"), [(0, "valid"), (1, "withdrawn"), (2, "suspended")])
def test_the_value_is_said_in_the_schemes_words(value: int, word: str) -> None:
    found = found_with(status_token([0] * 5 + [value] + [0] * 10, KEY))
    assert found.certificate.status == word


def test_a_value_without_a_word_leaves_the_state_unknown() -> None:
    found = found_with(status_token([3] * 16, KEY))
    assert found.certificate.status is None
    assert "status_word_unknown" in found.record.warnings


BAD = {
    "another list": status_token([0] * 16, KEY, sub="https://certs.partner.example/status/2"),
    "no address": status_token([0] * 16, KEY, sub=None),
    "expired": status_token([0] * 16, KEY, exp=NOW - 1),
    "from the future": status_token([0] * 16, KEY, iat=NOW + DAY, exp=NOW + 2 * DAY),
    "another type": status_token([0] * 16, KEY, typ="certificate+jwt"),
    "a thief's key": status_token([0] * 16, make_key("ES256", "thief")),
    "too short": status_token([0] * 4, KEY),
    "three bits": status_token([0] * 16, KEY, status_list={"bits": 3, "lst": b64u(zlib.compress(b"\0"))}),
    "bits as truth": status_token([0] * 16, KEY, status_list={"bits": True, "lst": b64u(zlib.compress(b"\0"))}),
    "not zlib": status_token([0] * 16, KEY, status_list={"bits": 2, "lst": b64u(b"\0" * 40)}),
    "cut stream": status_token([0] * 16, KEY, status_list={"bits": 2, "lst": b64u(zlib.compress(bytes(99))[:-3])}),
    "two streams": status_token([0] * 16, KEY, status_list={"bits": 2, "lst": b64u(zlib.compress(bytes(9)) * 2)}),
    "bomb": status_token([0] * 16, KEY, status_list={"bits": 2, "lst": b64u(zlib.compress(bytes(200_000_000), 9))}),
    "no list": status_token([0] * 16, KEY, status_list=None),
    "list of text": status_token([0] * 16, KEY, status_list="all valid"),
    "ttl of nothing": status_token([0] * 16, KEY, ttl=0),
    "not a token": "all is well",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_list_leaves_the_state_unknown_and_never_valid(name: str) -> None:
    found = found_with(BAD[name])
    assert found.certificate.status is None
    assert "status_list_bad" in found.record.warnings
    assert found.record.assurance == "substantial"


def test_a_stale_list_leaves_the_state_unknown() -> None:
    good = status_token([0] * 16, KEY)
    assert found_with(good, fetched_at=NOW - 3599).certificate.status == "valid"
    stale = found_with(good, fetched_at=NOW - 3600)
    assert stale.certificate.status is None
    assert "status_list_stale" in stale.record.warnings


def test_a_bomb_is_not_inflated() -> None:
    with pytest.raises(MalformedError, match="inflates"):
        read(BAD["bomb"])
    exact = status_token([0], KEY, status_list={"bits": 8, "lst": b64u(zlib.compress(bytes(MAX_INFLATED), 9))})
    assert len(read(exact).packed) == MAX_INFLATED


@pytest.mark.parametrize("idx", [-1, 16, 10**9])
def test_a_place_outside_the_list_is_refused(idx: int) -> None:
    with pytest.raises(MalformedError, match="outside"):
        read(status_token([0] * 16, KEY)).value(idx)


@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        "valid",
        {"status_list": {}},
        {"status_list": {"uri": "http://x.example", "idx": 1}},
        {"status_list": {"uri": STATUS_URI, "idx": True}},
        {"status_list": {"uri": STATUS_URI, "idx": "5"}},
    ],
)
def test_a_token_that_names_no_list_has_no_state(status: Any) -> None:
    compact = sign(certificate_claims(status=status), KEY)
    found = authenticate_token(compact, PROFILE, now=NOW, status=StatusEvidence(status_token([0] * 16, KEY), NOW))
    assert found.certificate.status is None


def test_a_list_under_a_key_for_certificates_is_refused() -> None:
    profile = make_profile(key_members='use = "certificates"')
    with pytest.raises(EvidenceError):
        read_status_token(status_token([0], KEY), profile.issuer("operator").status_keys, uri=STATUS_URI, now=NOW)


def test_a_list_counts_until_its_end_or_its_time_to_live_whichever_is_first() -> None:
    for changes, until in (
        ({"exp": NOW + 60, "ttl": 3600}, NOW + 60),
        ({"exp": NOW + DAY, "ttl": 3600}, NOW + 3570),
        ({"exp": NOW + 60, "ttl": None}, NOW + 60),
        ({"exp": None, "ttl": 3600}, NOW + 3570),
        ({"exp": None, "ttl": None}, NOW - 30 + 7 * DAY),
        ({"exp": None, "ttl": 10**9}, NOW - 30 + 7 * DAY),
    ):
        assert read(status_token([0], KEY, **changes)).fresh_until(NOW - 30) == until


def test_a_list_signed_when_its_key_did_not_count_is_refused() -> None:
    signed_at = NOW - 60
    for members, good in (
        (f"ends = {signed_at + 1}", True),
        (f"ends = {signed_at}", False),
        (f"begins = {NOW}", False),
    ):
        keys = make_profile(key_members=members).issuer("operator").status_keys
        if good:
            assert read_status_token(status_token([0], KEY), keys, uri=STATUS_URI, now=NOW).value(0) == 0
        else:
            with pytest.raises(SignatureError, match="did not count"):
                read_status_token(status_token([0], KEY), keys, uri=STATUS_URI, now=NOW)


def test_a_scheme_without_status_lists_has_no_state_however_good_the_list() -> None:
    profile = make_profile(token=f'[token]\ntyp = "{TYP}"')
    status = StatusEvidence(status_token([0] * 16, KEY), NOW)
    found = authenticate_token(sign(certificate_claims(), KEY), profile, now=NOW, status=status)
    assert (found.certificate.status, found.record.warnings) == (None, ("status_unknown",))
    assert "status_list" not in found.record.inputs
