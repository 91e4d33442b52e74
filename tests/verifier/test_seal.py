"""The QR seal: one form, bound to host and id, and small enough to print."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import QRData

from registry.scenario.simulated_log import HOST
from verifier.encoding import b64u, canonical
from verifier.envelope import sign_bytes, verify_token
from verifier.errors import EvidenceError, MalformedError, MarkError, NewerVersionError, SignatureError
from verifier.injected import seeded_entropy
from verifier.keys import import_jwk
from verifier.markid import new_mark_id
from verifier.seal import (
    NAME_BYTES,
    SCANNED,
    SealContent,
    parse_scan,
    read_seal,
    scan_text,
    seal_name,
    sign_seal,
)
from verifier.signer import SoftwareSigner

SIGNER = SoftwareSigner.generate(seeded_entropy("seal"))
KEY = import_jwk(SIGNER.jwk)
ID, OTHER_ID = new_mark_id(seeded_entropy("one")), new_mark_id(seeded_entropy("two"))
CONTENT = SealContent(
    scheme="jp.meti.scs",
    tier=4,
    subject="0188-1180301018771",
    name="株式会社日本産業技術総合情報通信研究開発機構東京",
    nbf=1_806_505_200,
    exp=1_901_199_600,
    scope_kind="company",
    status_no=12,
    status_idx=1_048_575,
    issuer_no=1001,
    key_no=12,
)
SEAL = sign_seal(CONTENT, host=HOST, id=ID, signer=SIGNER)
TEXT = scan_text(SEAL)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60)


def packed(encoded: bytes, *, profile: int = 1, signature: bytes = bytes(64), host: str = HOST, id: str = ID) -> str:
    """Return a scanned text with any content."""
    return f"https://{host}/m/{id}#{int.from_bytes(bytes([profile]) + encoded + signature)}"


def test_the_qr_of_a_holder_with_24_kanji_is_version_12_at_level_m_at_most() -> None:
    assert len(CONTENT.name) == 24
    address, digits = TEXT.split("#")
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData(f"{address}#".encode(), mode=4))
    code.add_data(QRData(digits.encode(), mode=1))
    code.make(fit=True)
    assert [segment.mode for segment in code.data_list] == [4, 1]
    assert code.version <= 12


def test_a_seal_goes_into_a_qr_and_back() -> None:
    scanned = parse_scan(TEXT)
    assert (scanned.host, scanned.id, scanned.content) == (HOST, ID, CONTENT)
    assert scanned.token(SIGNER.kid).compact == SEAL
    verify_token(scanned.token(SIGNER.kid), KEY)
    assert read_seal(SEAL) == scanned


@given(NAMES, st.integers(1, 9), st.integers(0, 2**31), st.sampled_from(["group", "company", "unit"]))
def test_any_content_goes_into_a_qr_and_back(name: str, tier: int, idx: int, kind: str) -> None:
    content = replace(CONTENT, name=seal_name(name), tier=tier, status_idx=idx, scope_kind=kind)
    scanned = parse_scan(scan_text(sign_seal(content, host=HOST, id=ID, signer=SIGNER)))
    assert scanned.content == content
    verify_token(scanned.token(SIGNER.kid), KEY)


@pytest.mark.parametrize("moved", [TEXT.replace(ID, OTHER_ID), TEXT.replace(HOST, "shirushi.exarnple")])
def test_the_same_digits_under_another_host_or_id_are_a_bad_signature(moved: str) -> None:
    with pytest.raises(SignatureError):
        verify_token(parse_scan(moved).token(SIGNER.kid), KEY)


def test_the_text_is_the_one_of_the_specification() -> None:
    assert SCANNED.fullmatch(TEXT)
    assert TEXT.startswith(f"https://shirushi.example/m/{ID}#")


def test_the_header_bytes_are_fixed() -> None:
    assert SEAL.split(".")[0] == b64u(f'{{"alg":"ES256","kid":"{SIGNER.kid}","typ":"qr-seal+jwt"}}'.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("https", "http"), id="without encryption"),
        pytest.param(TEXT.replace("https", "HTTPS"), id="scheme in capitals"),
        pytest.param(TEXT.replace(HOST, "Shirushi.example"), id="host in capitals"),
        pytest.param(TEXT.replace(HOST, "shirushi.example:8443"), id="a port"),
        pytest.param(TEXT.replace(HOST, "a@shirushi.example"), id="a user"),
        pytest.param(TEXT.replace(HOST, "ѕhirushi.example"), id="a Cyrillic letter in the host"),
        pytest.param(TEXT.replace(HOST, "shirushi.example."), id="a final dot"),
        pytest.param(TEXT.replace(HOST, "a" * 63), id="a host that is too long"),
        pytest.param(TEXT.replace("/m/", "/M/"), id="another path"),
        pytest.param(TEXT.replace(ID, ID.upper()), id="the id in capitals"),
        pytest.param(TEXT.replace(ID, ID[:-1]), id="an id that is too short"),
        pytest.param(TEXT.replace(ID, ID[:-1] + ("0" if ID[-1] != "0" else "1")), id="a wrong check symbol"),
        pytest.param(TEXT.replace("#", "?"), id="a query"),
        pytest.param(TEXT.replace("#", "#0"), id="a leading zero"),
        pytest.param(TEXT.replace("#", "#+"), id="a sign"),
        pytest.param(TEXT + "a", id="a letter among the digits"),
        pytest.param(TEXT + " ", id="a space at the end"),
        pytest.param(TEXT + "\n", id="a line feed at the end"),
        pytest.param(TEXT[:-1] + "７", id="a digit of full width"),
        pytest.param(TEXT.split("#")[0], id="no digits"),
        pytest.param(TEXT.split("#")[0] + "#" + "9" * 2401, id="too many digits"),
        pytest.param(TEXT.split("#")[0] + "#1", id="one digit"),
        pytest.param(TEXT.split("#")[0] + f"#{2**512}", id="a signature without content"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_text_is_refused_with(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_scan(text)


def members(**changes: Any) -> bytes:
    return json.dumps(list((vars(CONTENT) | changes).values()), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(CONTENT.encode() + b" ", id="a space after"),
        pytest.param(CONTENT.encode().replace(b",", b", ", 1), id="a space inside"),
        pytest.param(json.dumps(list(vars(CONTENT).values()), separators=(",", ":")).encode(), id="escaped letters"),
        pytest.param(canonical(vars(CONTENT)), id="an object"),
        pytest.param(CONTENT.encode()[:-1] + b",1]", id="twelve members"),
        pytest.param(json.dumps(list(vars(CONTENT).values())[:-1], separators=(",", ":")).encode(), id="ten members"),
        pytest.param(members(tier="4"), id="a tier that is text"),
        pytest.param(members(tier=True), id="a tier that is true"),
        pytest.param(members(tier=0), id="tier 0"),
        pytest.param(members(tier=4.0), id="a tier with a fraction"),
        pytest.param(members(name=7), id="a name that is a number"),
        pytest.param(members(name=["a"]), id="a name that is a list"),
        pytest.param(members(name="あ" * 30), id="a name of 90 bytes"),
        pytest.param(members(name="か\u3099"), id="a name that is not NFC"),
        pytest.param(members(subject="1180301018771"), id="a subject without its register"),
        pytest.param(members(subject="0188-T1180301018771"), id="a subject not in normal form"),
        pytest.param(members(subject="0188-1180301018772"), id="a subject whose check digit is wrong"),
        pytest.param(members(nbf=0), id="no beginning"),
        pytest.param(members(exp=CONTENT.nbf), id="an end at the beginning"),
        pytest.param(members(exp=2**37), id="an end beyond every calendar"),
        pytest.param(members(scope_kind="world"), id="an unknown kind of scope"),
        pytest.param(members(status_no=0), id="status list 0"),
        pytest.param(members(status_idx=-1), id="a negative index"),
        pytest.param(members(issuer_no=0), id="body 0"),
        pytest.param(members(key_no=0), id="key 0"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[", id="a bracket"),
        pytest.param(b"\xff", id="no UTF-8"),
    ],
)
def test_content_is_refused_with(encoded: bytes) -> None:
    with pytest.raises(MarkError):
        parse_scan(packed(encoded))


@pytest.mark.parametrize("profile", [2, 3, 127, 255])
def test_another_profile_needs_a_newer_verifier(profile: int) -> None:
    with pytest.raises(NewerVersionError):
        parse_scan(packed(CONTENT.encode(), profile=profile))


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"v": 2}, id="another version"),
        pytest.param({"x": 1}, id="an unknown member"),
    ],
)
def test_a_seal_token_of_a_later_form_needs_a_newer_verifier(payload: dict[str, Any]) -> None:
    with pytest.raises(NewerVersionError):
        read_seal(signed({**payload_members(), **payload}))


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"v": True}, id="version true"),
        pytest.param({"h": "Shirushi.example"}, id="a host in capitals"),
        pytest.param({"h": 5}, id="a host that is a number"),
        pytest.param({"i": ID.upper()}, id="an id in capitals"),
        pytest.param({"i": None}, id="no id"),
        pytest.param({"c": {}}, id="content that is an object"),
    ],
)
def test_a_seal_token_is_refused_with(payload: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        read_seal(signed({**payload_members(), **payload}))


def test_a_seal_token_in_another_form_is_refused() -> None:
    spaced = json.dumps(payload_members(), ensure_ascii=False).encode()
    with pytest.raises(MalformedError, match="one form"):
        read_seal(sign_bytes(spaced, typ="qr-seal+jwt", signer=SIGNER))


def payload_members() -> dict[str, Any]:
    return {"v": 1, "h": HOST, "i": ID, "c": list(vars(CONTENT).values())}


def signed(payload: dict[str, Any]) -> str:
    compact = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return sign_bytes(compact, typ="qr-seal+jwt", signer=SIGNER)


@given(NAMES)
def test_a_name_is_cut_to_87_bytes_of_nfc_and_only_when_it_has_to_be(name: str) -> None:
    cut, whole = seal_name(name), unicodedata.normalize("NFC", name)
    assert len(cut.encode()) <= NAME_BYTES
    assert cut == whole or (cut.endswith("…") and whole.startswith(cut[:-1]) and len(whole.encode()) > NAME_BYTES)
    assert seal_name(cut) == cut


@given(st.integers(1, 10**2399))
def test_no_digits_make_the_reader_stumble(number: int) -> None:
    try:
        parse_scan(f"https://{HOST}/m/{ID}#{number}")
    except MarkError:
        return
    raise AssertionError("random digits were read as a seal")
