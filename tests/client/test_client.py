"""The client: three lines, one verdict, with a network or without, and nothing that the registry serves is believed."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client.conftest import Served
from tests.loopback import answering, passed_on
from verifier.client import AsyncClient, Client
from verifier.client.policy_file import demand_of
from verifier.errors import EvidenceError, NotFoundError, StatementError, UnavailableError, WrongUseError
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.policy import AtLeast
from verifier.tier import parse_tier

pytestmark = pytest.mark.system
NOWHERE = "http://127.0.0.1:9"
NUMBER = "0188-6999900000003"


def client_of(served: Served, **options: Any) -> Client:
    given = {"via": served.urls["reader"], "service": served.urls["verification"], **options}
    return Client(served.root, **given)


def test_a_mark_is_verified_by_id_address_qr_text_and_token(served: Served) -> None:
    issued = served.marks[0].issued
    asked = (
        issued.mark_id,
        f"https://shirushi.example/m/{issued.mark_id}",
        served.text(),
        (issued.folder / "mark.jwt").read_text("ascii"),
    )
    with client_of(served) as client:
        assert [client.verify(one).headline.value for one in asked] == ["valid"] * 4


def test_what_is_no_marks_text_is_wrong_use_and_not_forged(served: Served) -> None:
    with client_of(served) as client:
        with pytest.raises(WrongUseError, match="recognised foreign assessment") as told:
            client.verify("https://shirushi.example/r/isms-2027-0001")
        assert "/r/" in told.value.hint
        with pytest.raises(WrongUseError, match="neither a mark id"):
            client.verify("https://www.example.com/menu#of-the-day")


def test_what_is_demanded_is_a_question_of_its_own(served: Served) -> None:
    with client_of(served) as client:
        mark = served.marks[0].issued.mark_id
        assert client.verify(mark, require="jp.meti.scs/3", expect=NUMBER).exit_code == 0
        assert client.verify(mark, require="jp.meti.scs/4").headline.value == "below_requirement"
        assert client.verify(mark, expect="0188-5999900000004").headline.value == "subject_mismatch"


def test_a_level_that_the_scheme_does_not_award_is_refused_as_the_commands_refuse_it(served: Served) -> None:
    with client_of(served) as client:
        for tier in ("jp.meti.scs/9", "3", 3):
            with pytest.raises(WrongUseError) as refused:
                client.verify(served.marks[0].issued.mark_id, require=tier)  # type: ignore[arg-type]
            assert refused.value.hint
        with pytest.raises(WrongUseError, match="expect is a text"):
            client.verify(served.marks[0].issued.mark_id, expect=1180301018771)  # type: ignore[arg-type]


def test_a_day_is_read_as_ask_and_the_commands_read_it(served: Served) -> None:
    with client_of(served) as client:
        mark = served.marks[0].issued.mark_id
        day = client.verify(mark, as_of="2099-12-31")
        assert (day.headline.value, day.as_of) == ("expired", 4_102_326_000)
        assert client.verify(mark, as_of=4_102_326_000) == day
        assert client.verify(mark, as_of="2099-12-31T00:00:00+09:00") == day
        for wrong in ("yesterday", "", 1.5, True, -1, 10**12, date(2027, 12, 31)):
            with pytest.raises(WrongUseError) as refused:
                client.verify(mark, as_of=wrong)  # type: ignore[arg-type]
            assert "2027-04-01" in refused.value.hint


def test_an_address_without_a_verification_service_is_a_wrong_call(served: Served) -> None:
    with client_of(served, service=None) as client, pytest.raises(WrongUseError, match="no verification") as refused:
        client.ask(mark=served.marks[0].issued.mark_id)
    assert "service=" in refused.value.hint


def test_the_policy_file_of_the_commands_is_taken_by_its_path_its_text_its_bytes_and_its_members(
    served: Served, tmp_path: Path
) -> None:
    told = {}
    for level in (3, 4):
        text = f'version = 1  # ours\ntier = "jp.meti.scs/{level}"\nscope = ["company", "group"]\n'
        file = tmp_path / f"policy-{level}.toml"
        file.write_text(text, "utf-8")
        told[level] = [file, str(file), text, text.encode(), {"version": 1, "tier": f"jp.meti.scs/{level}"}]
    mark = served.marks[0].issued.mark_id
    with client_of(served) as client:
        assert [client.verify(mark, policy=one).headline.value for one in told[3]] == ["valid"] * 5
        assert [client.verify(mark, policy=one).headline.value for one in told[4]] == ["below_requirement"] * 5
        assert client.verify(mark, policy=AtLeast(parse_tier("jp.meti.scs/4"))).exit_code == 1
        outcomes = [client.ask(identifier=NUMBER, policy=one).said.answer["outcome"]["verdict"] for one in told[3]]
    assert outcomes == ["meets"] * 5


def test_a_policy_that_counts_no_covered_organisations_asks_who_holds_the_mark() -> None:
    policy = {"version": 1, "tier": "jp.meti.scs/3"}
    itself, either = (
        demand_of(None, NUMBER, {**policy, "covered": counts}, zone="Asia/Tokyo") for counts in (False, True)
    )
    assert "HeldBy" in repr(itself)
    assert "HeldBy" not in repr(either)
    assert "HeldBy" not in repr(demand_of(None, None, {**policy, "covered": False}, zone="Asia/Tokyo"))


@pytest.mark.parametrize(
    "policy",
    [
        "no-such-file.toml",
        "",
        "a\0b",
        b"",
        b"\xff",
        'version = 1\nteir = "jp.meti.scs/3"\n',
        "version = 1\ntier = 3\n",
        {"version": 1},
        7,
        Path("no/such/folder"),
    ],
)
def test_a_policy_that_is_none_is_refused_by_a_typed_error(served: Served, policy: Any) -> None:
    with client_of(served) as client:
        with pytest.raises(WrongUseError) as refused:
            client.verify(served.marks[0].issued.mark_id, policy=policy)
        assert refused.value.hint
        with pytest.raises(WrongUseError):
            client.ask(identifier=NUMBER, policy=policy)


def test_a_mark_that_there_is_not_is_proven_absent(served: Served) -> None:
    with client_of(served) as client:
        assert client.verify(new_mark_id(seeded_entropy("absent"))).headline.value == "not_found"


def test_a_forged_text_is_forged_with_and_without_a_network(served: Served) -> None:
    text = served.text()
    forged = text[:-8] + ("11111111" if not text.endswith("11111111") else "22222222")
    with client_of(served) as client:
        assert client.verify(forged).headline.value == "forged"
        assert client.verify("eyJ" + "nothing of the kind " * 9).headline.value == "forged"


def test_a_folder_that_cannot_be_written_makes_no_verdict_wrong(served: Served, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"a file stands where the folder should be")
    with client_of(served, keep=tmp_path / "kept") as client, pytest.warns(RuntimeWarning, match="is not kept"):
        assert client.verify(served.text()).headline.value == "valid"


def test_what_was_proven_once_speaks_without_a_network(served: Served, tmp_path: Path) -> None:
    with client_of(served, keep=tmp_path / "kept") as client:
        fresh = client.verify(served.text())
    with Client(served.root, via=NOWHERE, keep=tmp_path / "kept") as alone:
        kept = alone.verify(served.text())
        other = alone.verify(served.text(1))
        unknown = alone.verify(served.marks[1].issued.mark_id)
    assert (fresh.headline.value, kept.headline.value) == ("valid", "valid_offline")
    assert kept.known_at == fresh.known_at
    # Of the other mark nothing is kept but the trust list: the seal is genuine, and no more is known.
    assert (other.headline.value, unknown.headline.value) == ("seal_only", "not_confirmed")


def test_without_a_folder_nothing_is_kept_and_nothing_is_claimed(served: Served) -> None:
    with Client(served.root, via=NOWHERE) as client:
        assert client.verify(served.marks[0].issued.mark_id).headline.value == "not_confirmed"
        with pytest.raises(WrongUseError):
            client.refresh()


def test_what_is_kept_is_not_believed(served: Served, tmp_path: Path) -> None:
    mark = served.marks[0].issued.mark_id
    with client_of(served, keep=tmp_path) as client:
        client.verify(mark)
        kept = tmp_path / "bundles" / f"{mark}.json"
        bundle = json.loads(kept.read_bytes())
        bundle["latest"] = re.sub(r"\n(\d+)\n", r"\n1\1\n", bundle["latest"], count=1)
        kept.write_text(json.dumps(bundle), "utf-8")
        assert client.verify(mark, offline=True).exit_code != 0
        kept.write_bytes(b"\x00")
        assert client.verify(mark, offline=True).headline.value == "not_confirmed"
        assert client.verify(mark).headline.value == "valid"


def test_everything_kept_is_fetched_anew(served: Served, tmp_path: Path) -> None:
    with client_of(served, keep=tmp_path) as client:
        for one in served.marks:
            client.verify(one.issued.mark_id)
        assert client.refresh() == ()
    with Client(served.root, via=NOWHERE, keep=tmp_path) as alone:
        assert alone.refresh() == tuple(sorted(one.issued.mark_id for one in served.marks))


def test_an_organisation_is_asked_after_and_proven_absent(served: Served) -> None:
    with client_of(served) as client:
        held = client.organisation(NUMBER)
        none = client.organisation("0188-7000012050002")
    assert [one.mark for one in held.marks] == [served.marks[0].issued.mark_id]
    assert none.marks == ()


def test_what_was_listed_once_is_told_without_a_network_as_of_its_time(served: Served, tmp_path: Path) -> None:
    nobody = "0188-7000012050002"
    with client_of(served, keep=tmp_path) as client:
        fresh = [client.organisation(one) for one in (NUMBER, nobody)]
    with Client(served.root, via=NOWHERE, keep=tmp_path) as alone:
        assert [alone.organisation(one, offline=True) for one in (NUMBER, nobody)] == fresh
        with pytest.raises(NotFoundError, match="nothing is kept"):
            alone.organisation("0188-1180301018771", offline=True)
        # What is kept is old, and says so, only for whoever asks for it.
        with pytest.raises(UnavailableError):
            alone.organisation(NUMBER)
        assert alone.refresh() == (NUMBER, nobody)
    with client_of(served, keep=tmp_path) as client:
        assert client.refresh() == ()
    with Client(served.root, via=NOWHERE) as alone, pytest.raises(NotFoundError):
        alone.organisation(NUMBER, offline=True)


def test_a_kept_listing_is_not_believed(served: Served, tmp_path: Path) -> None:
    with client_of(served, keep=tmp_path) as client:
        client.organisation(NUMBER)
        kept = tmp_path / "organisations" / f"{NUMBER}.json"
        bundle = json.loads(kept.read_bytes())
        bundle["directory"]["buckets"] = []
        kept.write_text(json.dumps(bundle), "utf-8")
        with pytest.raises(UnavailableError):
            client.organisation(NUMBER, offline=True)
        bundle["latest"] = re.sub(r"\n(\d+)\n", r"\n1\1\n", bundle["latest"], count=1)
        kept.write_text(json.dumps(bundle), "utf-8")
        with pytest.raises(EvidenceError):
            client.organisation(NUMBER, offline=True)
        kept.write_bytes(b"\x00")
        with pytest.raises(NotFoundError):
            client.organisation(NUMBER, offline=True)


def test_the_event_loop_is_not_held_up(served: Served, tmp_path: Path) -> None:
    async def ask_all() -> list[str]:
        async with AsyncClient(served.root, via=served.urls["reader"], keep=tmp_path) as client:
            found = await asyncio.gather(*(client.verify(one.issued.mark_id) for one in served.marks * 4))
            assert (await client.organisation(NUMBER)).marks
            assert await client.refresh() == ()
        return [one.headline.value for one in found]

    # Tests with a browser leave an event loop in this thread.
    with ThreadPoolExecutor(1) as alone:
        assert alone.submit(lambda: asyncio.run(ask_all())).result() == ["valid"] * 8


def test_a_receipt_is_returned_only_if_it_holds_and_is_the_answer(served: Served) -> None:
    with client_of(served) as client:
        receipt = client.ask(identifier=NUMBER, nonce="an-order-of-2027")
        assert receipt.said.answer["found"] is True
        with pytest.raises(WrongUseError):
            client.ask(identifier="0188-1")
    with (
        lying(served.urls["verification"]) as liar,
        client_of(served, service=liar) as client,
        pytest.raises(StatementError, match="another answer"),
    ):
        client.ask(identifier=NUMBER)
    with client_of(served, service=NOWHERE) as client, pytest.raises(UnavailableError):
        client.ask(identifier=NUMBER)


def lying(service: str) -> AbstractContextManager[str]:
    """Serve a service's answers with another answer beside the receipt."""

    def lie(request: httpx.Request) -> httpx.Response:
        document = passed_on(http, service)(request).json()
        document["answer"]["found"] = not document["answer"]["found"]
        return httpx.Response(200, json=document)

    http = httpx.Client()
    return answering(lie)


@pytest.mark.parametrize("what", [None, b"text", 7])
def test_what_is_no_text_is_refused_by_a_typed_error(served: Served, what: Any) -> None:
    with client_of(served) as asking, pytest.raises(WrongUseError, match="text"):
        asking.verify(what)
    with client_of(served) as asking, pytest.raises(WrongUseError, match="text"):
        asking.organisation(what)
