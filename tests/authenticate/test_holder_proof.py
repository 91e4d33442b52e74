"""The one-time proof: for this asker, this agreement, this certificate, once, within minutes."""

from __future__ import annotations

from typing import Any

import pytest

from recognition.authenticate.holder_proof import LIFETIME, MOST_OPEN, TYP, Challenge, ChallengeBook
from recognition.authenticate.record import Claimed
from recognition.authenticate.signed_token import StatusEvidence
from tests.authenticate.foreign import (
    DAY,
    HOLDER,
    NOW,
    certificate_claims,
    make_key,
    make_profile,
    sign,
    status_token,
)
from verifier.encoding import digest
from verifier.errors import EnvelopeError, EvidenceError, RefusedError, StatementError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.schema import read_model

KEY, HOLDERS, THIEF = make_key("ES256"), make_key("EdDSA", "holder"), make_key("ES256", "thief")
PROFILE = make_profile()
ASKER, AGREEMENT = "https://buyer.example", "agreement-7"
CLAIMED = Claimed(number="C-1", holder=HOLDER, level="checked")


def asked(book: ChallengeBook | None = None, seed: str = "a", **changes: Any) -> tuple[ChallengeBook, Challenge]:
    arguments: dict[str, Any] = {
        "asker": ASKER,
        "agreement": AGREEMENT,
        "scheme": PROFILE.scheme,
        "now": NOW,
        **changes,
    }
    claimed = arguments.pop("claimed", CLAIMED)
    return (book or ChallengeBook()).ask(claimed, entropy=seeded_entropy(seed), **arguments)


