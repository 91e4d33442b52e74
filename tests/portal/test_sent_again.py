"""What is sent to the portal again has its effect once, and is answered as it was the first time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from registry.portal.letters import AGAIN
from registry.portal.tables import ANSWERED
from tests.portal.conftest import code_of
from verifier.encoding import b64u

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import Scene, Tenant

DIGEST = {"address": "portal@example.org"}


def twice(tenant: Tenant, method: str, path: str, **more: Any) -> list[httpx.Response]:
    key = secrets.token_hex(8)
    return [tenant.ask(method, path, key=key, headers={"Idempotency-Key": key}, **more) for _ in range(2)]


def statuses(answers: list[httpx.Response]) -> list[int]:
    return [one.status_code for one in answers]


@pytest.mark.parametrize("kind", ["watches", "endpoints"])
def test_what_is_deleted_again_under_the_same_key_is_no_mistake(scene: Scene, kind: str) -> None:
    own = scene.tenant()
    made = own.watch(mark=scene.mark) if kind == "watches" else own.endpoint("http://127.0.0.1:9/")
    path = f"{kind}/{made['id']}"
    assert statuses(twice(own, "DELETE", path)) == [204, 204]
    assert own.ask("DELETE", path).status_code == 404


def test_a_key_that_deleted_one_thing_deletes_no_other(scene: Scene) -> None:
    own, headers = scene.tenant(), {"Idempotency-Key": secrets.token_hex(8)}
    first, second = (own.watch(mark=scene.mark), own.watch(body=7))
    assert own.ask("DELETE", f"watches/{first['id']}", headers=headers).status_code == 204
    assert own.ask("DELETE", f"watches/{second['id']}", headers=headers).json()["code"] == "idempotency_key_reused"
    assert own.get(f"watches/{second['id']}").status_code == 200


def test_a_digest_that_is_ordered_again_sends_one_code(scene: Scene) -> None:
    own = scene.tenant()
    first, again = twice(own, "PUT", "digest", json=DIGEST)
    assert (first.status_code, again.status_code, again.json()) == (202, 202, first.json())
    assert len(scene.sent) == 1
    assert own.ask("PUT", "digest", json=DIGEST).status_code == 422


def test_a_digest_that_is_ended_again_is_no_mistake_and_its_address_is_gone(scene: Scene) -> None:
    own = scene.tenant()
    twice(own, "PUT", "digest", json=DIGEST)
    own.post("digest/confirmation", {"code": code_of(scene.sent[-1])})
    assert statuses(twice(own, "DELETE", "digest")) == [204, 204]
    with scene.desk.database.read() as connection:
        answers = connection.execute(select(ANSWERED.c.answer)).scalars().all()
    assert not any(b"portal@example.org" in bytes(one) for one in answers)


def test_a_box_that_is_left_again_is_one_box_and_its_opening_can_be_asked_again(scene: Scene) -> None:
    own = scene.tenant()
    box = {"id": b64u(secrets.token_bytes(32)), "sealed": "A" * 700, "until": scene.world.clock() + 1000}
    assert statuses([own.post("boxes", box) for _ in range(2)]) == [204, 204]
    assert own.post("boxes", {**box, "sealed": "B" * 700}).status_code == 409
    first, again = twice(own, "POST", "boxes/opening", json={"id": box["id"]})
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert own.post("boxes/opening", {"id": box["id"]}).status_code == 404


def test_a_following_that_is_asked_for_again_sends_one_letter_and_its_answer_can_be_asked_again(scene: Scene) -> None:
    order = {"number": "0188-7000020010006", "address": "holder@example.org"}
    base = "http://portal/portal/v1/followings"
    assert statuses([scene.http.post(base, json=order) for _ in range(2)]) == [202, 202]
    scene.portal.followings.step()
    assert len(scene.sent) == 1
    code = scene.sent[0].body.partition("/follow/confirm/")[2][:43]
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    answers = [scene.http.post(f"{base}/confirmation", json={"code": code}, headers=headers) for _ in range(2)]
    assert statuses(answers) == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert scene.http.post(f"{base}/confirmation", json={"code": code}).status_code == 404
    scene.world.clock.now += AGAIN
    scene.http.post(base, json=order)
    scene.portal.followings.step()
    end = {"code": scene.sent[-1].unsubscribe.rpartition("/")[2]}
    assert statuses([scene.http.post(f"{base}/end", json=end) for _ in range(2)]) == [204, 204]
