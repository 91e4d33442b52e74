"""Webhooks: signed after Standard Webhooks, tried again, given up, and sent again on demand."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import standardwebhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from registry.portal.delivering import LEASE, Delivering
from registry.portal.retry_schedule import SCHEDULE

if TYPE_CHECKING:
    from tests.portal.conftest import Received, Receiver, Scene, Tenant

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def _their_clock_is_ours(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library looks at the time of this machine; the registry of a test has a time of its own."""

    class Moment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Moment:
            return cls.fromtimestamp(scene.world.clock(), UTC)

    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Moment)


def told(tenant: Tenant, url: str, scene: Scene) -> dict[str, Any]:
    """Let a client be told of one suspension at a receiver; return its endpoint."""
    endpoint = tenant.endpoint(url)
    tenant.watch(mark=scene.mark)
    scene.portal.watching.step()
    scene.suspend()
    scene.portal.watching.step()
    return endpoint


def check_v1a(message: Received, public: str) -> None:
    """Check the Ed25519 signature as the specification says, with nothing of ours."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    content = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    signatures = [one.removeprefix("v1a,") for one in message.headers["webhook-signature"].split(" ") if "v1a," in one]
    for signature in signatures:
        try:
            key.verify(base64.b64decode(signature), content)
            return
        except Exception:
            continue
    raise AssertionError("no signature of this key")


def test_a_change_arrives_signed_so_that_the_independent_library_takes_it(scene: Scene, receiver: Receiver) -> None:
    tenant = scene.tenant()
    endpoint = told(tenant, receiver.url, scene)
    assert scene.deliver() == 1
    (message,) = receiver.received
    payload = Webhook(endpoint["secret"]).verify(message.body, message.headers)
    assert payload == tenant.events()[0]
    assert (payload["type"], payload["data"]["new"]["state"]) == ("mark.changed", "suspended")
    check_v1a(message, endpoint["secrets"][0]["public"])
    assert message.headers["content-type"] == "application/json"
    (delivery,) = tenant.get("deliveries?state=delivered").json()["deliveries"]
    assert (delivery["event"], delivery["attempts"], delivery["status"]) == (message.headers["webhook-id"], 1, 204)


def test_a_message_that_was_changed_or_is_of_another_secret_is_not_taken(scene: Scene, receiver: Receiver) -> None:
    endpoint = told(scene.tenant(), receiver.url, scene)
    other = scene.tenant().endpoint(receiver.url)
    scene.deliver()
    (message,) = receiver.received
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(message.body + b" ", message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other["secret"]).verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(message.body, {**message.headers, "webhook-id": "evt_0"})
    with pytest.raises(AssertionError):
        check_v1a(message, other["secrets"][0]["public"])


def test_both_secrets_sign_while_one_is_being_changed_and_the_former_ends(scene: Scene, receiver: Receiver) -> None:
    tenant = scene.tenant()
    first = tenant.endpoint(receiver.url)
    second = tenant.post(f"endpoints/{first['id']}/secrets", key="a-new-secret").json()
    assert tenant.post(f"endpoints/{first['id']}/secrets", key="a-new-secret").json() == second
    assert second["secret"] != first["secret"]
    assert [one["until"] is None for one in second["secrets"]] == [True, False]
    tenant.post(f"endpoints/{first['id']}/test")
    scene.deliver()
    (message,) = receiver.received
    for made in (first, second):
        Webhook(made["secret"]).verify(message.body, message.headers)
        check_v1a(message, made["secrets"][0]["public"])
    scene.world.clock.now += 86_400
    tenant.post(f"endpoints/{first['id']}/test")
    scene.deliver()
    late = receiver.received[1]
    Webhook(second["secret"]).verify(late.body, late.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first["secret"]).verify(late.body, late.headers)


def test_secrets_cannot_pile_up(scene: Scene) -> None:
    tenant = scene.tenant()
    made = tenant.endpoint("https://hooks.example.org/x")
    answers = [tenant.post(f"endpoints/{made['id']}/secrets").status_code for _ in range(3)]
    assert answers == [201, 201, 422]


def test_the_test_button_sends_at_once_and_its_delivery_says_what_came_of_it(scene: Scene, receiver: Receiver) -> None:
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    delivery = tenant.post(f"endpoints/{endpoint['id']}/test").json()
    assert delivery["state"] == "pending"
    scene.deliver()
    assert json.loads(receiver.received[0].body)["type"] == "portal.test"
    assert tenant.get(f"deliveries/{delivery['id']}").json()["state"] == "delivered"


def test_a_receiver_that_fails_is_asked_again_by_the_schedule_and_given_up(scene: Scene, receiver: Receiver) -> None:
    receiver.answer = lambda message: (503, {})
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    tenant.post(f"endpoints/{endpoint['id']}/test")
    waits = []
    while scene.deliver():
        (one,) = tenant.get("deliveries").json()["deliveries"]
        assert scene.deliver() == 0
        if one["state"] == "pending":
            waits.append(one["due"] - scene.world.clock())
            scene.world.clock.now = one["due"]
    assert len(receiver.received) == len(SCHEDULE) == 10
    assert all(planned <= wait <= planned * 1.1 for planned, wait in zip(SCHEDULE[1:], waits, strict=True))
    assert (one["state"], one["attempts"], one["status"], one["reason"]) == ("dead", 10, 503, "refused")
    assert len({message.headers["webhook-id"] for message in receiver.received}) == 1
    assert [one["id"]] == [two["id"] for two in tenant.get("deliveries?state=dead").json()["deliveries"]]


def test_a_dead_letter_is_sent_again_on_demand_under_its_own_id(scene: Scene, receiver: Receiver) -> None:
    receiver.answer = lambda message: (500, {})
    scene.portal = _with(scene, schedule=(0,))
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    delivery = tenant.post(f"endpoints/{endpoint['id']}/test").json()["id"]
    early = tenant.post(f"deliveries/{delivery}/replay")
    assert (early.status_code, early.json()["code"], early.json()["hint"]) == (409, "conflict", "Wait for its end.")
    scene.deliver()
    receiver.answer = lambda message: (200, {})
    again = tenant.post(f"deliveries/{delivery}/replay", key="replay-of-2027")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (202, "pending", 0)
    assert tenant.post(f"deliveries/{delivery}/replay", key="replay-of-2027").content == again.content
    assert scene.deliver() == 1
    first, second = receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert tenant.get(f"deliveries/{delivery}").json()["state"] == "delivered"
    stranger = scene.tenant()
    assert stranger.post(f"deliveries/{delivery}/replay").status_code == 404


def test_a_receiver_that_asks_for_more_time_gets_it_within_a_day(scene: Scene, receiver: Receiver) -> None:
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    for asked, least, most in (("120", 120, 120), ("999999", 86_400, 86_400), ("soon", 5, 5), ("-1", 5, 5)):
        receiver.answer = lambda message, asked=asked: (429, {"Retry-After": asked})
        delivery = tenant.post(f"endpoints/{endpoint['id']}/test").json()["id"]
        scene.deliver()
        wait = tenant.get(f"deliveries/{delivery}").json()["due"] - scene.world.clock()
        assert least <= wait <= most, asked


def test_a_receiver_that_is_gone_is_sent_nothing_more(scene: Scene, receiver: Receiver) -> None:
    receiver.answer = lambda message: (410, {})
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    ids = [tenant.post(f"endpoints/{endpoint['id']}/test").json()["id"] for _ in range(3)]
    assert scene.deliver() == 1
    assert [tenant.get(f"deliveries/{one}").json()["state"] for one in ids] == ["dead"] * 3
    assert tenant.get("endpoints").json()["endpoints"][0]["stopped"] == "gone"
    assert tenant.post(f"endpoints/{endpoint['id']}/test").status_code == 422
    never = tenant.post(f"deliveries/{ids[0]}/replay")
    assert (never.status_code, never.json()["code"]) == (422, "refused")
    assert never.json()["hint"] == "Make a new one; what it missed is at /portal/v1/events."
    tenant.watch(mark=scene.mark)
    scene.portal.watching.step()
    scene.suspend()
    scene.portal.watching.step()
    assert [one["type"] for one in tenant.events()].count("mark.changed") == 1
    assert scene.deliver() == 0


def test_a_redirect_is_not_followed_but_counts_as_a_failure(scene: Scene, receiver: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        receiver.answer = lambda message, status=status: (status, {"Location": receiver.url + "/elsewhere"})
        tenant = scene.tenant()
        endpoint = tenant.endpoint(receiver.url)
        delivery = tenant.post(f"endpoints/{endpoint['id']}/test").json()["id"]
        scene.deliver()
        found = tenant.get(f"deliveries/{delivery}").json()
        assert (found["state"], found["status"]) == ("pending", status)
    assert {message.path for message in receiver.received} == {"/hook"}


def test_nobody_at_the_other_end_costs_one_attempt_for_a_handful(scene: Scene) -> None:
    tenant = scene.tenant()
    endpoint = tenant.endpoint("http://127.0.0.1:9/")
    ids = [tenant.post(f"endpoints/{endpoint['id']}/test").json()["id"] for _ in range(3)]
    scene.deliver()
    found = [tenant.get(f"deliveries/{one}").json() for one in ids]
    assert [(one["attempts"], one["status"], one["reason"]) for one in found] == [(1, None, "no_connection")] * 3


def test_one_worker_has_an_endpoint_at_a_time_and_a_dead_ones_lease_ends(scene: Scene, receiver: Receiver) -> None:
    tenant = scene.tenant()
    endpoint = tenant.endpoint(receiver.url)
    tenant.post(f"endpoints/{endpoint['id']}/test")

    class GoneError(BaseException):
        """The process is killed."""

    def killed(*_: Any) -> None:
        raise GoneError

    dying = _with(scene).delivering
    object.__setattr__(dying, "_send", killed)
    with pytest.raises(GoneError):
        dying.step()
    assert scene.portal.delivering.step() == 0
    scene.world.clock.now += LEASE - 1
    assert scene.portal.delivering.step() == 0
    scene.world.clock.now += 1
    assert scene.portal.delivering.step() == 1
    assert len(receiver.received) == 1


def test_a_client_has_few_endpoints(scene: Scene) -> None:
    tenant = scene.tenant()
    urls = [f"https://hooks.example.org/{no}" for no in range(6)]
    assert [tenant.post("endpoints", {"url": url}).status_code for url in urls] == [201] * 5 + [422]


def _with(scene: Scene, **changes: Any) -> Any:
    """Return the portal with another way of delivering."""
    own = scene.portal.delivering
    made = Delivering(own.database, own.http, own.now, own.entropy, **changes)
    return replace(scene.portal, delivering=made)
