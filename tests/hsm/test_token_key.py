"""A key in a security module signs like any other, and never comes out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.exceptions import AttributeSensitive

from verifier.edge.pkcs11_signer import make_token_key, open_token_key
from verifier.envelope import parse_token, sign_token, verify_token
from verifier.errors import KeyRefusedError, NotFoundError, UnavailableError, WrongUseError
from verifier.keys import P256_ORDER, import_jwk

if TYPE_CHECKING:
    from tests.hsm.conftest import Tokens
    from verifier.edge.pkcs11_signer import TokenKey

pytestmark = pytest.mark.system

P256 = bytes.fromhex("06082a8648ce3d030107")
P384 = bytes.fromhex("06052b81040022")


def made(tokens: Tokens, label: str) -> TokenKey:
    place = tokens.key("decider", label)
    make_token_key(place, tokens.pin("decider"))
    return place


def test_a_signature_is_64_bytes_with_a_low_s_and_verifies(tokens: Tokens) -> None:
    with open_token_key(made(tokens, "signs"), tokens.pin("decider")) as signer:
        key = import_jwk(signer.jwk)
        assert key.kid == signer.kid
        for number in range(64):
            message = hashlib.sha256(bytes([number])).digest()
            signature = signer.sign(message)
            assert len(signature) == 64
            assert int.from_bytes(signature[32:]) <= P256_ORDER // 2
            key.verify(signature, message)


def test_a_token_signed_inside_is_one_that_the_strict_envelope_takes(tokens: Tokens) -> None:
    with open_token_key(made(tokens, "envelope"), tokens.pin("decider")) as signer:
        compact = sign_token({"iat": 1_800_000_000}, typ="qr-seal+jwt", signer=signer)
        verify_token(parse_token(compact, "qr-seal+jwt"), import_jwk(signer.jwk))


def test_the_same_key_is_found_again_in_another_session(tokens: Tokens) -> None:
    place = made(tokens, "again")
    kids = []
    for _ in range(2):
        with open_token_key(place, tokens.pin("decider")) as signer:
            kids.append(signer.kid)
    assert kids[0] == kids[1]


def test_the_private_key_cannot_be_read_out(tokens: Tokens) -> None:
    place = made(tokens, "secret")
    token = pkcs11.lib(tokens.module).get_token(token_label=place.token)
    with token.open(user_pin=tokens.pins["decider"]) as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label="secret")
        assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
        assert (key[Attribute.ALWAYS_SENSITIVE], key[Attribute.NEVER_EXTRACTABLE]) == (True, True)
        with pytest.raises(AttributeSensitive):
            _ = key[Attribute.VALUE]


def make_otherwise(tokens: Tokens, label: str, curve: bytes, template: dict[Attribute, bool]) -> TokenKey:
    place = tokens.key("decider", label)
    token = pkcs11.lib(tokens.module).get_token(token_label=place.token)
    with token.open(user_pin=tokens.pins["decider"], rw=True) as session:
        domain = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
        domain.generate_keypair(label=label, store=True, private_template=template)
    return place


def test_a_key_that_could_be_exported_is_refused(tokens: Tokens) -> None:
    place = make_otherwise(tokens, "open", P256, {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True})
    with (
        pytest.raises(KeyRefusedError, match="could be exported"),
        open_token_key(place, tokens.pin("decider")),
    ):
        pass


def test_a_key_on_another_curve_is_refused(tokens: Tokens) -> None:
    closed = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    place = make_otherwise(tokens, "p-384", P384, closed)
    with pytest.raises(KeyRefusedError, match="P-256"), open_token_key(place, tokens.pin("decider")):
        pass


def test_two_keys_of_one_label_are_refused(tokens: Tokens) -> None:
    closed = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    make_otherwise(tokens, "twice", P256, closed)
    place = make_otherwise(tokens, "twice", P256, closed)
    with pytest.raises(KeyRefusedError, match="several"), open_token_key(place, tokens.pin("decider")):
        pass


def test_what_is_not_there_is_named_and_the_pin_is_never_repeated(tokens: Tokens) -> None:
    place, wrong = made(tokens, "named"), b"another pin than this"
    cases: list[tuple[TokenKey, bytes, type[Exception], str]] = [
        (place, wrong, KeyRefusedError, "PIN"),
        (place.model_copy(update={"label": "nobody"}), tokens.pin("decider"), NotFoundError, "nobody"),
        (place.model_copy(update={"token": "no token"}), tokens.pin("decider"), NotFoundError, "no such token"),
        (place.model_copy(update={"module": "/nowhere.so"}), tokens.pin("decider"), UnavailableError, "fails"),
    ]
    for where, pin, error, words in cases:
        with pytest.raises(error, match=words) as caught, open_token_key(where, pin):
            pass
        assert pin.decode() not in f"{caught.value} {caught.value.__dict__}"


def test_a_key_is_never_made_in_the_place_of_another(tokens: Tokens) -> None:
    place = made(tokens, "once")
    with pytest.raises(WrongUseError, match="already"):
        make_token_key(place, tokens.pin("decider"))
