"""Keys of foreign issuers: what may be bound, and that a bound key verifies only what its own algorithm signed."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from recognition.authenticate.bound_key import ALGORITHMS, bind_key
from recognition.authenticate.foreign_token import read_foreign, verify_foreign
from tests.authenticate.foreign import TYP, certificate_claims, make_key, sign
from verifier.encoding import b64u
from verifier.errors import KeyRefusedError, SignatureError


def bound(algorithm: str, **changes: Any) -> Any:
    key = make_key(algorithm)
    return bind_key({**key.jwk, **changes}, algorithm=algorithm, kid=key.kid)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_bound_key_verifies_what_it_signed(alg: str) -> None:
    token = read_foreign(sign(certificate_claims(), make_key(alg)), typ=TYP)
    assert verify_foreign(token, {make_key(alg).kid: bound(alg)}).algorithm == alg


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tokens_of_another_library_verify(alg: str) -> None:
    key = make_key(alg)
    compact = jwt.encode(certificate_claims(), key.private, algorithm=alg, headers={"kid": key.kid, "typ": TYP})
    assert verify_foreign(read_foreign(compact, typ=TYP), {key.kid: bound(alg)}).kid == key.kid


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_changed_signature_or_text_is_refused(alg: str) -> None:
    key, one = make_key(alg), bound(alg)
    signature = key.sign(b"text")
    one.verify(signature, b"text")
    for wrong in (
        signature[:-1],
        signature + b"\0",
        bytes([signature[0] ^ 1]) + signature[1:],
        b"",
        b"\0" * len(signature),
    ):
        with pytest.raises(SignatureError):
            one.verify(wrong, b"text")
    with pytest.raises(SignatureError):
        one.verify(signature, b"texu")


def test_a_signature_of_the_other_rsa_padding_is_refused() -> None:
    key = make_key("RS256")
    pss = bind_key(key.jwk, algorithm="PS256", kid="k")
    with pytest.raises(SignatureError):
        pss.verify(key.sign(b"text"), b"text")


@pytest.mark.parametrize("bits", [1024, 2047])
def test_a_short_rsa_key_is_refused(bits: int) -> None:
    modulus = (1 << bits - 1) + 1
    with pytest.raises(KeyRefusedError, match="2048"):
        bind_key({"kty": "RSA", "n": b64u(modulus.to_bytes(-(-bits // 8))), "e": "AQAB"}, algorithm="RS256")


def test_a_huge_rsa_key_is_refused_before_it_costs_time() -> None:
    with pytest.raises(KeyRefusedError, match="4096"):
        bind_key({"kty": "RSA", "n": b64u(b"\xff" * 2048), "e": "AQAB"}, algorithm="RS256")


@pytest.mark.parametrize("exponent", [1, 3, 65_538, 2**33 + 1])
def test_an_unsound_rsa_exponent_is_refused(exponent: int) -> None:
    with pytest.raises(KeyRefusedError, match="exponent"):
        bound("RS256", e=b64u(exponent.to_bytes(5)))


def test_a_modulus_with_the_fingerprint_of_roca_is_refused() -> None:
    # A residue of 1, a power of 65537, modulo every small prime is what the weak generator leaves behind.
    product = 1
    for prime in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157):
        product *= prime
    modulus = ((1 << 2047) // product + 1) * product + 1
    modulus += product if modulus % 2 == 0 else 0
    with pytest.raises(KeyRefusedError, match="ROCA"):
        bind_key({"kty": "RSA", "n": b64u(modulus.to_bytes(256)), "e": "AQAB"}, algorithm="RS256")


def test_ordinary_rsa_keys_do_not_have_that_fingerprint() -> None:
    for _ in range(3):
        numbers = rsa.generate_private_key(65_537, 2048).public_key().public_numbers()
        jwk = {"kty": "RSA", "n": b64u(numbers.n.to_bytes(256)), "e": "AQAB"}
        assert bind_key(jwk, algorithm="PS256").algorithm == "PS256"


@pytest.mark.parametrize(
    ("alg", "changes"),
    [
        pytest.param("ES256", {"d": "AAAA"}, id="private"),
        pytest.param("ES256", {"k": "AAAA"}, id="symmetric"),
        pytest.param("ES256", {"use": "enc"}, id="for encryption"),
        pytest.param("ES256", {"key_ops": ["encrypt"]}, id="for other operations"),
        pytest.param("ES256", {"key_ops": "verify"}, id="operations as text"),
        pytest.param("ES256", {"alg": "ES384"}, id="another algorithm"),
        pytest.param("RS256", {"alg": "PS256"}, id="another padding"),
        pytest.param("ES256", {"crv": "P-521"}, id="another curve"),
        pytest.param("ES256", {"crv": "secp256k1"}, id="a curve of others"),
        pytest.param("ES256", {"x": "AAAA"}, id="short coordinate"),
        pytest.param("ES256", {"y": b64u(b"\1" * 32)}, id="off the curve"),
        pytest.param("ES256", {"y": None}, id="no coordinate"),
        pytest.param("ES256", {"kty": "oct", "k": "c2VjcmV0"}, id="oct"),
        pytest.param("ES256", {"kid": "another"}, id="another kid"),
        pytest.param("EdDSA", {"crv": "Ed448"}, id="another Edwards curve"),
        pytest.param("EdDSA", {"x": b64u(b"\1" * 31)}, id="short Edwards key"),
        pytest.param("RS256", {"n": "!!"}, id="no base64url"),
    ],
)
def test_a_key_outside_the_gate_is_refused(alg: str, changes: dict[str, Any]) -> None:
    with pytest.raises(KeyRefusedError):
        bound(alg, **changes)


@pytest.mark.parametrize("jwk", [None, [], "key", {1: "x"}, {}])
def test_what_is_no_key_is_refused(jwk: object) -> None:
    with pytest.raises(KeyRefusedError):
        bind_key(jwk)


def test_an_rsa_key_has_to_be_told_its_algorithm() -> None:
    with pytest.raises(KeyRefusedError, match="algorithm"):
        bind_key(make_key("RS256").jwk)


@pytest.mark.parametrize("alg", ["HS256", "none", "RS512", "ES512", ""])
def test_other_algorithms_cannot_be_bound(alg: str) -> None:
    with pytest.raises(KeyRefusedError):
        bind_key(make_key("RS256").jwk, algorithm=alg)
