"""The tokens beside a statement: attestation, approval, a key's own proof; and commitments with what opens them."""

from __future__ import annotations

from typing import Any

import pytest

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import DAY
from tests.world import fork
from verifier.encoding import b64u, canonical, digest
from verifier.envelope import parse_token, sign_token
from verifier.errors import (
    EnvelopeError,
    EvidenceError,
    KeyRefusedError,
    MarkError,
    NewerVersionError,
    SignatureError,
    StatementError,
)
from verifier.injected import seeded_entropy
from verifier.names import body_uri, log_origin
from verifier.signer import SoftwareSigner
from verifier.statement.approval import parse_approval, sign_approval
from verifier.statement.attestation import parse_attestation
from verifier.statement.commitment import Disclosure, check_disclosure, commit, committed, read_disclosure, salt_from
from verifier.statement.key_proof import check_key_proof, parse_key_proof, sign_key_proof
from verifier.statement.public import KeyAdded

LOG, IAT = log_origin(HOST), 1_800_000_000
ENTROPY = seeded_entropy("second tokens")
SIGNER = SoftwareSigner.generate(ENTROPY)
WORLD = fork()
PREPARED = WORLD.prepare(tier=4)
TYPS = {"attestation": "evaluation-attestation+jwt", "approval": "approval+jwt", "key proof": "key-proof+jwt"}
TOKENS = {
    "attestation": WORLD.attest(PREPARED),
    "approval": sign_approval(digest(b"x"), iss=body_uri(HOST, 1), log=LOG, iat=IAT, signer=SIGNER, entropy=ENTROPY),
    "key proof": sign_key_proof(
        body=body_uri(HOST, 1), role="decider", holder="h-1", no=3, log=LOG, iat=IAT, signer=SIGNER, entropy=ENTROPY
    ),
}
PARSE: dict[str, Any] = {"attestation": parse_attestation, "approval": parse_approval, "key proof": parse_key_proof}
EACH = pytest.mark.parametrize("what", sorted(TYPS))


def altered(what: str, **changes: Any) -> str:
    """Sign the token again with changed members; ``...`` leaves one out."""
    payload = parse_token(TOKENS[what], TYPS[what]).payload | changes
    given = {name: value for name, value in payload.items() if value is not ...}
    return sign_token(given, typ=TYPS[what], signer=SIGNER)


@EACH
def test_a_token_is_read_back(what: str) -> None:
    assert PARSE[what](TOKENS[what], log=LOG).token.compact == TOKENS[what]


@EACH
def test_a_token_for_another_log_is_refused(what: str) -> None:
    with pytest.raises(EnvelopeError, match="another audience"):
        PARSE[what](TOKENS[what], log="other.example/log")


@EACH
def test_a_token_for_two_logs_is_refused(what: str) -> None:
    with pytest.raises(EvidenceError):
        PARSE[what](altered(what, aud=[LOG, "other.example/log"]), log=LOG)


@EACH
def test_an_unknown_member_needs_a_newer_verifier(what: str) -> None:
    with pytest.raises(NewerVersionError):
        PARSE[what](altered(what, later=1), log=LOG)


@EACH
def test_every_member_is_required_and_typed(what: str) -> None:
    for name in parse_token(TOKENS[what], TYPS[what]).payload:
        for value in (..., {"x": {"y": 1}}, [1]):
            if (what, name, value) != ("attestation", "tv", ...):
                with pytest.raises(MarkError):
                    PARSE[what](altered(what, **{name: value}), log=LOG)


@EACH
def test_no_token_serves_as_another(what: str) -> None:
    for other in set(TYPS) - {what}:
        with pytest.raises(EnvelopeError, match="not of type"):
            PARSE[what](TOKENS[other], log=LOG)


# --- attestation -----------------------------------------------------------------------------------------------------


def test_an_attestation_says_what_was_evaluated() -> None:
    attestation = parse_attestation(TOKENS["attestation"], log=LOG)
    assert attestation.says.members().items() >= PREPARED.evaluated.members().items()
    assert attestation.exp - attestation.iat == 180 * DAY


@pytest.mark.parametrize("value", [False, 1, "true", None])
def test_there_is_no_partial_attestation(value: object) -> None:
    with pytest.raises(StatementError):
        parse_attestation(altered("attestation", all_met=value), log=LOG)


def test_the_period_is_written_from_and_to_and_in_no_other_way() -> None:
    period = PREPARED.evaluated.evaluated
    assert period.members() == {"from": period.begins, "to": period.ends}
    with pytest.raises(StatementError):
        parse_attestation(altered("attestation", evaluated={"begins": 1, "ends": 2}), log=LOG)


