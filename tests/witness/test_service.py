"""One witness and a house of them, asked by the client."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from registry.witness.client import Cosigned, KnowsOtherSize, WitnessClient
from registry.witness.decision import Decline
from registry.witness.service import MAX_BODY, Witness, WitnessConfig
from registry.witness.store import WitnessStore
from tests.vectors.generate_log import LOG, ORIGIN, private_key
from tests.witness.conftest import HandClock, SigningLog
from verifier.encoding import sha256
from verifier.errors import NotFoundError, RefusedError, UnavailableError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner, cosigned_times, verify_cosignature
from verifier.log.note import NoteSignature, NoteSigner

W1 = Cosigner("witness.example/w1", private_key("w1")).key
W2 = Cosigner("witness.example/w2", private_key("w2")).key


def submit(client: WitnessClient, log: SigningLog, old: int, new: int) -> Cosigned | KnowsOtherSize:
    request = log.growth(old, new)
    return client.submit(old, request.proof, request.signed)


def test_a_witness_cosigns_growth_at_the_time_of_its_clock(client: WitnessClient, log: SigningLog) -> None:
    answer = submit(client, log, 0, 7)
    assert isinstance(answer, Cosigned)
    assert verify_cosignature(W1, answer.signatures[0], log.at(7)) == 1_793_577_600
    assert isinstance(submit(client, log, 7, 12), Cosigned)


def test_a_client_that_is_behind_learns_the_size(client: WitnessClient, log: SigningLog) -> None:
    submit(client, log, 0, 7)
    assert submit(client, log, 3, 12) == KnowsOtherSize(7)
    assert isinstance(submit(client, log, 7, 12), Cosigned)


def test_the_witnesses_of_a_house_remember_apart(http: httpx.Client, log: SigningLog) -> None:
    first, second = (WitnessClient(f"http://house.example/{path}", http) for path in ("w1", "w2"))
    submit(first, log, 0, 7)
    answer = submit(second, log, 0, 5)
    assert isinstance(answer, Cosigned)
    assert answer.signatures[0].claims(W2)
    assert submit(first, log, 5, 9) == KnowsOtherSize(7)


def test_a_monitor_reads_the_last_checkpoint_that_was_cosigned(client: WitnessClient, log: SigningLog) -> None:
    with pytest.raises(NotFoundError):
        client.latest(ORIGIN)
    submit(client, log, 0, 7)
    submit(client, log, 7, 12)
    latest = client.latest(ORIGIN)
    assert latest.verify(LOG.key, ORIGIN) == log.at(12).checkpoint
    assert list(cosigned_times(latest, [W1])) == [W1]
    with pytest.raises(NotFoundError):
        client.latest("other.example/log")


def test_a_fork_is_refused_and_kept_with_what_it_contradicts(
    config: WitnessConfig, client: WitnessClient, log: SigningLog, lying_log: SigningLog
) -> None:
    submit(client, log, 0, 9)
    for old, new in ((9, 9), (9, 12), (9, 12)):
        with pytest.raises(RefusedError, match="422"):
            submit(client, lying_log, old, new)
    store = WitnessStore(config.store)
    forks = store.forks(ORIGIN)
    store.close()
    assert {fork.refused for fork in forks} == {lying_log.at(9).serialize(), lying_log.at(12).serialize()}
    assert all(SignedCheckpoint.parse(fork.cosigned).verify(LOG.key, ORIGIN).size == 9 for fork in forks)
    assert isinstance(submit(client, log, 9, 12), Cosigned)


def test_every_status_of_the_protocol_is_given(http: httpx.Client, log: SigningLog, lying_log: SigningLog) -> None:
    def post(body: bytes) -> httpx.Response:
        return http.post("/w1/add-checkpoint", content=body)

    thief = sign_checkpoint(log.at(7).checkpoint, NoteSigner(ORIGIN, private_key("thief")))
    foreign = sign_checkpoint(
        Checkpoint("other.example/log", 1, sha256(b"")), NoteSigner("other.example/log", private_key("log"))
    )
    assert post(b"old 0\n").status_code == 400
    assert post(b"x" * (MAX_BODY + 1)).status_code == 413
    assert post(replace(log.growth(0, 7), signed=foreign).serialize()).status_code == 404
    assert post(replace(log.growth(0, 7), signed=thief).serialize()).status_code == 403
    assert post(replace(log.growth(7, 7), old_size=8).serialize()).status_code == 400
    answer = post(log.growth(3, 7).serialize())
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (409, "0\n", "text/x.tlog.size")
    answer = post(log.growth(0, 7).serialize())
    assert answer.status_code == 200
    assert answer.text.startswith("\u2014 witness.example/w1 ")
    assert answer.text.endswith("\n")
    assert post(lying_log.growth(7, 7).serialize()).status_code == 422
    assert http.get("/w1/add-checkpoint").status_code == 405


def test_a_witness_never_cosigns_an_earlier_time(client: WitnessClient, clock: HandClock, log: SigningLog) -> None:
    submit(client, log, 0, 7)
    clock.now -= 1
    with pytest.raises(UnavailableError, match="clock"):
        submit(client, log, 7, 12)
    clock.now += 1
    assert isinstance(submit(client, log, 7, 12), Cosigned)


def test_what_was_cosigned_is_on_disk_before_the_answer(config: WitnessConfig, log: SigningLog) -> None:
    before = Witness(config)
    assert isinstance(before.add_checkpoint(log.growth(0, 7)), NoteSignature)
    after = Witness(config)
    assert after.store.record(ORIGIN).head.size == 7
    assert after.store._run("PRAGMA synchronous", ()).fetchone() == (2,)
    before.store.close()
    after.store.close()


def test_two_histories_sent_at_once_are_never_both_cosigned(
    config: WitnessConfig, log: SigningLog, lying_log: SigningLog
) -> None:
    barrier = threading.Barrier(8)

    def send(story: SigningLog) -> NoteSignature | Decline:
        witness = Witness(config)
        try:
            barrier.wait(timeout=30)
            return witness.add_checkpoint(story.growth(0, 9))
        finally:
            witness.store.close()

    Witness(config).store.close()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, [log, lying_log] * 4))
    assert sum(isinstance(answer, NoteSignature) for answer in answers) == 1


def test_of_requests_at_once_from_one_size_exactly_one_wins_and_the_others_learn_the_size(
    config: WitnessConfig, log: SigningLog
) -> None:
    barrier, sizes = threading.Barrier(8), [9, 10, 11, 12] * 2

    def send(size: int) -> NoteSignature | Decline:
        witness = Witness(config)
        try:
            barrier.wait(timeout=30)
            return witness.add_checkpoint(log.growth(0, size))
        finally:
            witness.store.close()

    Witness(config).store.close()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, sizes))
    (won,) = [size for size, answer in zip(sizes, answers, strict=True) if isinstance(answer, NoteSignature)]
    told = [(answer.status, answer.body) for answer in answers if isinstance(answer, Decline)]
    assert told == [(409, f"{won}\n")] * 7
    store = WitnessStore(config.store)
    assert store.record(ORIGIN).head.size == won
    store.close()


def test_a_head_that_moved_is_not_overwritten(witness: Witness, log: SigningLog, frozen_now: int) -> None:
    stale = witness.store.record(ORIGIN)
    assert witness.store.advance(stale, log.at(7), time=frozen_now)
    assert not witness.store.advance(stale, log.at(9), time=frozen_now)
    known = witness.store.record(ORIGIN)
    assert witness.store.advance(known, log.at(12), time=frozen_now)
    assert not witness.store.advance(known, log.at(9), time=frozen_now)
    assert witness.store.record(ORIGIN).head.size == 12


def test_a_request_overtaken_by_another_is_judged_anew(
    witness: Witness, log: SigningLog, frozen_now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = witness.store.advance

    def overtaken(*arguments: object, **named: object) -> bool:
        monkeypatch.undo()
        assert advance(witness.store.record(ORIGIN), log.at(12), time=frozen_now)
        return advance(*arguments, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(witness.store, "advance", overtaken)
    answer = witness.add_checkpoint(log.growth(0, 9))
    assert isinstance(answer, Decline)
    assert (answer.status, answer.body) == (409, "12\n")


def test_a_store_that_cannot_be_used_is_not_bad_evidence(tmp_path: Path, config: WitnessConfig) -> None:
    (tmp_path / "broken").write_bytes(b"not a database" * 100)
    with pytest.raises(UnavailableError):
        Witness(replace(config, store=tmp_path / "broken"))
    witness = Witness(config)
    witness.store.close()
    with pytest.raises(UnavailableError):
        witness.store.record(ORIGIN)
    assert sqlite3.connect(config.store).execute("SELECT count(*) FROM head").fetchone() == (0,)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "error"),
    [
        (500, "text/plain", b"", UnavailableError),
        (429, "text/plain", b"", UnavailableError),
        (200, "text/plain", b"not a line\n", UnavailableError),
        (200, "text/plain", b"", UnavailableError),
        (409, "text/x.tlog.size", b"07\n", UnavailableError),
        (409, "text/plain", b"7\n", RefusedError),
        (404, "text/plain", b"no\n", RefusedError),
        (200, "text/plain", b"x" * 1_000_001, UnavailableError),
    ],
)
def test_an_answer_outside_the_protocol_is_told_apart(
    status: int, content_type: str, body: bytes, error: type[Exception], log: SigningLog
) -> None:
    answer = httpx.Response(status, headers={"Content-Type": content_type}, content=body)
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as http, pytest.raises(error):
        submit(WitnessClient("http://w.example", http), log, 0, 7)


def test_a_witness_that_cannot_be_reached_is_unavailable(log: SigningLog) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with httpx.Client(transport=httpx.MockTransport(fail)) as http:
        client = WitnessClient("http://w.example", http)
        with pytest.raises(UnavailableError):
            submit(client, log, 0, 7)
        with pytest.raises(UnavailableError):
            client.latest(ORIGIN)
