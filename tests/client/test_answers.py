"""An answer of the service counts for the question that was asked, now: genuine receipts about others are refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.loopback import answering, passed_on
from tests.registry.conftest import HOST
from tests.verification.conftest import (
    bare,
    engine,
    engines,
    issued,
    office,
    pytest_generate_tests,
    service,
    staffed,
    world,
)
from verifier.answer_receipt import sign_answer
from verifier.client import AsyncClient, Client
from verifier.errors import StatementError, UnavailableError, WrongUseError
from verifier.seal import scan_text

if TYPE_CHECKING:
    from tests.verification.conftest import Service
    from verifier.answer_receipt import AnswerReceipt

__all__ = ["bare", "engine", "engines", "issued", "office", "pytest_generate_tests", "service", "staffed", "world"]

HOLDER, NOBODY = "0188-1180301018771", "0188-5010001067883"
POLICY = {"version": 1, "tier": "jp.meti.scs/3"}
Ask = Callable[..., "AnswerReceipt"]


@dataclass
class Between:
    """Whoever stands before the service: it passes on what is asked, changed, or says what it has said before."""

    url: str
    reader: str
    service: Service
    swap: Callable[[dict[str, Any]], dict[str, Any]] = dict
    replay: bytes | None = None

    def ask(self, **question: Any) -> AnswerReceipt:
        with self.client() as client:
            return client.ask(**question)

    def ask_in_a_loop(self, **question: Any) -> AnswerReceipt:
        async def asked() -> AnswerReceipt:
            async with AsyncClient(self.root, **self.options) as client:
                return await client.ask(**question)

        # Tests with a browser leave an event loop in this thread.
        with ThreadPoolExecutor(1) as alone:
            return alone.submit(lambda: asyncio.run(asked())).result()

    def client(self) -> Client:
        return Client(self.root, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """How a client asks here, and reads what the registry publishes."""
        return {"via": self.reader, "service": self.url, "now": self.service.world.clock}

    @property
    def root(self) -> bytes:
        return (self.service.world.public / "trust/1.json").read_bytes()


@pytest.fixture
def between(service: Service) -> Iterator[Between]:
    """Someone between a client and the service."""
    pass_on = passed_on(service.http, "http://verification")

    def answer(request: httpx.Request) -> httpx.Response:
        if made.replay is not None:
            return httpx.Response(200, content=made.replay)
        asked = json.dumps(made.swap(json.loads(request.content))).encode()
        return pass_on(httpx.Request("POST", request.url, headers={"content-type": "application/json"}, content=asked))

    with answering(answer) as url, answering(passed_on(service.world.http, "http://read")) as reader:
        made = Between(url, reader, service)
        yield made


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, between: Between) -> Ask:
    """Both ways to ask."""
    return between.ask if request.param == "sync" else between.ask_in_a_loop


def test_every_kind_of_question_is_answered(between: Between, ask: Ask) -> None:
    service = between.service
    text = scan_text((service.world.public / f"m/{service.mark}/seal.jwt").read_text())
    asked: list[dict[str, Any]] = [
        {"mark": service.mark.upper(), "subject": "1180301018771", "as_of": "2026-11-02"},
        {"identifier": "1180301018771", "policy": {**POLICY, "valid_until": "2027-01-31"}},
        {"text": f" {text}\n", "evidence": True},
        {"text": f"https://{HOST}/m/{service.mark}", "nonce": "a-word-of-my-own"},
        {"text": f"https://{HOST.replace('i', 'l')}/m/{service.mark}"},
    ]
    assert [ask(**one).said.answer["kind"] for one in asked] == ["mark", "identifier", "mark", "mark", "mark"]


@pytest.mark.parametrize(
    ("asked", "answered", "named"),
    [
        ({"identifier": NOBODY}, {"identifier": HOLDER}, "identifier"),
        ({"mark": "a49v3y4qet7wz1q82a0e1y6y2w"}, {"mark": ...}, "mark"),
        ({"identifier": HOLDER, "policy": {**POLICY, "tier": "jp.meti.scs/4"}}, {"policy": POLICY}, "policy_sha256"),
        ({"identifier": HOLDER, "policy": POLICY}, {"policy": None}, "policy_sha256"),
        ({"mark": ..., "subject": NOBODY}, {"subject": None}, "subject"),
        ({"mark": ..., "as_of": "2026-11-02"}, {"as_of": "2026-11-01"}, "as_of"),
        ({"mark": ...}, {"as_of": "2026-10-01"}, "as_of"),
        ({"text": ...}, {"text": "eyJanothertextthatisnomark" * 3}, "text_sha256"),
        ({"text": "https://shirushl.example/m/..."}, {"text": "https://shirushi.example/m/..."}, "shown_under"),
    ],
)
def test_an_answer_to_another_question_is_refused(
    between: Between, ask: Ask, asked: dict[str, Any], answered: dict[str, Any], named: str
) -> None:
    between.swap = lambda question: question | of_the_mark(answered, between.service)
    with pytest.raises(StatementError, match=f"another question: .*{named}") as refused:
        ask(**of_the_mark(asked, between.service))
    assert refused.value.hint


def of_the_mark(members: dict[str, Any], service: Service) -> dict[str, Any]:
    """Return the members with the mark, or its text, in the places left open."""
    text = scan_text((service.world.public / f"m/{service.mark}/seal.jwt").read_text())
    filled = {"mark": service.mark, "text": text}
    return {
        name: filled[name] if value is ... else value.replace("...", service.mark) if name == "text" else value
        for name, value in members.items()
    }


def test_a_genuine_receipt_from_before_a_suspension_is_refused(between: Between, ask: Ask) -> None:
    service = between.service
    here = service.world
    mark = here.issue(service.signers)
    before = service.look_up(mark=mark)
    assert before.json()["answer"]["verdict"]["headline"] == "valid"
    here.desk.suspend_mark(mark, reason="report_missing", lift_by=here.clock() + 86_400)
    here.clock.now += 60
    here.settle()
    assert ask(mark=mark).said.answer["verdict"]["headline"] == "suspended"
    between.replay = before.content
    for nonce in (None, "a-word-of-my-own"):
        with pytest.raises(StatementError, match="nonce") as refused:
            ask(mark=mark, nonce=nonce)
        assert refused.value.hint


@pytest.mark.parametrize("evidence", [True, False])
def test_old_evidence_under_a_new_nonce_and_its_old_time_is_refused(
    between: Between, ask: Ask, *, evidence: bool
) -> None:
    """Who has the service's key and the evidence of yesterday tells of a mark as it was, and dates that as it was."""
    service, nonce = between.service, "a-word-of-today"
    here = service.world
    mark = here.issue(service.signers)
    before = service.answer(mark=mark, evidence=evidence)
    here.desk.suspend_mark(mark, reason="report_missing", lift_by=here.clock() + 86_400)
    here.clock.now += 600
    here.settle()
    between.replay = signed_anew(service, before, nonce=nonce)
    with pytest.raises(StatementError, match="by the clock here") as refused:
        ask(mark=mark, nonce=nonce, evidence=evidence)
    assert "Set the clock here if it is wrong" in refused.value.hint


