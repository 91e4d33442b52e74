"""The strict envelope. Each fault that a stock JOSE library lets pass is a test of its own, by name."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import b64u, unb64u
from verifier.envelope import (
    CLOCK_SKEW,
    TOKEN_RULES,
    _read_header,
    audience_is,
    check_times,
    parse_token,
    sign_bytes,
    sign_token,
    verify_token,
)
from verifier.errors import EnvelopeError, EvidenceError, MalformedError, SignatureError
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER, import_jwk
from verifier.signer import SoftwareSigner

TYP = "approval+jwt"
IAT = 1_800_000_000
SIGNER = SoftwareSigner.generate(seeded_entropy("envelope"))
KEY = import_jwk(SIGNER.jwk)
HEADER = {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}
PAYLOAD = {"iss": "https://shirushi.example", "aud": "shirushi.example/log", "iat": IAT, "exp": IAT + 60}
GOOD = sign_token(PAYLOAD, typ=TYP, signer=SIGNER)


def raw(header: bytes, payload: bytes) -> str:
    """Sign any bytes as header and payload, as a careless or hostile issuer would."""
    signing_input = f"{b64u(header)}.{b64u(payload)}"
    return f"{signing_input}.{b64u(SIGNER.sign(signing_input.encode()))}"


def with_header(members: dict[str, Any], *, drop: str = "") -> str:
    header = {name: value for name, value in (HEADER | members).items() if name != drop}
    return raw(json.dumps(header).encode(), json.dumps(PAYLOAD).encode())


def with_payload(members: dict[str, Any], *, drop: str = "") -> str:
    payload = {name: value for name, value in (PAYLOAD | members).items() if name != drop}
    return raw(json.dumps(HEADER).encode(), json.dumps(payload).encode())


def refused(compact: str | bytes, *, because: str | None = None) -> None:
    with pytest.raises((EnvelopeError, MalformedError), match=because):
        parse_token(compact, TYP)


def test_a_good_token_is_read_and_verifies() -> None:
    token = parse_token(GOOD, TYP)
    verify_token(token, KEY)
    assert (token.payload, token.kid, token.alg, token.typ) == (PAYLOAD, SIGNER.kid, "ES256", TYP)
    assert parse_token(GOOD.encode(), TYP) == token


# --- accepted by stock libraries, refused here -----------------------------------------------------------------------


def test_1_another_typ() -> None:
    refused(with_header({"typ": "at+jwt"}), because="not of type")


def test_1_every_typ_is_refused_where_another_is_expected() -> None:
    for typ in set(TOKEN_RULES) - {TYP}:
        refused(with_header({"typ": typ}), because="not of type")


@pytest.mark.parametrize(
    "typ", ["Approval+JWT", "application/approval+jwt", "approval+jwt ", "", None, ["approval+jwt"]]
)
def test_1_a_typ_that_is_only_similar(typ: object) -> None:
    refused(with_header({"typ": typ}))


def test_1_no_typ() -> None:
    refused(with_header({}, drop="typ"), because="exactly alg, typ and kid")


def test_2_a_header_member_named_twice() -> None:
    header = json.dumps(HEADER).replace('"alg"', '"alg": "none", "alg"', 1)
    refused(raw(header.encode(), json.dumps(PAYLOAD).encode()), because="twice")


def test_2_a_payload_member_named_twice() -> None:
    payload = json.dumps(PAYLOAD).replace('"iss"', '"iss": "https://other.example", "iss"', 1)
    refused(raw(json.dumps(HEADER).encode(), payload.encode()), because="twice")


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "cty", "zip", "nonce", "trust_chain"])
def test_3_a_header_member_that_brings_its_own_key_or_anything_else(name: str) -> None:
    value: object = SIGNER.jwk if name == "jwk" else "https://attacker.example/keys"
    refused(with_header({name: value}), because="exactly alg, typ and kid|nested")


def test_4_the_high_s_twin_is_another_token_but_never_another_identity() -> None:
    head, _, signature = GOOD.rpartition(".")
    r, s = unb64u(signature)[:32], int.from_bytes(unb64u(signature)[32:])
    twin = parse_token(f"{head}.{b64u(r + (P256_ORDER - s).to_bytes(32))}", TYP)
    with pytest.raises(SignatureError, match="one accepted form"):
        verify_token(twin, KEY)
    assert twin.compact != GOOD
    assert twin.digest == parse_token(GOOD, TYP).digest


def test_5_an_exp_of_ten_to_the_thirty() -> None:
    refused(with_payload({"exp": 10**30}), because="too large")


def test_5_an_exp_beyond_every_calendar() -> None:
    refused(with_payload({"exp": 2**37}), because="not a time")


def test_5_an_exp_that_is_text() -> None:
    refused(with_payload({"exp": str(IAT + 60)}), because="not a time")


def test_5_an_exp_further_away_than_the_type_allows() -> None:
    refused(with_payload({"exp": IAT + 14 * 86_400 + 1}), because="lifetime")


def test_6_a_kid_that_is_a_path() -> None:
    refused(with_header({"kid": "../../dev/null"}), because="not a SHA-256 thumbprint")


@pytest.mark.parametrize(
    "kid", ["", "' OR 1=1 --", "https://attacker.example", "A" * 42, "A" * 44, "A" * 43 + "\n", "Ä" * 43]
)
def test_6_a_kid_that_is_no_thumbprint(kid: str) -> None:
    refused(with_header({"kid": kid}))


@pytest.mark.parametrize("aud", [["shirushi.example/log"], ["shirushi.example/log", "other"], "other", "", None, 5])
def test_7_an_audience_that_is_not_exactly_the_one(aud: object) -> None:
    token = parse_token(with_payload({"aud": aud}), TYP)
    with pytest.raises(EnvelopeError, match="another audience"):
        audience_is(token, "shirushi.example/log")


def test_7_no_audience() -> None:
    with pytest.raises(EnvelopeError, match="another audience"):
        audience_is(parse_token(with_payload({}, drop="aud"), TYP), "shirushi.example/log")


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00", "\\ud800\\ud800"])
def test_8_a_lone_surrogate(text: str) -> None:
    payload = json.dumps(PAYLOAD).replace("shirushi", f"shirushi{text}", 1)
    refused(raw(json.dumps(HEADER).encode(), payload.encode()), because="lone surrogate")


def test_8_a_nul() -> None:
    refused(with_payload({"iss": "a\x00b"}), because="NUL")


def test_9_a_payload_of_a_megabyte_is_refused_before_it_is_decoded() -> None:
    refused("A" * 1_048_576, because="longer than 4096 bytes")
    refused(with_payload({"iss": "x" * 1_000_000}), because="longer than 4096 bytes")


# --- refused by stock libraries too ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alg", ["none", "nOnE", "None", "", "HS256", "RS256", "ES384", "ES256K", "PS256", ["ES256"], None, 7, True]
)
def test_an_alg_that_is_not_allowed(alg: object) -> None:
    refused(with_header({"alg": alg}))


def test_no_alg() -> None:
    refused(with_header({}, drop="alg"))


def test_alg_none_with_an_empty_signature() -> None:
    head = with_header({"alg": "none"}).rpartition(".")[0]
    refused(f"{head}.")


def test_hs256_keyed_with_the_public_key_as_pem() -> None:
    pem = KEY.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = with_header({"alg": "HS256"}).rpartition(".")[0]
    refused(f"{head}.{b64u(hmac.digest(pem, head.encode(), hashlib.sha256))}")


def test_an_hmac_under_the_name_of_es256() -> None:
    pem = KEY.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = GOOD.rpartition(".")[0]
    token = parse_token(f"{head}.{b64u(hmac.digest(pem, head.encode(), hashlib.sha512))}", TYP)
    with pytest.raises(SignatureError):
        verify_token(token, KEY)


@pytest.mark.parametrize(
    "members", [{"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}, {"b64": False}], ids=str
)
def test_extensions_of_jws(members: dict[str, Any]) -> None:
    refused(with_header(members), because="exactly alg, typ and kid|nested")


def test_the_psychic_signature() -> None:
    token = parse_token(GOOD.rpartition(".")[0] + "." + b64u(bytes(64)), TYP)
    with pytest.raises(SignatureError):
        verify_token(token, KEY)


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e3", "1.5", "9" * 10_000, "-1", "0", "true", "null", "[]"]
)
def test_an_exp_that_is_no_whole_second(literal: str) -> None:
    payload = json.dumps(PAYLOAD).replace(f'"exp": {IAT + 60}', f'"exp": {literal}')
    assert literal in payload
    refused(raw(json.dumps(HEADER).encode(), payload.encode()))


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_another_date_that_is_no_whole_second(name: str) -> None:
    for value in (True, "1", -1, 0, None, 2**37):
        refused(with_payload({name: value}))


@pytest.mark.parametrize("name", ["iat", "exp"])
def test_a_date_that_is_required_and_missing(name: str) -> None:
    refused(with_payload({}, drop=name), because="required")


@pytest.mark.parametrize("exp", [IAT, IAT - 1])
def test_an_end_before_the_beginning(exp: int) -> None:
    refused(with_payload({"exp": exp}), because="lifetime")


def test_hundreds_of_levels_in_the_header() -> None:
    nested = b'{"alg":' + b"[" * 700 + b"]" * 700 + b"}"
    refused(raw(nested, json.dumps(PAYLOAD).encode()))


def test_nine_levels_in_the_payload() -> None:
    deep: Any = "bottom"
    for _ in range(8):
        deep = [deep]
    refused(with_payload({"x": deep}), because="nested")


def test_a_header_whose_member_is_an_object() -> None:
    refused(with_header({"kid": {"a": 1}}), because="nested")


@pytest.mark.parametrize(
    "payload", [b"[]", b'"text"', b"5", b"null", b"", b"{", b"\xff\xfe", b'{"a":"\xff"}'], ids=repr
)
def test_a_payload_that_is_no_object_in_utf_8(payload: bytes) -> None:
    refused(raw(json.dumps(HEADER).encode(), payload))


@pytest.mark.parametrize("header", [b"[]", b"null", b"", b"\xff", b'{"alg":"ES256"}'], ids=repr)
def test_a_header_that_is_no_object_of_the_three_members(header: bytes) -> None:
    refused(raw(header, json.dumps(PAYLOAD).encode()))


@pytest.mark.parametrize("kid", [5, None, True, ["A" * 43]])
def test_a_kid_that_is_no_text(kid: object) -> None:
    refused(with_header({"kid": kid}))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text + "\n", id="a line feed at the end"),
        pytest.param(lambda text: " " + text, id="a space in front"),
        pytest.param(lambda text: text.replace(".", " .", 1), id="a space inside"),
        pytest.param(lambda text: text.replace(".", "=.", 1), id="padding of the header"),
        pytest.param(lambda text: text + "==", id="padding of the signature"),
        pytest.param(lambda text: text + ".", id="a fourth segment"),
        pytest.param(lambda text: text.rpartition(".")[0], id="two segments"),
        pytest.param(lambda text: text.replace(".", "", 1), id="a dot too few"),
        pytest.param(lambda text: text.rpartition(".")[0] + ".", id="no signature"),
        pytest.param(lambda text: "." + text.partition(".")[2], id="no header"),
        pytest.param(lambda text: text[:-2], id="a signature that is too short"),
        pytest.param(lambda text: text + "AAAA", id="a signature that is too long"),
        pytest.param(lambda text: text[:-1] + "+", id="a character of standard base64"),
        pytest.param(lambda text: text[:5] + "é" + text[6:], id="a letter that is not ASCII"),
        pytest.param(lambda text: text[:5] + "\x00" + text[6:], id="a raw NUL"),
        pytest.param(lambda text: text[:5] + "\u200b" + text[5:], id="a space of no width"),
        pytest.param(lambda text: json.dumps({"payload": text}), id="the JSON serialisation"),
        pytest.param(lambda text: "", id="nothing"),
    ],
)
def test_a_compact_form_is_refused_with(spoil: Any) -> None:
    refused(spoil(GOOD))


def test_a_last_character_whose_spare_bits_are_not_zero() -> None:
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(GOOD[-1])
    assert last % 16 == 0
    refused(
        GOOD[:-1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last + 1], because="canonical"
    )


def test_bytes_that_are_not_ascii() -> None:
    refused(GOOD.encode()[:-1] + b"\xff", because="ASCII")


def test_an_iat_in_the_future() -> None:
    token = parse_token(GOOD, TYP)
    check_times(token, now=IAT - CLOCK_SKEW)
    with pytest.raises(EnvelopeError, match="future"):
        check_times(token, now=IAT - CLOCK_SKEW - 1)


def test_an_expired_token() -> None:
    token = parse_token(GOOD, TYP)
    check_times(token, now=IAT + 59)
    with pytest.raises(EnvelopeError, match="expired"):
        check_times(token, now=IAT + 60)


# --- keys and types --------------------------------------------------------------------------------------------------


def test_the_key_decides_the_algorithm_and_not_the_header() -> None:
    token = parse_token(with_header({"alg": "EdDSA"}), TYP)
    with pytest.raises(SignatureError, match="not the algorithm of the key"):
        verify_token(token, KEY)


def test_a_key_of_another_kid_is_not_tried() -> None:
    other = SoftwareSigner.generate(seeded_entropy("another"))
    with pytest.raises(SignatureError, match="another key"):
        verify_token(parse_token(GOOD, TYP), import_jwk(other.jwk))


@pytest.mark.parametrize("typ", sorted(name for name, rule in TOKEN_RULES.items() if rule.lifetime is None))
def test_a_type_that_never_expires_refuses_exp(typ: str) -> None:
    header = json.dumps(HEADER | {"typ": typ}).encode()
    parse_token(raw(header, json.dumps({"iat": IAT}).encode()), typ)
    with pytest.raises(EnvelopeError, match="never carries exp"):
        parse_token(raw(header, json.dumps({"iat": IAT, "exp": IAT + 60}).encode()), typ)


@pytest.mark.parametrize("typ", sorted(name for name, rule in TOKEN_RULES.items() if rule.lifetime))
def test_the_longest_life_of_a_type_is_kept_to_the_second(typ: str) -> None:
    longest = TOKEN_RULES[typ].lifetime
    assert longest
    parse_token(sign_token({"iat": IAT, "exp": IAT + longest}, typ=typ, signer=SIGNER), typ)
    with pytest.raises(EnvelopeError, match="lifetime"):
        sign_token({"iat": IAT, "exp": IAT + longest + 1}, typ=typ, signer=SIGNER)


@pytest.mark.parametrize("typ", ["statement+jwt", "qr-seal+jwt", "trust-mark+jwt"])
def test_the_longest_form_of_a_type_is_kept_to_the_byte(typ: str) -> None:
    longest = TOKEN_RULES[typ].max_bytes
    with pytest.raises(EnvelopeError, match="longer than"):
        parse_token("A" * (longest + 1), typ)
    with pytest.raises(EnvelopeError, match="three segments"):
        parse_token("A" * longest, typ)


def test_the_header_of_what_is_signed_here_has_one_form() -> None:
    assert unb64u(GOOD.split(".")[0]) == json.dumps(HEADER, separators=(",", ":")).encode()


def test_payload_bytes_are_signed_as_they_are() -> None:
    payload = b'{"v":1, "spaces": "kept"}'
    compact = sign_bytes(payload, typ="qr-seal+jwt", signer=SIGNER)
    assert unb64u(compact.split(".")[1]) == payload


def test_the_digest_is_of_the_signing_input() -> None:
    token = parse_token(GOOD, TYP)
    assert token.digest == b64u(hashlib.sha256(GOOD.rpartition(".")[0].encode()).digest())


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_no_changed_character_is_accepted_or_makes_the_reader_stumble(at: int, character: str) -> None:
    changed = GOOD[:at] + character + GOOD[at + 1 :]
    if changed == GOOD:
        return
    with pytest.raises(EvidenceError):
        verify_token(parse_token(changed, TYP), KEY)


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_no_text_makes_the_reader_stumble(text: str | bytes) -> None:
    refused(text)


def test_a_token_that_was_verified_is_no_better_under_another_key_of_the_same_name() -> None:
    token = parse_token(GOOD, TYP)
    verify_token(token, KEY)
    verify_token(token, KEY)
    other = import_jwk(SoftwareSigner.generate(seeded_entropy("another")).jwk)
    with pytest.raises(SignatureError, match="another key"):
        verify_token(token, other)
    with pytest.raises(SignatureError, match="does not fit"):
        verify_token(token, replace(other, kid=KEY.kid))


def test_a_token_that_was_refused_is_refused_again() -> None:
    token = parse_token(f"{GOOD.rpartition('.')[0]}.{b64u(SIGNER.sign(b'something else'))}", TYP)
    for _ in range(2):
        with pytest.raises(SignatureError):
            verify_token(token, KEY)


def test_what_one_token_remembers_helps_no_other_of_the_same_bytes() -> None:
    verified, forged = parse_token(GOOD, TYP), parse_token(GOOD[:-86] + b64u(SIGNER.sign(b"else")), TYP)
    verify_token(verified, KEY)
    assert verified.signing_input == forged.signing_input
    with pytest.raises(SignatureError):
        verify_token(forged, KEY)
    assert verified == parse_token(GOOD, TYP)


def test_a_long_header_is_read_as_strictly_as_a_short_one_and_not_kept() -> None:
    members = json.dumps(HEADER)
    padded = raw(members.replace(", ", "," + " " * 400).encode(), json.dumps(PAYLOAD).encode())
    kept = _read_header.cache_info().currsize
    assert parse_token(padded, TYP).kid == SIGNER.kid
    refused(raw(members.replace(TYP, "statement+jwt").replace(", ", "," + " " * 400).encode(), b"{}"))
    assert _read_header.cache_info().currsize == kept


def test_a_header_that_was_read_for_one_type_is_no_header_of_another() -> None:
    parse_token(GOOD, TYP)
    with pytest.raises(EnvelopeError, match="not of type"):
        parse_token(GOOD, "key-proof+jwt")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_signature_is_checked_by_the_digest_of_32_bytes_only(length: int) -> None:
    token = parse_token(GOOD, TYP)
    KEY.verify_digest(token.signature, token.sha256)
    with pytest.raises(SignatureError):
        KEY.verify_digest(token.signature, bytes(length))
    with pytest.raises(SignatureError):
        KEY.verify_digest(token.signature, bytes(32))
