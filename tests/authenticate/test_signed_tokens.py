"""Signed tokens: the certificate that a good one gives, and every attack on one that we know of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hmac, serialization
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.bound_key import ALGORITHMS
from recognition.authenticate.foreign_token import MAX_BYTES
from recognition.authenticate.signed_token import StatusEvidence, authenticate_token
from tests.authenticate.foreign import (
    CLAIMS,
    DAY,
    HOLDER,
    NOW,
    TYP,
    certificate_claims,
    make_key,
    make_profile,
    sign,
    sign_raw,
    status_token,
)
from verifier.encoding import b64u, unb64u
from verifier.errors import EnvelopeError, EvidenceError, MarkError, SignatureError, StatementError, WrongUseError

KEY = make_key("ES256")
PROFILE = make_profile()
GOOD = StatusEvidence(status_token([0] * 16, KEY), NOW - 30)


def authenticate(compact: str, **arguments: Any) -> Any:
    return authenticate_token(compact, arguments.pop("profile", PROFILE), now=arguments.pop("now", NOW), **arguments)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_good_token_gives_an_authenticated_certificate(alg: str) -> None:
    key = make_key(alg)
    found = authenticate(sign(certificate_claims(), key), profile=make_profile(key))
    certificate = found.certificate
    assert (certificate.evidence, certificate.issuer, certificate.holder) == ("authenticated", "operator", HOLDER)
    assert (certificate.level, certificate.version, certificate.scope_kind) == ("checked", "1", "company")
    assert certificate.scope_tags == ("it",)
    assert (found.record.method, found.record.rests_on) == ("signed_token", "signature")


def test_a_last_day_ends_with_the_day_in_the_schemes_zone() -> None:
    certificate = authenticate(sign(certificate_claims(), KEY)).certificate
    # 2026-10-23 00:00 and 2027-08-29 00:00, both in British Summer Time.
    assert (certificate.issued, certificate.expires) == (1_792_710_000, 1_819_494_000)


def test_a_good_status_list_gives_the_state_and_the_higher_assurance() -> None:
    found = authenticate(sign(certificate_claims(), KEY), status=GOOD)
    assert (found.certificate.status, found.record.assurance) == ("valid", "high")
    assert found.record.fresh_until == NOW - 30 + 3600
    without = authenticate(sign(certificate_claims(), KEY))
    assert (without.certificate.status, without.record.assurance) == (None, "substantial")
    assert without.record.warnings == ("status_unknown",)


def test_the_record_pins_what_was_read_and_what_came_of_it() -> None:
    found = authenticate(sign(certificate_claims(), KEY), status=GOOD)
    assert found.record.inputs.keys() == {"profile", "token", "status_list"}
    assert found.record.inputs["profile"] == PROFILE.digest
    assert found.record.certificate_sha256 == found.certificate.digest
    assert {check.result for check in found.record.checks} == {"passed"}


def forged_with_public_key_as_secret() -> str:
    key = make_key("RS256")
    pem = key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = b64u(json.dumps({"alg": "HS256", "kid": key.kid, "typ": TYP}).encode())
    signing_input = f"{header}.{b64u(json.dumps(certificate_claims()).encode())}"
    code = hmac.HMAC(pem, SHA256())
    code.update(signing_input.encode())
    return f"{signing_input}.{b64u(code.finalize())}"


def test_a_public_key_used_as_an_hmac_secret_is_refused() -> None:
    with pytest.raises(EnvelopeError, match="algorithm"):
        authenticate(forged_with_public_key_as_secret(), profile=make_profile(make_key("RS256")))


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "ES512", "es256", ["ES256"], 5, None]
)
def test_an_algorithm_that_is_not_allowed_is_refused(alg: Any) -> None:
    with pytest.raises(EnvelopeError):
        authenticate(sign(certificate_claims(), KEY, alg=alg))


@pytest.mark.parametrize("signature", ["", "AA"])
def test_a_token_without_a_signature_is_refused(signature: str) -> None:
    header, payload, _ = sign(certificate_claims(), KEY).split(".")
    with pytest.raises(EvidenceError):
        authenticate(f"{header}.{payload}.{signature}")


@pytest.mark.parametrize(
    ("bound", "named"), [("ES256", "ES384"), ("ES256", "EdDSA"), ("RS256", "PS256"), ("PS256", "RS256")]
)
def test_the_token_cannot_choose_another_algorithm_for_a_key(bound: str, named: str) -> None:
    key = make_key(bound)
    with pytest.raises(SignatureError, match="bound"):
        authenticate(sign(certificate_claims(), key, alg=named), profile=make_profile(key))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": make_key("ES256", "thief").jwk},
        {"jku": "https://thief.example/keys"},
        {"x5u": "https://thief.example/chain"},
        {"x5c": ["AAAA"]},
        {"x5t": "AAAA"},
        {"x5t#S256": "AAAA"},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
    ],
)
def test_a_header_that_brings_a_key_or_changes_the_rules_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match=next(iter(header)).replace("#", ".")):
        authenticate(sign(certificate_claims(), KEY, **header))


def test_a_key_in_the_header_never_verifies_its_own_token() -> None:
    thief = make_key("ES256", "thief")
    with pytest.raises(EvidenceError):
        authenticate(sign(certificate_claims(), thief, jwk=thief.jwk, kid=KEY.kid))


@pytest.mark.parametrize("kid", ["another", "../../dev/null", "' OR 1=1", 7, None, ["a"], "x" * 300, ""])
def test_a_kid_that_is_not_bound_is_refused(kid: Any) -> None:
    profile = make_profile(KEY, make_key("EdDSA"))
    with pytest.raises(EvidenceError):
        authenticate(sign(certificate_claims(), KEY, kid=kid), profile=profile)


def test_without_a_kid_the_issuers_only_key_is_meant() -> None:
    assert authenticate(sign(certificate_claims(), KEY, kid=None)).certificate.level == "checked"


def test_the_key_of_one_issuer_does_not_sign_for_another() -> None:
    other = make_key("ES256", "other")
    second = (
        f'[[issuers]]\nid = "second"\niss = "https://second.example"\n[[issuers.keys]]\n'
        f'kid = "{other.kid}"\nalg = "ES256"\n'
        f'jwk = {{ kty = "EC", crv = "P-256", x = "{other.jwk["x"]}", y = "{other.jwk["y"]}" }}\n'
    )
    profile = make_profile(more=second)
    assert (
        authenticate(sign(certificate_claims(iss="https://second.example"), other), profile=profile).certificate.issuer
        == "second"
    )
    with pytest.raises(SignatureError):
        authenticate(sign(certificate_claims(), other), profile=profile)


def test_a_key_for_status_lists_signs_no_certificates() -> None:
    with pytest.raises(EvidenceError):
        make_profile(key_members='use = "status"')


@pytest.mark.parametrize("iss", ["https://thief.example", "", None, 5, ["https://certs.partner.example"]])
def test_an_issuer_that_the_profile_does_not_name_is_refused(iss: Any) -> None:
    with pytest.raises(SignatureError):
        authenticate(sign(certificate_claims(iss=iss), KEY))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iat": NOW + 3600}, "future"),
        ({"iat": None}, "iat"),
        ({"iat": str(NOW)}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": -1}, "iat"),
        ({"exp": NOW}, "expired"),
        ({"exp": NOW - 1}, "expired"),
        ({"exp": None}, "no exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": NOW + 2000 * DAY}, "lifetime"),
        ({"exp": NOW - 20 * DAY}, "lifetime"),
        ({"nbf": NOW + 3600}, "not count yet"),
        ({"nbf": "soon"}, "nbf"),
        ({"aud": "https://somebody.example"}, "audience"),
        ({"aud": []}, "audience"),
    ],
)
def test_a_token_of_another_time_or_for_another_audience_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(EnvelopeError, match=words):
        authenticate(sign(certificate_claims(**changes), KEY))


def test_a_demanded_audience_has_to_be_the_only_one() -> None:
    profile = make_profile(token=f'[token]\ntyp = "{TYP}"\naudience = "https://home.example"')
    for aud in ("https://home.example", ["https://home.example"]):
        assert authenticate(sign(certificate_claims(aud=aud), KEY), profile=profile).certificate.status is None
    for aud in (None, "https://other.example", ["https://home.example", "https://other.example"]):
        with pytest.raises(EnvelopeError, match="audience"):
            authenticate(sign(certificate_claims(aud=aud), KEY), profile=profile)


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "statuslist+jwt", "application/certificate+jwt", None, 5])
def test_a_token_of_another_type_is_refused(typ: Any) -> None:
    with pytest.raises(EnvelopeError, match="type"):
        authenticate(sign(certificate_claims(), KEY, typ=typ))


def test_a_key_counts_for_its_own_days_only() -> None:
    issued = NOW - 10 * DAY
    for members, good in (
        (f"begins = {issued}", True),
        (f"begins = {issued + 1}", False),
        (f"ends = {issued + 1}", True),
        (f"ends = {issued}", False),
    ):
        profile = make_profile(key_members=members)
        if good:
            assert authenticate(sign(certificate_claims(), KEY), profile=profile).certificate.level == "checked"
        else:
            with pytest.raises(SignatureError, match="did not count"):
                authenticate(sign(certificate_claims(), KEY), profile=profile)


def test_doubled_members_are_refused() -> None:
    header = json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": TYP})
    payload = json.dumps(certificate_claims())
    for bad in (
        sign_raw(header[:-1] + ', "alg": "none"}', payload, KEY),
        sign_raw(header, payload[:-1] + ', "holder": "somebody"}', KEY),
    ):
        with pytest.raises(EvidenceError, match="twice"):
            authenticate(bad)


@pytest.mark.parametrize("text", ["", ".", "..", "...", "a.b.c", "☃.a.b", "a" * 20_000, "=.=.=", " a.b.c"])
def test_text_that_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        authenticate(text)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_with_any_changed_byte_never_authenticates(place: int, change: int) -> None:
    compact = sign(certificate_claims(), KEY)
    at = place % len(compact)
    other = chr((ord(compact[at]) + change) % 256)
    changed = compact[:at] + other + compact[at + 1 :]
    try:
        found = authenticate(changed)
    except EvidenceError:
        return
    assert changed == compact, found


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=8,
    )
)
def test_a_signed_payload_of_any_form_raises_nothing_but_our_errors(value: Any) -> None:
    for name in ("cert", "holder", "scope", "excluded", "status", "iss", "exp", "aud"):
        try:
            found = authenticate(
                sign_raw(
                    json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": TYP}),
                    json.dumps(certificate_claims(**{name: value})),
                    KEY,
                ),
                status=GOOD,
            )
        except MarkError:
            continue
        assert found.certificate.evidence == "authenticated"


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": None},
        {"holder": "529900T8BM49AURSDO56"},
        {"holder": 5},
        {"cert": {"level": "Level 9", "version": "1", "issued": "2026-10-23", "last": "2027-08-28"}},
        {"cert": {"version": "1", "issued": "2026-10-23", "last": "2027-08-28"}},
        {"cert": {"level": "Level 2", "version": "1", "issued": "23.10.2026", "last": "2027-08-28"}},
        {"cert": {"level": "Level 2", "version": "1", "issued": "2027-10-23", "last": "2027-08-28"}},
        {"cert": {"level": "Level 2", "version": "1", "issued": 1, "last": "2027-08-28"}},
        {"cert": "Level 2"},
        {"scope": {"kind": "everything", "tags": []}},
        {"scope": {"kind": "whole"}},
        {"scope": {"kind": "whole", "tags": "it"}},
        {"excluded": None},
        {"excluded": [True]},
    ],
)
def test_facts_that_are_missing_or_unknown_are_refused_and_never_guessed(changes: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        authenticate(sign(certificate_claims(**changes), KEY))


def test_a_basis_of_recognition_is_carried_on_for_the_decision_to_refuse() -> None:
    claims = CLAIMS + 'basis = { at = "/basis", words = { original = "evaluation", foreign = "recognition" } }\n'
    profile = make_profile(claims=claims)
    assert (
        authenticate(sign(certificate_claims(basis="foreign"), KEY), profile=profile).certificate.basis == "recognition"
    )
    with pytest.raises(StatementError, match="basis"):
        authenticate(sign(certificate_claims(), KEY), profile=profile)


def test_a_scheme_without_tokens_has_none() -> None:
    with pytest.raises(WrongUseError, match="no signed tokens"):
        authenticate(sign(certificate_claims(), KEY), profile=make_profile(token=""))


def test_the_two_forms_of_one_signature_are_one_token() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    compact = sign(certificate_claims(), KEY)
    head, signature = compact.rsplit(".", 1)
    raw = unb64u(signature)
    other = f"{head}.{b64u(raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32))}"
    assert other != compact
    assert authenticate(other).record.inputs["token"] == authenticate(compact).record.inputs["token"]


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"iat": NOW + 120}, True),
        ({"iat": NOW + 121}, False),
        ({"nbf": NOW + 120}, True),
        ({"nbf": NOW + 121}, False),
        ({"nbf": NOW - DAY}, True),
        ({"exp": NOW + 1}, True),
        ({"iat": NOW, "exp": NOW + 1100 * DAY}, True),
        ({"iat": NOW, "exp": NOW + 1100 * DAY + 1}, False),
        ({"iat": NOW + 60, "exp": NOW + 60}, False),
        ({"iat": 0}, False),
        ({"iat": 1, "exp": 2**37}, False),
    ],
)
def test_the_bounds_of_time_are_exact(changes: dict[str, Any], good: bool) -> None:
    compact = sign(certificate_claims(**changes), KEY)
    if good:
        assert authenticate(compact).certificate.level == "checked"
    else:
        with pytest.raises(EnvelopeError):
            authenticate(compact)


def test_a_token_is_measured_before_it_is_read() -> None:
    empty = len(sign(certificate_claims(pad=""), KEY))
    fits = certificate_claims(pad="x" * ((MAX_BYTES - empty) * 3 // 4 - 2))
    assert authenticate(sign(fits, KEY)).certificate.level == "checked"
    with pytest.raises(EnvelopeError, match="longer"):
        authenticate(sign(certificate_claims(pad="x" * MAX_BYTES), KEY))


def test_a_long_kid_and_an_empty_or_long_signature_are_refused_for_what_they_are() -> None:
    header, payload, _ = sign(certificate_claims(), KEY).split(".")
    for signature in ("", b64u(bytes(513))):
        with pytest.raises(EnvelopeError, match="empty or too long"):
            authenticate(f"{header}.{payload}.{signature}")
    with pytest.raises(EnvelopeError, match="kid"):
        authenticate(sign(certificate_claims(), KEY, kid="x" * 201))