@pytest.mark.parametrize(("ahead", "is_taken"), [(-121, False), (-120, True), (0, True), (120, True), (121, False)])
def test_an_answer_is_of_the_time_that_the_clock_here_shows_give_or_take_two_minutes(
    between: Between, ahead: int, *, is_taken: bool
) -> None:
    own = between.service.world.clock() + ahead
    with Client(between.root, service=between.url, now=lambda: own) as client:
        if is_taken:
            assert client.ask(identifier=HOLDER).said.answer["found"] is True
        else:
            with pytest.raises(StatementError, match="by the clock here"):
                client.ask(identifier=HOLDER)


def test_the_clock_is_looked_at_when_the_answer_comes(between: Between) -> None:
    """A question that waited for its answer is answered now: the service's clock went on as well."""
    clock = between.service.world.clock

    def later(question: dict[str, Any]) -> dict[str, Any]:
        clock.now += 600
        return question

    between.swap = later
    assert between.ask(identifier=HOLDER).iat == clock.now


def signed_anew(service: Service, document: dict[str, Any], *, nonce: str, iat: int | None = None) -> bytes:
    """Return an answer with another nonce, and perhaps of another time, signed by the service's own key."""
    old = service.receipt(document)
    time = old.iat if iat is None else iat
    said = replace(old.said, nonce=nonce, question=old.said.question.model_copy(update={"as_of": time}))
    receipt = sign_answer(said, host=HOST, iat=time, signer=service.world.ceremony.keys.receipt)
    return json.dumps({**document, "receipt": receipt}).encode()


