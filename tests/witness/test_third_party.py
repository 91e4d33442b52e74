"""The publisher's side against a witness that somebody else wrote, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from typing import Any

import httpx
import pytest

from registry.errors import DatabaseBehindError, LogForkedError
from registry.publishing.cosigning import Cosigners
from registry.witness.client import Cosigned, KnowsOtherSize, WitnessClient
from tests.vectors.generate_log import LOG, ORIGIN, POLICY, TIME, WITNESSES, private_key
from tests.witness.conftest import SigningLog
from tests.witness.third_party import ThirdPartyWitness, serving
from verifier.errors import NotFoundError, RefusedError
from verifier.log.checkpoint import Checkpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner, verify_cosignature
from verifier.log.note import NoteSigner
from verifier.log.policy_file import parse_policy
from verifier.log.tree import consistency_path

POLICY_OF_FOUR = parse_policy(POLICY.encode())


def stranger(number: int = 1, **options: Any) -> ThirdPartyWitness:
    """Return a third party's witness under a name and key of the policy."""
    name = WITNESSES[number - 1].key.name
    return ThirdPartyWitness(name, private_key(f"witness {number}"), ORIGIN, LOG.key.public, TIME, **options)


@pytest.fixture
def witness() -> ThirdPartyWitness:
    return stranger()


@pytest.fixture
def client(witness: ThirdPartyWitness) -> Iterator[WitnessClient]:
    with serving(witness) as url, httpx.Client(timeout=30) as http:
        yield WitnessClient(url, http)


def submit(client: WitnessClient, log: SigningLog, old: int, new: int) -> Cosigned | KnowsOtherSize:
    request = log.growth(old, new)
    return client.submit(old, request.proof, request.signed)


def test_it_cosigns_every_growth_and_the_line_verifies(client: WitnessClient, log: SigningLog) -> None:
    sizes = [0, 1, 2, 3, 5, 8, 16, 17, 39, 40]
    for old, new in pairwise(sizes):
        answer = submit(client, log, old, new)
        assert isinstance(answer, Cosigned)
        assert verify_cosignature(WITNESSES[0].key, answer.signatures[0], log.at(new)) == TIME


def test_the_same_checkpoint_is_cosigned_again(client: WitnessClient, log: SigningLog) -> None:
    submit(client, log, 0, 7)
    assert isinstance(submit(client, log, 7, 7), Cosigned)


@pytest.mark.parametrize("size_type", ["text/x.tlog.size", "text/x.tlog.size; charset=utf-8", "Text/X.Tlog.Size"])
def test_a_409_tells_the_size_from_which_it_goes_on(log: SigningLog, size_type: str) -> None:
    with serving(stranger(size_type=size_type)) as url, httpx.Client(timeout=30) as http:
        client = WitnessClient(url, http)
        submit(client, log, 0, 7)
        assert submit(client, log, 3, 12) == KnowsOtherSize(7)
        assert isinstance(submit(client, log, 7, 12), Cosigned)


def test_its_refusals_are_told_with_their_status(client: WitnessClient, log: SigningLog, lying_log: SigningLog) -> None:
    other, thief = NoteSigner("other.example/log", private_key("log")), NoteSigner(ORIGIN, private_key("thief"))
    checkpoint = log.at(7).checkpoint
    foreign = sign_checkpoint(replace(checkpoint, origin="other.example/log"), other)
    submit(client, log, 0, 7)
    for old, proof, signed, status in (
        (7, (), foreign, 404),
        (7, (), sign_checkpoint(checkpoint, thief), 403),
        (8, (), log.at(7), 400),
        (7, (), lying_log.at(7), 422),
        (7, lying_log.growth(7, 12).proof, lying_log.at(12), 422),
        (7, (), log.at(12), 422),
    ):
        with pytest.raises(RefusedError, match=str(status)):
            client.submit(old, proof, signed)


def test_a_monitor_reads_what_it_cosigned_last(client: WitnessClient, log: SigningLog) -> None:
    with pytest.raises(NotFoundError):
        client.latest(ORIGIN)
    submit(client, log, 0, 7)
    assert client.latest(ORIGIN).verify(LOG.key, ORIGIN) == log.at(7).checkpoint


