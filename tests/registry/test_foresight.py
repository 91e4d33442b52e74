"""Signatures of a batch are checked on another core. Whatever that process says or fails to say, no forgery gets in."""

from __future__ import annotations

import os
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from registry.admission.api_batch import FEWEST, submission_of
from registry.admission.api_models import StatementRequest
from registry.admission.foresight import Foresight
from registry.admission.signature_child import READY, answer, serve
from tests.waiting import wait_until
from verifier.encoding import sha256
from verifier.envelope import parse_token, sign_token
from verifier.injected import seeded_entropy
from verifier.keys import P256_ORDER, import_jwk
from verifier.signer import SoftwareSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.admission.accept import Submission
    from tests.registry.conftest import Office, World

DATABASES = ("sqlite",)
API = "http://api/api/v1"
SIGNER = SoftwareSigner.generate(seeded_entropy("foresight"))
POINT = import_jwk(SIGNER.jwk).point
MESSAGE = b"what was signed"
GOOD = POINT + sha256(MESSAGE) + SIGNER.sign(MESSAGE)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give no child up because this machine is busy."""
    monkeypatch.setattr("registry.admission.foresight.LONGEST_WAIT", 30)


@pytest.fixture
def foresight() -> Iterator[Foresight]:
    one = Foresight()
    yield one
    one.close()


def sign(office: Office, count: int) -> list[dict[str, Any]]:
    world, signers = office
    return [world.sign_mark(signers, world.reserve(signers).json()).request for _ in range(count)]


def send(world: World, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answered = world.http.post(f"{API}/statements/batch", json={"statements": requests})
    assert answered.status_code == 200, answered.text
    told: list[dict[str, Any]] = answered.json()["answers"]
    return told


def forged(request: dict[str, Any], part: str, other: dict[str, Any]) -> dict[str, Any]:
    """Put another token's signature under one of the request's tokens."""
    return request | {part: f"{request[part].rpartition('.')[0]}.{other[part].rpartition('.')[2]}"}


def foreseen(foresight: Foresight, world: World, request: dict[str, Any]) -> Submission:
    """Return the submission after the child was asked about it, which it is once it has started."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        submission = submission_of(StatementRequest(**request))
        foresight.foresee(submission, world.registry.writer._follower.state, world.registry.office.root)
        if foresight._asked:
            return submission
        time.sleep(0.02)
    raise AssertionError("the child did not start")


def verified(submission: Submission) -> list[bool]:
    companions = submission.companions
    tokens = [submission.statement.token, *companions._tokens.values()]
    return [bool(token._good) for token in tokens]


