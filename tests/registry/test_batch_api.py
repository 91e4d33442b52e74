"""Many statements in one request: each is judged like a request of its own, and they are committed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from registry.admission.api import MOST_BYTES
from registry.admission.api_batch import MOST_BYTES as MOST_BATCH_BYTES
from registry.admission.api_models import MOST_STATEMENTS

if TYPE_CHECKING:
    from tests.registry.conftest import Office, SignedMark, World

DATABASES = ("sqlite", "postgresql")
API = "http://api/api/v1"


def sign(office: Office, count: int) -> list[SignedMark]:
    world, signers = office
    return [world.sign_mark(signers, world.reserve(signers).json()) for _ in range(count)]


def send(world: World, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = world.http.post(f"{API}/statements/batch", json={"statements": requests})
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()["answers"]
    return told


def test_every_row_is_admitted_in_its_order_with_a_receipt_of_its_own(office: Office) -> None:
    world, _ = office
    requests = [one.request for one in sign(office, 5)]
    told = send(world, requests)
    first = told[0]["index"]
    assert [one["index"] for one in told] == list(range(first, first + 5))
    assert len({one["receipt"] for one in told}) == 5
    assert {one["repeated"] for one in told} == {False}


def test_a_batch_that_is_sent_again_gets_the_first_answers(office: Office) -> None:
    world, _ = office
    requests = [one.request for one in sign(office, 4)]
    single = world.send(requests[1]).json()
    told = send(world, requests)
    assert [one["repeated"] for one in told] == [False, True, False, False]
    assert told[1] == {"index": single["index"], "receipt": single["receipt"], "repeated": True}
    again = send(world, requests)
    assert [one["receipt"] for one in again] == [one["receipt"] for one in told]


def test_a_row_that_is_refused_holds_up_no_other(office: Office) -> None:
    world, _ = office
    good = [one.request for one in sign(office, 4)]
    unread, forged, stripped = {"statement": "a.b.c"}, dict(good[1]), dict(good[2])
    forged["statement"] = f"{good[1]['statement'].rpartition('.')[0]}.{good[0]['statement'].rpartition('.')[2]}"
    del stripped["seal"]
    told = send(world, [good[0], unread, forged, stripped, good[3]])
    assert [one.get("problem", {}).get("status") for one in told] == [None, 400, 422, 422, None]
    assert [told[1]["problem"]["code"], told[2]["problem"]["code"]] == ["malformed", "signature"]
    assert told[4]["index"] == told[0]["index"] + 1
    assert {tuple(sorted(one)) for one in told} == {("index", "receipt", "repeated"), ("problem",)}


def test_the_same_mark_twice_in_one_batch_is_issued_once(office: Office) -> None:
    world, _ = office
    [signed] = sign(office, 1)
    first, second = send(world, [signed.request, signed.request])
    assert (second["index"], second["repeated"]) == (first["index"], True)


@pytest.mark.parametrize("rows", [0, MOST_STATEMENTS + 1])
def test_a_batch_has_one_row_at_least_and_five_hundred_at_most(office: Office, rows: int) -> None:
    answer = office[0].http.post(f"{API}/statements/batch", json={"statements": [{"statement": "a"}] * rows})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_batch_may_be_larger_than_a_single_statement_and_has_its_own_cap(office: Office) -> None:
    world, _ = office
    url, headers = f"{API}/statements/batch", {"content-type": "application/json"}
    answer = world.http.post(url, content=b" " * (MOST_BYTES + 1), headers=headers)
    assert answer.status_code == 400
    answer = world.http.post(url, content=b" " * (MOST_BATCH_BYTES + 1), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_grant_that_is_dated_before_its_anchor_is_refused(office: Office) -> None:
    world, signers = office
    world.issue(signers)
    reserved = world.reserve(signers).json()
    world.clock.now -= 400
    signed = world.sign_mark(signers, reserved)
    world.clock.now += 400
    [told] = send(world, [signed.request])
    assert "dated before its anchor" in told["problem"]["detail"]
