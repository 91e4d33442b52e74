"""Watches: what is watched, what becomes an event, and that nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from registry.portal import queries_watches, watching
from tests.registry.conftest import HOST
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.portal.conftest import Scene

DATABASES = ("sqlite", "postgresql")
HOLDER = "0188-1180301018771"


def test_the_first_look_tells_how_it_stands_and_is_no_event(scene: Scene) -> None:
    tenant = scene.tenant()
    made = tenant.watch(subject="１１８０３０１０１８７７１", label="取引先 A")
    assert (made["object"], made["seen"], made["entry"], made["label"]) == (HOLDER, None, None, "取引先 A")
    assert scene.portal.watching.step() == 0
    seen = tenant.get(f"watches/{made['id']}").json()
    assert [(one["mark"], one["state"]) for one in seen["seen"]["marks"]] == [(scene.mark, "active")]
    assert seen["entry"] > 0
    assert tenant.events() == []


def test_a_suspension_is_told_of_the_mark_and_of_its_holder_and_of_nothing_else(scene: Scene) -> None:
    tenant = scene.tenant()
    mark = tenant.watch(mark=scene.mark, label="m")
    holder = tenant.watch(subject=HOLDER)
    tenant.watch(body=7)
    tenant.watch(subject="0188-5010001067883")
    tenant.watch(agreement=f"https://{HOST}/a/none")
    scene.portal.watching.step()
    scene.suspend()
    assert scene.portal.watching.step() == 2
    assert scene.portal.watching.step() == 0
    of_mark, of_holder = tenant.events()
    assert (of_mark["type"], of_mark["data"]["watch"], of_mark["data"]["label"]) == ("mark.changed", mark["id"], "m")
    assert (of_mark["data"]["old"]["state"], of_mark["data"]["new"]["state"]) == ("active", "suspended")
    assert of_holder["data"]["watch"] == holder["id"]
    assert of_holder["data"]["marks"] == [{"mark": scene.mark, "old_state": "active", "new_state": "suspended"}]
    assert of_holder["data"]["directory"]["size"] <= of_holder["data"]["directory"]["entry"]


def test_a_mark_that_is_issued_in_somebodys_name_is_told(scene: Scene) -> None:
    tenant = scene.tenant()
    tenant.watch(subject=HOLDER)
    scene.portal.watching.step()
    mark = scene.world.issue(scene.signers)
    scene.portal.watching.step()
    (event,) = tenant.events()
    assert event["data"]["marks"] == [{"mark": mark, "old_state": None, "new_state": "active"}]


def test_the_end_of_a_term_is_told_although_nothing_is_published(scene: Scene) -> None:
    tenant = scene.tenant()
    tenant.watch(subject=HOLDER)
    scene.portal.watching.step()
    (seen,) = tenant.get("watches").json()["watches"]
    scene.world.clock.now = seen["seen"]["marks"][0]["until"]
    assert scene.portal.watching.step() == 1
    (event,) = tenant.events()
    assert event["data"]["marks"] == [{"mark": scene.mark, "old_state": "active", "new_state": "expired"}]


def test_what_was_seen_and_its_events_are_stored_together_or_not_at_all(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = scene.tenant()
    tenant.watch(mark=scene.mark)
    tenant.endpoint("https://hooks.example.org/x")
    scene.portal.watching.step()
    scene.suspend()
    whole = queries_watches.add_events

    def interrupted(connection: Connection, *args: Any, **named: Any) -> int:
        whole(connection, *args, **named)
        raise UnavailableError("the power is gone")

    monkeypatch.setattr(watching.queries, "add_events", interrupted)
    with pytest.raises(UnavailableError):
        scene.portal.watching.step()
    assert tenant.events() == []
    monkeypatch.undo()
    assert scene.portal.watching.step() == 1
    assert len(tenant.events()) == len(tenant.get("deliveries").json()["deliveries"]) == 1


def test_many_watches_are_looked_into_in_parts(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AT_ONCE", 3)
    tenants = [scene.tenant(str(number)) for number in range(8)]
    for tenant in tenants:
        tenant.watch(mark=scene.mark, label=tenant.client.name)
    scene.portal.watching.step()
    scene.suspend()
    assert scene.portal.watching.step() == 8
    assert [one["data"]["label"] for tenant in tenants for one in tenant.events()] == list("01234567")


def test_the_same_request_again_gets_the_same_answer_and_makes_nothing(scene: Scene) -> None:
    tenant = scene.tenant()
    order = {"mark": scene.mark, "label": "x"}
    first = tenant.post("watches", order, key="an-order-of-2027")
    again = tenant.post("watches", order, key="an-order-of-2027")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert len(tenant.get("watches").json()["watches"]) == 1
    other = tenant.post("watches", {**order, "label": "y"}, key="an-order-of-2027")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = tenant.post("endpoints", {"url": "https://hooks.example.org/"}, key="an-order-of-2027")
    assert elsewhere.status_code == 422
    scene.world.clock.now += 86_401
    assert tenant.post("watches", {"body": 7}, key="an-order-of-2027").status_code == 201


def test_the_same_request_many_times_at_once_makes_one_thing(scene: Scene) -> None:
    tenant = scene.tenant()

    def ask(_: int) -> bytes:
        answer = tenant.post("watches", {"mark": scene.mark}, key="all-at-the-same-time")
        assert answer.status_code == 201
        return answer.content

    with ThreadPoolExecutor(8) as many:
        answers = set(many.map(ask, range(16)))
    assert len(answers) == len(tenant.get("watches").json()["watches"]) == 1


def test_what_was_refused_leaves_its_key_free(scene: Scene) -> None:
    tenant = scene.tenant()
    bad = tenant.post("endpoints", {"url": "https://10.0.0.1/"}, key="an-order-of-2027")
    good = tenant.post("endpoints", {"url": "https://hooks.example.org/"}, key="an-order-of-2027")
    assert (bad.status_code, good.status_code) == (422, 201)


def test_every_write_wants_an_idempotency_key(scene: Scene) -> None:
    tenant = scene.tenant()
    for key in (None, "short", "with space in it", "x" * 129):
        headers = {"Authorization": f"Bearer {tenant.key}"} | ({"Idempotency-Key": key} if key else {})
        answer = scene.http.post("http://portal/portal/v1/watches", json={"mark": scene.mark}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), key


def test_what_cannot_be_watched_is_refused(scene: Scene) -> None:
    tenant = scene.tenant()
    for order in (
        {},
        {"mark": scene.mark, "body": 7},
        {"mark": "x"},
        {"subject": "12"},
        {"body": 0},
        {"body": "7"},
        {"agreement": "jp-partner"},
        {"agreement": "https://elsewhere.example/a/x"},
        {"agreement": f"https://{HOST}/m/{scene.mark}"},
        {"mark": scene.mark, "label": "two\nlines"},
        {"mark": scene.mark, "colour": "red"},
    ):
        assert tenant.post("watches", order).status_code in (400, 422), order
    assert tenant.get("watches").json()["watches"] == []


def test_what_cannot_be_watched_is_told_in_words_that_help(scene: Scene) -> None:
    tenant = scene.tenant()
    told = tenant.post("watches", {"agreement": "jp-partner"}).json()
    assert (told["code"], f"https://{HOST}/a/" in told["hint"]) == ("malformed", True)
    assert "exactly one of" in tenant.post("watches", {"body": "1001", "mark": "x"}).json()["detail"]


def test_what_is_watched_already_is_no_second_watch(scene: Scene) -> None:
    tenant = scene.tenant()
    first = tenant.watch(subject=HOLDER, label="S-0017")
    again = tenant.post("watches", {"subject": HOLDER.removeprefix("0188-"), "label": "other"})
    assert (again.status_code, again.json()["id"], again.json()["label"]) == (200, first["id"], "S-0017")
    assert "feed_atom" not in again.json()
    assert scene.tenant("another").post("watches", {"subject": HOLDER}).status_code == 201
    assert len(tenant.get("watches").json()["watches"]) == 1


def test_watches_come_in_pages_and_go_when_they_are_deleted(scene: Scene) -> None:
    tenant = scene.tenant()
    made = [tenant.watch(body=number)["id"] for number in range(7, 12)]
    found, after = [], ""
    while True:
        page = tenant.get(f"watches?limit=2&after={after}").json()
        found += [one["id"] for one in page["watches"]]
        if (after := page["next"]) is None:
            break
    assert found == made
    assert tenant.ask("DELETE", f"watches/{made[0]}").status_code == 204
    assert tenant.ask("DELETE", f"watches/{made[0]}").status_code == 404
    assert len(tenant.get("watches").json()["watches"]) == 4


def test_a_client_cannot_fill_the_disk_with_watches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.portal.watch_routes.MOST_WATCHES", 2)
    tenant = scene.tenant()
    assert [tenant.post("watches", {"body": no}).status_code for no in (1, 2, 3)] == [201, 201, 422]


def test_no_secret_stands_in_the_database_as_it_is_shown(scene: Scene) -> None:
    tenant = scene.tenant()
    made = tenant.watch(mark=scene.mark)
    secret = made["feed_atom"].split("/")[-2]
    # The answer is kept for a day, so that whoever missed it gets it again; then it is nowhere.
    scene.world.clock.now += 86_401
    next(one for one in scene.portal.workers if one.name == "tidying")._step()
    with scene.desk.database.read() as connection:
        tables = [connection.execute(text(f"SELECT * FROM {name}")) for name in ("client", "watch", "answered")]
        rows = [str(row) for found in tables for row in found]
    assert len(rows) == 2
    assert not any(secret in row or tenant.secret in row for row in rows)


def test_one_order_that_is_sent_eight_times_at_once_makes_one_watch(scene: Scene) -> None:
    tenant = scene.tenant()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tenant.post("watches", {"subject": HOLDER}), range(8)))
    assert sorted(one.status_code for one in answers) == [*[200] * 7, 201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert len(tenant.get("watches").json()["watches"]) == 1