def test_the_child_says_of_each_signature_whether_it_is_good() -> None:
    signature = SIGNER.sign(MESSAGE)
    high = signature[:32] + (P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    bad = [
        POINT + sha256(b"something else") + signature,
        POINT + sha256(MESSAGE) + high,
        POINT + sha256(MESSAGE) + bytes(64),
        bytes(64) + sha256(MESSAGE) + signature,
        GOOD[:-1],
    ]
    assert [answer(one) for one in [GOOD, *bad]] == [1, 0, 0, 0, 0, 0]
    assert answer(GOOD + bad[0] + GOOD + bad[1]) == 0b0101


def test_the_child_answers_frame_by_frame_until_its_input_ends() -> None:
    frames, answers = BytesIO(), BytesIO()
    for frame in (GOOD, GOOD + GOOD, b""):
        frames.write(len(frame).to_bytes(2) + frame)
    frames.seek(0)
    serve(frames, answers)
    assert answers.getvalue() == READY + bytes([1, 3, 0])


def test_the_four_signatures_of_an_issuance_are_known_before_it_is_judged(office: Office, foresight: Foresight) -> None:
    (request,) = sign(office, 1)
    submission = foreseen(foresight, office[0], request)
    foresight.settle(submission)
    assert verified(submission) == [True] * 4


@pytest.mark.parametrize("part", ["statement", "second", "mark", "seal"])
def test_a_forged_signature_is_not_known_as_a_good_one(office: Office, foresight: Foresight, part: str) -> None:
    one, other = sign(office, 2)
    submission = foreseen(foresight, office[0], forged(one, part, other))
    foresight.settle(submission)
    assert verified(submission).count(False) == 1


def test_when_the_child_is_dead_nothing_is_known_and_nobody_waits(office: Office, foresight: Foresight) -> None:
    one, other = sign(office, 2)
    foresight.settle(foreseen(foresight, office[0], one))
    assert foresight._child is not None
    foresight._child._process.kill()
    foresight._child._process.wait()
    submission = submission_of(StatementRequest(**other))
    foresight.foresee(submission, office[0].registry.writer._follower.state, office[0].registry.office.root)
    assert not foresight._asked, "only what the child was asked is waited for"
    foresight.settle(submission)
    assert verified(submission) == [False] * 4


def test_a_child_that_does_not_answer_is_given_up(
    office: Office, foresight: Foresight, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sign(office, 2)
    foresight.settle(foreseen(foresight, office[0], one))
    assert foresight._child is not None
    process = foresight._child._process
    monkeypatch.setattr("registry.admission.foresight.LONGEST_WAIT", 0.05)
    os.kill(process.pid, 19)
    submission = foreseen(foresight, office[0], other)
    foresight.settle(submission)
    assert verified(submission) == [False] * 4
    assert process.poll() is not None
    foresight.foresee(submission, office[0].registry.writer._follower.state, office[0].registry.office.root)
    assert not foresight._asked


def test_a_full_pipe_is_no_reason_to_wait(
    office: Office, foresight: Foresight, monkeypatch: pytest.MonkeyPatch
) -> None:
    (request,) = sign(office, 1)
    foresight.settle(foreseen(foresight, office[0], request))
    assert foresight._child is not None
    os.kill(foresight._child._process.pid, 19)
    asked = []
    for _ in range(2500):
        submission = submission_of(StatementRequest(**request))
        foresight.foresee(submission, office[0].registry.writer._follower.state, office[0].registry.office.root)
        asked.append(submission)
    assert 100 < len(foresight._open) < 2500
    os.kill(foresight._child._process.pid, 18)
    for one in asked:
        foresight.settle(one)
    assert verified(asked[0]) == [True] * 4
    assert verified(asked[-1]) == [False] * 4


def test_a_large_batch_with_forgeries_admits_the_others_and_refuses_each_of_them(office: Office) -> None:
    world, _ = office
    requests = sign(office, FEWEST + 7)
    first, last = requests[:4], requests[-1]
    # The child starts with the first large batch; it answers for the second.
    assert all("index" in one for one in send(world, requests[6:-1]))
    wait_until(lambda: _answers(world))
    parts = ("statement", "second", "mark", "seal")
    bad = [forged(one, part, last) for one, part in zip(first, parts, strict=True)]
    filling = [requests[6]] * FEWEST
    told = send(world, [*bad, requests[4], *filling, requests[5]])
    assert [one["problem"]["status"] for one in told[:4]] == [422] * 4
    assert all("index" in one for one in told[4:])
    assert [one["repeated"] for one in told[4:]] == [False, *[True] * FEWEST, False]


def _answers(world: World) -> bool:
    child = world.registry.writer._foresight._child
    return child is not None and (child._is_ready or child._has_answered(0))


def test_a_second_token_that_two_marks_of_one_batch_name_is_used_once(office: Office) -> None:
    world, signers = office
    *requests, last = sign(office, 6)
    token = parse_token(last["statement"], "statement+jwt")
    payload = token.payload | {"second": parse_token(requests[0]["second"], "evaluation-attestation+jwt").digest}
    again = last | {
        "statement": sign_token(payload, typ="statement+jwt", signer=signers["decider"]),
        "second": requests[0]["second"],
    }
    told = send(world, [*requests, again])
    assert [one.get("index") is not None for one in told] == [True] * 5 + [False]
    assert "used before" in told[5]["problem"]["detail"]


def test_a_mark_that_was_never_reserved_is_refused_in_a_group_too(office: Office) -> None:
    world, signers = office
    good = sign(office, 5)
    reserved = world.reserve(signers).json()
    other = world.reserve(signers).json()
    swapped = world.sign_mark(signers, reserved | {"number": other["number"]}).request
    told = send(world, [*good, swapped])
    assert [one.get("index") is not None for one in told] == [True] * 5 + [False]
    assert told[5]["problem"]["status"] == 422
    assert "number" in told[5]["problem"]["detail"]