# --- the publisher's cosigners ---------------------------------------------------------------------------------------


@pytest.fixture
def four() -> list[ThirdPartyWitness]:
    return [stranger(number) for number in range(1, 5)]


@pytest.fixture
def cosigners(four: list[ThirdPartyWitness]) -> Iterator[Cosigners]:
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(timeout=30))
        urls = [stack.enter_context(serving(one)) for one in four]
        clients = {f"W{number}": WitnessClient(url, http) for number, url in enumerate(urls, start=1)}
        yield Cosigners(POLICY_OF_FOUR, clients)


def collect(cosigners: Cosigners, log: SigningLog, *, published: int, size: int) -> Any:
    return cosigners.collect(log.at(size), published=published, proof=lambda old: consistency_path(log.tree, old, size))


def test_witnesses_that_know_other_sizes_are_asked_again_from_there(
    cosigners: Cosigners, four: list[ThirdPartyWitness], log: SigningLog
) -> None:
    for one, size in zip(four, (0, 3, 9, 12), strict=True):
        one.size, one.root = size, log.at(size).checkpoint.root
    collected = collect(cosigners, log, published=9, size=12)
    assert collected.absent == {}
    assert POLICY_OF_FOUR.check_checkpoint(collected.signed).witnesses == tuple(one.key.name for one in WITNESSES)
    assert [one.asked for one in four] == [[409, 200], [409, 200], [200], [409, 200]]
    assert collect(cosigners, log, published=12, size=20).absent == {}
    assert [one.asked[-1] for one in four] == [200] * 4
    assert [len(one.asked) for one in four] == [3, 3, 2, 3]


def test_lines_of_other_keys_in_an_answer_are_ignored(log: SigningLog) -> None:
    noise = Cosigner("stranger.example", private_key("noise")).cosign(log.at(12), TIME).line
    with serving(stranger(lines_before=noise)) as url, httpx.Client(timeout=30) as http:
        cosigners = Cosigners(POLICY_OF_FOUR, {"W1": WitnessClient(url, http)})
        collected = collect(cosigners, log, published=0, size=12)
    assert [line.name for line in collected.signed.note.signatures] == [ORIGIN, WITNESSES[0].key.name]


@pytest.mark.parametrize("status", [409, 422])
def test_a_witness_that_shows_another_tree_of_this_size_stops_the_log(
    log: SigningLog, lying_log: SigningLog, status: int
) -> None:
    with serving(stranger(status_of_a_fork=status)) as url, httpx.Client(timeout=30) as http:
        client = WitnessClient(url, http)
        submit(client, lying_log, 0, 12)
        cosigners = Cosigners(POLICY_OF_FOUR, {"W1": client})
        with pytest.raises(LogForkedError, match="another tree of 12 entries"):
            collect(cosigners, log, published=12, size=12)


def test_a_witness_that_shows_a_longer_log_stops_the_publisher(client: WitnessClient, log: SigningLog) -> None:
    submit(client, log, 0, 20)
    with pytest.raises(DatabaseBehindError, match="20 entries, the log holds 12"):
        collect(Cosigners(POLICY_OF_FOUR, {"W1": client}), log, published=9, size=12)


def test_a_witness_that_shows_nothing_to_monitors_is_only_absent(log: SigningLog, lying_log: SigningLog) -> None:
    with serving(stranger(serves_monitors=False)) as url, httpx.Client(timeout=30) as http:
        client = WitnessClient(url, http)
        submit(client, lying_log, 0, 12)
        collected = collect(Cosigners(POLICY_OF_FOUR, {"W1": client}), log, published=12, size=12)
    assert "answered 422" in collected.absent["W1"]
    assert len(collected.signed.note.signatures) == 1


def test_the_empty_log_is_cosigned_too(client: WitnessClient, log: SigningLog) -> None:
    empty = sign_checkpoint(Checkpoint(ORIGIN, 0, log.at(0).checkpoint.root), LOG)
    assert isinstance(client.submit(0, (), empty), Cosigned)