def bound(challenge: Challenge, **changes: Any) -> dict[str, Any]:
    members = {
        "aud": challenge.asker,
        "nonce": challenge.nonce,
        "agreement": challenge.agreement,
        "challenge_sha256": challenge.digest,
        "iat": NOW + 60,
        "exp": NOW + 600,
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


def issuers_proof(challenge: Challenge, key: Any = KEY, *, typ: str = TYP, **changes: Any) -> str:
    return sign({**certificate_claims(), **bound(challenge, **changes)}, key, typ=typ)


def holders_token(**changes: Any) -> str:
    return sign(certificate_claims(cnf={"jwk": HOLDERS.jwk}, **changes), KEY)


def holders_proof(challenge: Challenge, token: str, key: Any = HOLDERS, **changes: Any) -> str:
    return sign(bound(challenge, token_sha256=digest(token.rsplit(".", 1)[0].encode()), **changes), key, typ=TYP)


def test_the_issuers_proof_gives_the_certificate_once() -> None:
    book, challenge = asked()
    proof = issuers_proof(challenge)
    book, found = book.answered(proof, PROFILE, now=NOW + 61)
    assert (found.certificate.evidence, found.certificate.holder) == ("authenticated", HOLDER)
    assert found.record.method == "holder_proof"
    assert found.record.inputs["challenge"] == challenge.digest
    with pytest.raises(RefusedError, match="no challenge"):
        book.answered(proof, PROFILE, now=NOW + 62)


def test_the_holders_proof_over_its_token_gives_the_certificate_with_its_state() -> None:
    book, challenge = asked()
    token = holders_token()
    status = StatusEvidence(status_token([0] * 16, KEY), NOW)
    book, found = book.answered(holders_proof(challenge, token), PROFILE, now=NOW + 61, token=token, status=status)
    assert (found.certificate.status, found.record.assurance) == ("valid", "high")
    assert book.open == {}


BAD = {
    "another asker": {"aud": "https://thief.example"},
    "two askers": {"aud": [ASKER, "https://thief.example"]},
    "no asker": {"aud": None},
    "another agreement": {"agreement": "agreement-8"},
    "another question": {"challenge_sha256": digest(b"x")},
    "no question": {"challenge_sha256": None},
    "another nonce": {"nonce": "B" * 22},
    "no nonce": {"nonce": None},
    "nonce as a list": {"nonce": ["a"]},
    "older than the challenge": {"iat": NOW - 121},
    "from the future": {"iat": NOW + 200},
    "expired": {"exp": NOW + 61},
    "for a year": {"exp": NOW + 365 * DAY},
    "no end": {"exp": None},
}


@pytest.mark.parametrize("name", BAD)
def test_a_proof_that_is_bound_otherwise_is_refused_and_spends_nothing(name: str) -> None:
    book, challenge = asked()
    token = holders_token()
    for proof, beside in (
        (issuers_proof(challenge, **BAD[name]), None),
        (holders_proof(challenge, token, **BAD[name]), token),
    ):
        with pytest.raises(EvidenceError):
            book.answered(proof, PROFILE, now=NOW + 61, token=beside)
    assert book.answered(issuers_proof(challenge), PROFILE, now=NOW + 61)[0].open == {}


def test_a_challenge_ends_after_fifteen_minutes() -> None:
    book, challenge = asked()
    late = {"iat": NOW + LIFETIME - 1, "exp": NOW + LIFETIME + 100}
    assert book.answered(issuers_proof(challenge, **late), PROFILE, now=NOW + LIFETIME - 1)[0].open == {}
    with pytest.raises(EnvelopeError, match="expired"):
        book.answered(issuers_proof(challenge, **late), PROFILE, now=NOW + LIFETIME)


def test_a_thiefs_key_proves_nothing() -> None:
    book, challenge = asked()
    token = holders_token()
    for proof, beside in (
        (issuers_proof(challenge, THIEF), None),
        (holders_proof(challenge, token, THIEF), token),
        (holders_proof(challenge, token, KEY), token),
        (holders_proof(challenge, token), None),
    ):
        with pytest.raises(EvidenceError):
            book.answered(proof, PROFILE, now=NOW + 61, token=beside)


def test_a_proof_over_one_token_does_not_show_another() -> None:
    book, challenge = asked()
    first, second = holders_token(), holders_token(iat=NOW - 9 * DAY)
    with pytest.raises(EnvelopeError, match="another token"):
        book.answered(holders_proof(challenge, first), PROFILE, now=NOW + 61, token=second)


def test_a_token_without_a_holders_key_cannot_be_shown() -> None:
    book, challenge = asked()
    token = sign(certificate_claims(), KEY)
    with pytest.raises(EvidenceError):
        book.answered(holders_proof(challenge, token), PROFILE, now=NOW + 61, token=token)


@pytest.mark.parametrize(
    "claimed",
    [
        Claimed(number="C-2", holder=HOLDER),
        Claimed(number="C-1", holder="0199-7LTWFZYICNSX8D621K86"),
        Claimed(number="C-1", holder=HOLDER, level="basic"),
    ],
)
def test_a_proof_about_another_certificate_than_was_asked_for_is_refused(claimed: Claimed) -> None:
    book, challenge = asked(claimed=claimed)
    with pytest.raises(RefusedError, match="another certificate"):
        book.answered(issuers_proof(challenge), PROFILE, now=NOW + 61)


def test_a_challenge_about_another_scheme_is_not_answered_by_this_one() -> None:
    book, challenge = asked(scheme="other.scheme")
    with pytest.raises(RefusedError, match="another scheme"):
        book.answered(issuers_proof(challenge), PROFILE, now=NOW + 61)


def test_an_ordinary_token_is_no_proof_and_a_proof_no_ordinary_token() -> None:
    book, challenge = asked()
    with pytest.raises(EnvelopeError, match="type"):
        book.answered(issuers_proof(challenge, typ="certificate+jwt"), PROFILE, now=NOW + 61)


def test_where_holders_choose_what_to_show_a_bare_token_is_not_taken() -> None:
    book, challenge = asked()
    profile = make_profile(token='[token]\ntyp = "dc+sd-jwt"\nvct = "https://x.example"')
    token = holders_token()
    with pytest.raises(WrongUseError):
        book.answered(holders_proof(challenge, token), profile, now=NOW + 61, token=token)


def test_one_asker_cannot_use_a_proof_given_to_another() -> None:
    mine, challenge = asked()
    theirs, _ = asked(seed="b", asker="https://other.example")
    proof = issuers_proof(challenge)
    with pytest.raises(RefusedError, match="no challenge"):
        theirs.answered(proof, PROFILE, now=NOW + 61)
    assert mine.answered(proof, PROFILE, now=NOW + 61)[1].certificate.level == "checked"


def test_open_challenges_are_bounded_and_old_ones_forgotten() -> None:
    entropy = seeded_entropy("many")
    _, one = asked()
    full = ChallengeBook({str(place): one for place in range(MOST_OPEN)})
    with pytest.raises(RefusedError, match="too many"):
        full.ask(CLAIMED, asker=ASKER, agreement=AGREEMENT, scheme=PROFILE.scheme, now=NOW, entropy=entropy)
    later, _ = full.ask(
        CLAIMED, asker=ASKER, agreement=AGREEMENT, scheme=PROFILE.scheme, now=NOW + LIFETIME, entropy=entropy
    )
    assert len(later.open) == 1


@pytest.mark.parametrize(
    "changes", [{"expires": NOW + LIFETIME + 1}, {"expires": NOW}, {"nonce": "short"}, {"asker": "http://x.example"}]
)
def test_a_challenge_outside_the_rules_is_refused(changes: dict[str, Any]) -> None:
    _, challenge = asked()
    with pytest.raises(StatementError):
        read_model(Challenge, {**challenge.members(), **changes}, what="challenge")