def test_two_attestations_of_the_same_are_never_alike() -> None:
    assert WORLD.attest(PREPARED) != WORLD.attest(PREPARED)


# --- key proof -------------------------------------------------------------------------------------------------------


def added(**changes: Any) -> KeyAdded:
    proof = parse_key_proof(TOKENS["key proof"], log=LOG)
    said = {
        "jwk": SIGNER.jwk,
        "kid": SIGNER.kid,
        "body": body_uri(HOST, 1),
        "role": "decider",
        "holder": "h-1",
        "no": 3,
        "proof": proof.token.digest,
    }
    return KeyAdded(**(said | changes))


def test_a_key_proves_itself_within_its_hour() -> None:
    proof = parse_key_proof(TOKENS["key proof"], log=LOG)
    check_key_proof(proof, added(), at=IAT)
    check_key_proof(proof, added(), at=IAT + 3599)
    for at in (IAT + 3600, IAT - 121):
        with pytest.raises(EnvelopeError):
            check_key_proof(proof, added(), at=at)


@pytest.mark.parametrize(
    "change",
    [
        {"kid": digest(b"another key")},
        {"body": body_uri(HOST, 2)},
        {"role": "assessor"},
        {"holder": "h-2"},
        {"no": 4},
        {"proof": digest(b"another proof")},
    ],
    ids=str,
)
def test_a_key_is_not_added_as_something_else_than_it_proved(change: dict[str, Any]) -> None:
    with pytest.raises(StatementError, match="something else"):
        check_key_proof(parse_key_proof(TOKENS["key proof"], log=LOG), added(**change), at=IAT)


def test_nobody_proves_a_key_that_somebody_else_holds() -> None:
    other = SoftwareSigner.generate(ENTROPY)
    payload = parse_token(TOKENS["key proof"], TYPS["key proof"]).payload | {"jwk": other.jwk}
    with pytest.raises(SignatureError):
        parse_key_proof(sign_token(payload, typ=TYPS["key proof"], signer=SIGNER), log=LOG)


def test_a_key_that_the_gate_refuses_proves_nothing() -> None:
    with pytest.raises(KeyRefusedError):
        parse_key_proof(altered("key proof", jwk=SIGNER.jwk | {"d": "AA"}), log=LOG)


# --- commitments -----------------------------------------------------------------------------------------------------

OBJECT = body_uri(HOST, 1)
NAME = Disclosure(b64u(bytes(16)), "name", "株式会社評価")


def test_a_commitment_is_the_published_hash() -> None:
    text = canonical(["shirushi-sd-1", LOG, OBJECT, NAME.salt, "name", "株式会社評価"])
    assert commit(log=LOG, object=OBJECT, disclosure=NAME) == digest(text)


def test_a_disclosure_opens_its_own_commitment_only() -> None:
    sd = committed(log=LOG, object=OBJECT, disclosures=(NAME,), entropy=ENTROPY)
    check_disclosure(NAME, log=LOG, object=OBJECT, sd=sd)
    others = [
        (Disclosure(NAME.salt, "name", "別の会社"), LOG, OBJECT),
        (Disclosure(NAME.salt, "other", NAME.value), LOG, OBJECT),
        (Disclosure(b64u(bytes([1] * 16)), "name", NAME.value), LOG, OBJECT),
        (NAME, "other.example/log", OBJECT),
        (NAME, LOG, body_uri(HOST, 2)),
    ]
    for disclosure, log, about in others:
        with pytest.raises(StatementError, match="fits no commitment"):
            check_disclosure(disclosure, log=log, object=about, sd=sd)


@pytest.mark.parametrize("count", range(10))
def test_decoys_hide_how_much_is_committed(count: int) -> None:
    disclosures = tuple(Disclosure(salt_from(ENTROPY), "name", str(number)) for number in range(count))
    sd = committed(log=LOG, object=OBJECT, disclosures=disclosures, entropy=ENTROPY)
    assert len(sd) % 4 == 0
    assert len(sd) - count < 4
    assert list(sd) == sorted(set(sd))


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"salt": "short", "name": "a", "value": "b"},
        {**NAME.members(), "value": 5},
        {**NAME.members(), "name": None},
    ],
    ids=str,
)
def test_it_is_no_disclosure(value: object) -> None:
    with pytest.raises(StatementError):
        read_disclosure(value)


def test_a_disclosure_is_read_back() -> None:
    assert read_disclosure(NAME.members()) == NAME
