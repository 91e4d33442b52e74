"""What a witness answers, status by status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.witness.decision import NOTHING_YET, Accept, Decline, Head, decide
from tests.vectors.generate_log import LOG, ORIGIN, STRANGER, private_key
from tests.witness.conftest import SigningLog
from verifier.encoding import b64
from verifier.errors import MalformedError
from verifier.log.add_checkpoint import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint
from verifier.log.checkpoint import Checkpoint, sign_checkpoint
from verifier.log.merkle import EMPTY_ROOT
from verifier.log.note import NoteSigner
from verifier.log.tree import root_at

TRUE, FALSE = SigningLog(), SigningLog("false")
KEYS = [LOG.key]


def head(size: int) -> Head:
    return Head(size, root_at(TRUE.tree, size))


def declined(request: AddCheckpoint, cosigned: Head) -> Decline:
    decision = decide(request, KEYS, cosigned)
    assert isinstance(decision, Decline)
    return decision


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_witness_accepts_every_honest_growth(one: int, other: int) -> None:
    old, new = sorted((one, other))
    assert isinstance(decide(TRUE.growth(old, new), KEYS, head(old)), Accept)


@given(st.integers(6, 40), st.integers(6, 40))
def test_a_witness_accepts_no_growth_of_another_story(one: int, other: int) -> None:
    old, new = sorted((one, other))
    decision = declined(FALSE.growth(old, new), head(old))
    assert decision.status == 422
    assert decision.fork == FALSE.at(new)


def test_the_first_checkpoint_needs_no_proof() -> None:
    assert decide(TRUE.growth(0, 7), KEYS, NOTHING_YET) == Accept(TRUE.at(7))


def test_signatures_of_others_are_dropped_before_anything_is_kept() -> None:
    request = TRUE.growth(3, 7)
    noisy = replace(request, signed=request.signed.adding(STRANGER.cosign(request.signed, 1)))
    assert decide(noisy, KEYS, head(3)) == Accept(TRUE.at(7))


def test_an_unknown_origin_is_answered_with_404() -> None:
    decision = decide(TRUE.growth(0, 7), [], NOTHING_YET)
    assert isinstance(decision, Decline)
    assert decision.status == 404


def test_a_signature_of_no_trusted_key_is_answered_with_403() -> None:
    thief = NoteSigner(ORIGIN, private_key("thief"))
    signed = sign_checkpoint(TRUE.at(7).checkpoint, thief)
    assert declined(AddCheckpoint(0, (), signed), NOTHING_YET).status == 403


def test_an_old_size_above_the_checkpoint_is_answered_with_400() -> None:
    assert declined(AddCheckpoint(8, (), TRUE.at(7)), head(8)).status == 400


def test_another_old_size_is_answered_with_409_and_the_size_cosigned() -> None:
    decision = declined(TRUE.growth(3, 12), head(9))
    assert (decision.status, decision.body, decision.content_type) == (409, "9\n", SIZE_TYPE)
    assert decision.fork is None


def test_a_fork_at_the_cosigned_size_is_evidence_even_under_409() -> None:
    decision = declined(FALSE.growth(3, 9), head(9))
    assert decision.status == 409
    assert decision.fork == FALSE.at(9)


def test_a_rollback_is_answered_with_409() -> None:
    assert declined(TRUE.growth(3, 5), head(9)).status == 409


@pytest.mark.parametrize(
    ("request_", "cosigned"),
    [
        (FALSE.growth(9, 9), head(9)),
        (replace(TRUE.growth(3, 9), proof=()), head(3)),
        (replace(TRUE.growth(0, 9), proof=(EMPTY_ROOT,)), NOTHING_YET),
        (AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG)), NOTHING_YET),
    ],
    ids=["same size, other root", "no proof", "a proof from nothing", "an empty tree with a root"],
)
def test_a_proof_that_does_not_hold_is_answered_with_422(request_: AddCheckpoint, cosigned: Head) -> None:
    assert declined(request_, cosigned).status == 422


def test_a_request_survives_the_round_trip() -> None:
    request = TRUE.growth(3, 7)
    assert parse_add_checkpoint(request.serialize()) == request


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old 3\n", "old 03\n"),
        ("old 3\n", "old  3\n"),
        ("old 3\n", "new 3\n"),
        ("old 3\n", "old -1\n"),
        ("old 3\n", "old \u0663\n"),
        ("old 3\n", "old 3\n" + f"{b64(bytes(32))}\n" * 64),
        ("old 3\n", f"old 3\n{b64(bytes(31))}\n"),
        ("old 3\n", "old 3\r\n"),
        ("\n\n", "\n"),
        (f"\n{ORIGIN}\n", "\n"),
    ],
)
def test_a_body_outside_the_format_is_malformed(old: str, new: str) -> None:
    body = TRUE.growth(3, 7).serialize().decode()
    with pytest.raises(MalformedError):
        parse_add_checkpoint(body.replace(old, new, 1).encode())