def test_what_only_an_expired_trust_root_vouches_for_is_refused(between: Between) -> None:
    service, nonce = between.service, "a-word-of-today"
    before, expires = service.answer(identifier=HOLDER), service.world.ceremony.root.content.expires
    with Client(between.root, **(between.options | {"now": lambda: expires})) as client:
        between.replay = signed_anew(service, before, nonce=nonce, iat=expires - 1)
        assert client.ask(identifier=HOLDER, nonce=nonce).iat == expires - 1
        between.replay = signed_anew(service, before, nonce=nonce, iat=expires)
        with pytest.raises(UnavailableError, match="the trust root has expired") as refused:
            client.ask(identifier=HOLDER, nonce=nonce)
    assert refused.value.hint == "Fetch the newest one."


def test_no_two_questions_have_the_same_nonce(between: Between) -> None:
    drawn = [between.ask(mark=between.service.mark).said.nonce for _ in range(2)]
    assert None not in drawn
    assert drawn[0] != drawn[1]


def test_with_evidence_the_answer_is_made_again_and_the_evidence_filed(between: Between, ask: Ask) -> None:
    receipt = ask(identifier=HOLDER, policy=POLICY, evidence=True)
    assert receipt.evidence is not None
    assert ask(identifier=HOLDER).evidence is None
    between.swap = lambda question: question | {"evidence": False}
    with pytest.raises(StatementError, match="without the evidence"):
        ask(identifier=HOLDER, evidence=True)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"mark": "a49v3y4qet7wz1q82a0e1y6y2w", "identifier": HOLDER},
        {"identifier": 1180301018771},
        {"identifier": HOLDER, "as_of": 1_793_577_600},
        {"identifier": HOLDER, "as_of": "yesterday"},
        {"identifier": HOLDER, "policy": {"version": 1, "teir": "x"}},
        {"identifier": HOLDER, "policy": "no-such-file.toml"},
        {"identifier": HOLDER, "polciy": POLICY},
        {"identifier": HOLDER, "nonce": "a b"},
        {"identifier": HOLDER, "evidence": "yes"},
        {"text": "\ud800" * 70},
        {"mark": "!" * 26},
        {"text": "short"},
        {"text": f"https://{'a' * 300}/m/a49v3y4qet7wz1q82a0e1y6y2w"},
    ],
)
def test_a_question_that_is_none_is_refused_by_a_typed_error(between: Between, question: dict[str, Any]) -> None:
    with pytest.raises(WrongUseError):
        between.ask(**question)


@pytest.mark.parametrize("address", ["http://a:b", "http://\0", "nowhere"])
def test_an_address_that_is_none_is_refused_by_a_typed_error(between: Between, address: str) -> None:
    with Client(between.root, service=address) as client, pytest.raises((WrongUseError, UnavailableError)):
        client.ask(identifier=HOLDER)
