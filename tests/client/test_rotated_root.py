"""A client that pinned an old trust root follows the signed chain to a new receipt key, and to no root beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.loopback import answering, passed_on
from tests.verification.conftest import bare, engine, engines, marked, pytest_generate_tests, rotated, staffed
from verifier.answer_receipt import parse_answer_receipt, sign_answer
from verifier.client import Client
from verifier.edge.root_store import RootStore
from verifier.errors import RefusedError, SignatureError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.loopback import Answer
    from tests.verification.conftest import Rotated
    from verifier.trust.root import TrustRoot

__all__ = ["bare", "engine", "engines", "marked", "pytest_generate_tests", "rotated", "staffed"]

HOLDER = "0188-1180301018771"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def url(rotated: Rotated) -> Iterator[str]:
    """The address of the service."""
    with answering(passed_on(rotated.service.http, "http://verification")) as address:
        yield address


def test_a_client_that_pins_the_first_root_fetches_the_next_one(rotated: Rotated, url: str, tmp_path: Path) -> None:
    options = {"service": url, "now": rotated.service.world.clock}
    with answering(passed_on(rotated.service.world.http, "http://read")) as reader:
        for keep in (None, tmp_path / "kept"):
            with Client(rotated.first.serialize(), via=reader, keep=keep, **options) as client:
                assert client.root.content.version == 1
                assert client.ask(identifier=HOLDER, evidence=True).token.kid == rotated.signer.kid
                assert client.root.content.version == 2
    with Client(rotated.first.serialize(), via=NOWHERE, keep=tmp_path / "kept", **options) as later:
        assert later.ask(identifier=HOLDER).said.answer["found"] is True
    with Client(rotated.first.serialize(), via=NOWHERE, **options) as cut_off, pytest.raises(UnavailableError):
        cut_off.ask(identifier=HOLDER)


def test_a_client_follows_the_root_that_comes_with_a_mark_or_a_listing(rotated: Rotated, tmp_path: Path) -> None:
    with answering(passed_on(rotated.service.world.http, "http://read")) as reader:
        options = {"via": reader, "now": rotated.service.world.clock}
        with Client(rotated.first.serialize(), **options) as client:
            assert client.verify(rotated.service.mark).headline.value == "valid"
            assert client.root.content.version == 2
        with Client(rotated.first.serialize(), **options) as client:
            assert client.organisation(HOLDER).marks
            assert client.root.content.version == 2


def test_a_client_follows_the_root_in_the_evidence_of_an_answer_where_the_registry_cannot_be_reached(
    rotated: Rotated, url: str, tmp_path: Path
) -> None:
    options = {"via": NOWHERE, "service": url, "keep": tmp_path, "now": rotated.service.world.clock}
    with Client(rotated.first.serialize(), **options) as client:
        assert client.ask(identifier=HOLDER, evidence=True).said.answer["found"] is True
        assert client.root.content.version == 2
    with Client(rotated.first.serialize(), **options) as later:
        assert later.ask(identifier=HOLDER).said.answer["found"] is True


def test_a_key_that_a_newer_root_ended_is_not_brought_back_by_the_roots_in_the_evidence(
    rotated: Rotated, url: str, tmp_path: Path
) -> None:
    newer = (rotated.second.serialize(), rotated.third(directory_until=1).serialize())
    RootStore(tmp_path / "roots").learn(rotated.first, newer)
    options = {"via": NOWHERE, "service": url, "now": rotated.service.world.clock}
    with Client(rotated.first.serialize(), **options) as client:
        assert client.ask(identifier=HOLDER, evidence=True).said.answer["found"] is True
    with Client(rotated.first.serialize(), keep=tmp_path, **options) as client:
        with pytest.raises(RefusedError, match="directory"):
            client.ask(identifier=HOLDER, evidence=True)
        assert client.root.content.version == 3


def test_a_client_whose_root_expired_fetches_the_next_one(rotated: Rotated) -> None:
    """The next root lists the receipt key as the expired one did: the key alone does not tell that it is needed."""
    world, nonce = rotated.service.world, "a-word-of-today"
    now = rotated.second.content.expires
    third = rotated.third(now=now - 86_400)
    old = parse_answer_receipt(rotated.service.answer(identifier=HOLDER)["receipt"]).said
    said = replace(old, nonce=nonce, question=old.question.model_copy(update={"as_of": now}))
    receipt = sign_answer(said, host=third.host, iat=now, signer=rotated.signer)
    document = httpx.Response(200, json={"answer": said.answer, "receipt": receipt})
    published = passed_on(world.http, "http://read")

    def read(request: httpx.Request) -> httpx.Response:
        is_third = request.url.path == "/trust/3.json"
        return httpx.Response(200, content=third.serialize()) if is_third else published(request)

    with answering(lambda _: document) as service, answering(read) as reader, answering(published) as behind:
        options = {"service": service, "now": lambda: now}
        with Client(rotated.second.serialize(), via=reader, **options) as client:
            assert client.ask(identifier=HOLDER, nonce=nonce).iat == now
            assert client.root.content.version == 3
        with (
            Client(rotated.second.serialize(), via=behind, **options) as late,
            pytest.raises(UnavailableError, match="has expired"),
        ):
            late.ask(identifier=HOLDER, nonce=nonce)


def test_a_client_follows_no_forged_root(rotated: Rotated, url: str, tmp_path: Path) -> None:
    with (
        answering(with_second(rotated, rotated.forged())) as reader,
        Client(
            rotated.first.serialize(), via=reader, service=url, keep=tmp_path, now=rotated.service.world.clock
        ) as client,
        pytest.raises(SignatureError, match="not signed by a receipt key"),
    ):
        client.ask(identifier=HOLDER)
    assert client.root.content.version == 1


def with_second(rotated: Rotated, root: TrustRoot) -> Answer:
    """Return the read plane with this file in the place of the second root."""
    pass_on = passed_on(rotated.service.world.http, "http://read")

    def answer(request: httpx.Request) -> httpx.Response:
        is_second = request.url.path == "/trust/2.json"
        return httpx.Response(200, content=root.serialize()) if is_second else pass_on(request)

    return answer


def test_a_kept_root_that_cannot_be_read_makes_no_verdict_wrong(rotated: Rotated, tmp_path: Path) -> None:
    options = {"keep": tmp_path, "now": rotated.service.world.clock}
    with answering(passed_on(rotated.service.world.http, "http://read")) as reader:
        with Client(rotated.first.serialize(), via=reader, **options) as client:
            client.verify(rotated.service.mark)
        (kept,) = tmp_path.glob("roots/*/*.json")
        whole = kept.read_bytes()
        kept.write_bytes(b"\x00")
        with Client(rotated.first.serialize(), via=reader, **options) as client:
            verdict = client.verify(rotated.service.mark)
            assert (verdict.headline.value, client.root.content.version) == ("valid", 2)
        assert kept.read_bytes() == whole


def test_evidence_is_kept_also_where_no_root_can_be(rotated: Rotated, tmp_path: Path) -> None:
    options = {"keep": tmp_path, "now": rotated.service.world.clock}
    with answering(passed_on(rotated.service.world.http, "http://read")) as reader:
        with Client(rotated.first.serialize(), via=reader, **options) as client:
            client.organisation(HOLDER)
        (kept,) = tmp_path.glob("roots/*/*.json")
        kept.unlink()
        kept.mkdir()
        with (
            Client(rotated.first.serialize(), via=reader, **options) as client,
            pytest.warns(RuntimeWarning, match="is not kept"),
        ):
            assert client.verify(rotated.service.mark).headline.value == "valid"
    with Client(rotated.first.serialize(), via=NOWHERE, **options) as alone:
        assert alone.root.content.version == 1
        assert alone.verify(rotated.service.mark, offline=True).headline.value == "valid_offline"
        assert alone.organisation(HOLDER, offline=True).marks
