"""The key gate, and signatures in their one form."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from verifier.encoding import b64u, unb64u
from verifier.errors import KeyRefusedError, SignatureError
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER, import_jwk, import_jwks, thumbprint
from verifier.signer import SoftwareSigner

SIGNER = SoftwareSigner.generate(seeded_entropy("keys"))
EDWARDS = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OKP = {"kty": "OKP", "crv": "Ed25519", "x": b64u(EDWARDS.public_key().public_bytes_raw())}
RFC7638_RSA = {"kty": "RSA", "n": "0vx7", "e": "AQAB"}


def test_a_key_of_each_kind_passes() -> None:
    assert import_jwk(SIGNER.jwk).algorithm == "ES256"
    assert import_jwk(OKP).algorithm == "Ed25519"


@pytest.mark.parametrize(
    "members",
    [
        {"use": "sig"},
        {"key_ops": ["verify"]},
        {"key_ops": ["sign", "verify"]},
        {"alg": "ES256"},
        {"kid": SIGNER.kid},
        {"unknown": "member"},
    ],
    ids=str,
)
def test_a_key_passes_with(members: dict[str, Any]) -> None:
    assert import_jwk(SIGNER.jwk | members).kid == SIGNER.kid


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"use": "enc"}, id="use is enc"),
        pytest.param({"use": None}, id="use is null"),
        pytest.param({"use": ["sig"]}, id="use is a list"),
        pytest.param({"key_ops": ["encrypt"]}, id="key_ops without verify"),
        pytest.param({"key_ops": []}, id="key_ops is empty"),
        pytest.param({"key_ops": "verify"}, id="key_ops is text"),
        pytest.param({"alg": "ES384"}, id="alg of another curve"),
        pytest.param({"alg": "EdDSA"}, id="alg of another type"),
        pytest.param({"alg": "none"}, id="alg none"),
        pytest.param({"alg": "HS256"}, id="alg of a symmetric key"),
        pytest.param({"alg": []}, id="alg is a list"),
        pytest.param({"alg": None}, id="alg is null"),
        pytest.param({"kid": "key-1"}, id="kid is a name"),
        pytest.param({"kid": thumbprint(OKP)}, id="kid of another key"),
        pytest.param({"kid": "../../dev/null"}, id="kid is a path"),
        pytest.param({"kid": 7}, id="kid is a number"),
        pytest.param({"d": b64u(bytes(32))}, id="the private member d"),
        pytest.param({"k": "c2VjcmV0"}, id="a symmetric member k"),
        pytest.param({"kty": "oct", "k": "c2VjcmV0"}, id="a symmetric key"),
        pytest.param({"kty": "RSA"}, id="RSA"),
        pytest.param({"kty": "OKP"}, id="another type under the same curve"),
        pytest.param({"crv": "P-384"}, id="P-384"),
        pytest.param({"crv": "secp256k1"}, id="secp256k1"),
        pytest.param({"crv": None}, id="no curve"),
        pytest.param({"x": b64u(bytes(32))}, id="a point off the curve"),
        pytest.param({"x": b64u(bytes(31))}, id="a coordinate of 31 bytes"),
        pytest.param({"x": b64u(bytes(1) + unb64u(SIGNER.jwk["x"]))}, id="a coordinate of 33 bytes"),
        pytest.param({"x": SIGNER.jwk["x"] + "="}, id="a padded coordinate"),
        pytest.param({"x": 5}, id="a coordinate that is a number"),
        pytest.param({"y": ""}, id="an empty coordinate"),
        pytest.param({"y": "\ud800"}, id="a coordinate with a lone surrogate"),
    ],
)
def test_a_key_is_refused_when(members: dict[str, Any]) -> None:
    with pytest.raises(KeyRefusedError):
        import_jwk(SIGNER.jwk | members)


@pytest.mark.parametrize("value", [None, [], "key", 5, {1: 2}, {}], ids=repr)
def test_what_is_no_key_at_all_is_refused(value: object) -> None:
    with pytest.raises(KeyRefusedError):
        import_jwk(value)


@pytest.mark.parametrize("members", [{"y": OKP["x"]}, {"x": b64u(bytes(31))}, {"alg": "ES256"}, {"d": "AA"}], ids=str)
def test_an_edwards_key_is_refused_with(members: dict[str, Any]) -> None:
    with pytest.raises(KeyRefusedError):
        import_jwk(OKP | members)


def test_the_point_at_infinity_is_refused() -> None:
    with pytest.raises(KeyRefusedError):
        import_jwk(SIGNER.jwk | {"x": b64u(bytes(32)), "y": b64u(bytes(32))})


@given(st.none() | st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.none()))
def test_no_value_makes_the_gate_stumble(value: object) -> None:
    with pytest.raises(KeyRefusedError):
        import_jwk(SIGNER.jwk | {"key_ops": value})


def test_a_set_that_names_a_kid_twice_is_refused_as_a_whole() -> None:
    with pytest.raises(KeyRefusedError, match="twice"):
        import_jwks([SIGNER.jwk, OKP, SIGNER.jwk | {"use": "sig"}])


def test_a_set_with_one_symmetric_key_is_refused_as_a_whole() -> None:
    with pytest.raises(KeyRefusedError):
        import_jwks([SIGNER.jwk, {"kty": "oct", "k": "c2VjcmV0"}])


def test_a_good_set_is_found_by_kid() -> None:
    assert sorted(import_jwks([SIGNER.jwk, OKP])) == sorted([SIGNER.kid, thumbprint(OKP)])


def test_the_thumbprint_is_the_one_of_rfc_8037() -> None:
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("key", [RFC7638_RSA, {"kty": "EC", "crv": "P-256", "x": "AA"}, {}], ids=str)
def test_there_is_no_thumbprint_of(key: dict[str, str]) -> None:
    with pytest.raises(KeyRefusedError):
        thumbprint(key)


# --- signatures ------------------------------------------------------------------------------------------------------


def twin(signature: bytes) -> bytes:
    return signature[:32] + (P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)


def test_a_signature_is_the_same_every_time_and_low() -> None:
    first, second = SIGNER.sign(b"text"), SIGNER.sign(b"text")
    assert first == second
    assert int.from_bytes(first[32:]) <= P256_ORDER // 2


@given(st.binary(max_size=64))
def test_what_is_signed_verifies_and_its_twin_does_not(message: bytes) -> None:
    key, signature = import_jwk(SIGNER.jwk), SIGNER.sign(message)
    key.verify(signature, message)
    with pytest.raises(SignatureError, match="one accepted form"):
        key.verify(twin(signature), message)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(bytes(64), id="psychic zeros"),
        pytest.param(bytes(32) + (1).to_bytes(32), id="r is zero"),
        pytest.param((1).to_bytes(32) + bytes(32), id="s is zero"),
        pytest.param(P256_ORDER.to_bytes(32) + (1).to_bytes(32), id="r is the order"),
        pytest.param((1).to_bytes(32) + P256_ORDER.to_bytes(32), id="s is the order"),
        pytest.param(b"\xff" * 64, id="all ones"),
        pytest.param(b"", id="nothing"),
        pytest.param(SIGNER.sign(b"text")[:63], id="a byte too few"),
        pytest.param(SIGNER.sign(b"text") + b"\0", id="a byte too many"),
        pytest.param(SIGNER.sign(b"other"), id="of another text"),
    ],
)
def test_a_signature_is_refused_that_is(signature: bytes) -> None:
    with pytest.raises(SignatureError):
        import_jwk(SIGNER.jwk).verify(signature, b"text")


def test_an_edwards_signature_verifies_for_its_text_alone() -> None:
    key = import_jwk(OKP)
    key.verify(EDWARDS.sign(b"text"), b"text")
    with pytest.raises(SignatureError):
        key.verify(EDWARDS.sign(b"text"), b"texts")


# --- signers ---------------------------------------------------------------------------------------------------------


def test_a_key_file_opens_with_its_password_only() -> None:
    pem = SIGNER.to_pem(b"correct")
    assert SoftwareSigner.from_pem(pem, b"correct").kid == SIGNER.kid
    for password in (b"wrong", None):
        with pytest.raises(KeyRefusedError):
            SoftwareSigner.from_pem(pem, password)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_file_is_refused(pem: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        SoftwareSigner.from_pem(pem, None)


def test_a_key_of_another_curve_does_not_sign_here() -> None:
    with pytest.raises(KeyRefusedError):
        SoftwareSigner(ec.derive_private_key(7, ec.SECP384R1()))


def test_keys_of_one_seed_are_one_key_and_of_two_seeds_two() -> None:
    again, other = (SoftwareSigner.generate(seeded_entropy(seed)) for seed in ("keys", "other"))
    assert again.kid == SIGNER.kid != other.kid
