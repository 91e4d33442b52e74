"""Checkpoints and cosignatures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.generate_log import private_key
from verifier.encoding import sha256
from verifier.errors import KeyRefusedError, MalformedError, ProofError, SignatureError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, sign_checkpoint
from verifier.log.cosignature import (
    Cosigner,
    cosigned_times,
    ed25519_message,
    mldsa44_message,
    verify_cosignature,
)
from verifier.log.note import NoteSignature, NoteSigner, VerifierKey, open_note, parse_vkey
from verifier.log.vkey import MLDSA44_COSIGNATURE

ORIGIN = "registry.example/log"
LOG = NoteSigner(ORIGIN, private_key("log"))
HEAD = Checkpoint(ORIGIN, 20852163, sha256(b"root"))
SIGNED = sign_checkpoint(HEAD, LOG)
WITNESS = Cosigner("witness.example/w1", private_key("witness"))
TIME = 1_679_315_147
QUANTUM_SAFE = MLDSA44PrivateKey.from_seed_bytes(sha256(b"seed"))
QUANTUM_KEY = VerifierKey("pq.example/w1", MLDSA44_COSIGNATURE, QUANTUM_SAFE.public_key().public_bytes_raw())


def mldsa44_line(signed: SignedCheckpoint, timestamp: int = TIME) -> NoteSignature:
    signature = QUANTUM_SAFE.sign(mldsa44_message(QUANTUM_KEY.name, signed.checkpoint, timestamp))
    return NoteSignature(QUANTUM_KEY.name, QUANTUM_KEY.id, timestamp.to_bytes(8, "big") + signature)


def test_the_checkpoint_of_the_specification_is_cosigned_over_its_example_message() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert ed25519_message(text, TIME) == b"cosignature/v1\ntime 1679315147\n" + text.encode()
    assert parse_checkpoint(text).serialize() == text
    assert parse_checkpoint(text).size == 20852163


def test_an_ml_dsa_message_is_the_structure_of_the_specification() -> None:
    message = mldsa44_message("pq.example/w1", HEAD, TIME)
    assert message.hex() == (
        "737562747265652f76310a00" + "0d" + b"pq.example/w1".hex() + f"{TIME:016x}"
        "14" + ORIGIN.encode().hex() + "00" * 8 + f"{20852163:016x}" + HEAD.root.hex()
    )


def test_a_cosignature_says_when_it_was_made() -> None:
    line = WITNESS.cosign(SIGNED, TIME)
    assert verify_cosignature(WITNESS.key, line, SIGNED) == TIME


def test_an_ml_dsa_cosignature_verifies_for_its_name_root_and_time_only() -> None:
    line = mldsa44_line(SIGNED)
    assert verify_cosignature(QUANTUM_KEY, line, SIGNED) == TIME
    assert str(parse_vkey(str(QUANTUM_KEY))) == str(QUANTUM_KEY)
    other_root = sign_checkpoint(replace(HEAD, root=sha256(b"other")), LOG)
    other_name = replace(QUANTUM_KEY, name="pq.example/w2")
    later = replace(line, signature=(TIME + 1).to_bytes(8, "big") + line.signature[8:])
    short = replace(line, signature=line.signature[:-1])
    for key, signature, signed in (
        (QUANTUM_KEY, line, other_root),
        (other_name, replace(line, name=other_name.name, key_id=other_name.id), SIGNED),
        (QUANTUM_KEY, later, SIGNED),
        (QUANTUM_KEY, short, SIGNED),
    ):
        with pytest.raises(SignatureError):
            verify_cosignature(key, signature, signed)


def test_both_kinds_of_cosignature_stand_on_one_checkpoint() -> None:
    signed = SIGNED.adding(WITNESS.cosign(SIGNED, TIME), mldsa44_line(SIGNED, TIME + 1))
    again = SignedCheckpoint.parse(signed.serialize())
    assert cosigned_times(again, [WITNESS.key, QUANTUM_KEY]) == {WITNESS.key: TIME, QUANTUM_KEY: TIME + 1}


@pytest.mark.parametrize("timestamp", [0, 2**63])
def test_a_time_that_dates_nothing_is_refused(timestamp: int) -> None:
    with pytest.raises(SignatureError):
        verify_cosignature(WITNESS.key, WITNESS.cosign(SIGNED, timestamp), SIGNED)


def test_a_log_key_is_no_cosigner() -> None:
    with pytest.raises(KeyRefusedError):
        verify_cosignature(LOG.key, SIGNED.note.signatures[0], SIGNED)
    with pytest.raises(KeyRefusedError):
        open_note(SIGNED.note, [WITNESS.key])


def test_a_checkpoint_verifies_for_its_own_log_only() -> None:
    assert SIGNED.verify(LOG.key, ORIGIN) == HEAD
    with pytest.raises(ProofError):
        SIGNED.verify(LOG.key, "elsewhere.example/log")
    with pytest.raises(SignatureError):
        SIGNED.verify(NoteSigner(ORIGIN, private_key("other")).key, ORIGIN)


def test_the_same_line_is_not_added_twice() -> None:
    line = WITNESS.cosign(SIGNED, TIME)
    assert SIGNED.adding(line).adding(line) == SIGNED.adding(line)


NAMES = st.text(st.characters(min_codepoint=33, exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@given(NAMES, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(NAMES, max_size=3))
def test_a_checkpoint_survives_the_round_trip(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    signed = sign_checkpoint(checkpoint, LOG)
    again = SignedCheckpoint.parse(signed.serialize())
    assert again == signed
    assert again.checkpoint == checkpoint


@given(st.binary(max_size=200))
def test_noise_is_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(MalformedError):
        SignedCheckpoint.parse(data)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=2))
def test_a_changed_byte_never_verifies(position: int, change: bytes) -> None:
    data = bytearray(SIGNED.serialize())
    position %= len(data)
    data[position : position + 1] = change
    if bytes(data) == SIGNED.serialize():
        return
    with pytest.raises((MalformedError, ProofError, SignatureError)):
        SignedCheckpoint.parse(bytes(data)).verify(LOG.key, ORIGIN)
