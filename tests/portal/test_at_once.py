"""What happens at the same time, on both databases: nothing is lost, made twice or told to whom it is not meant for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from registry.portal import queries_digests
from registry.portal.digests import LASTS
from registry.portal.endpoint_routes import MOST_ENDPOINTS
from registry.web.problems import problem_members
from tests.portal.conftest import HOST, code_of
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.portal.conftest import Scene, Tenant
    from verifier.edge.mail import Letter

DATABASES = ("sqlite", "postgresql")
ORDER = {"address": "security@example.org", "lang": "en"}


def with_digest(scene: Scene) -> Tenant:
    """Return a client with a watch and a confirmed digest."""
    tenant = scene.tenant()
    tenant.watch(mark=scene.mark, label="S-0017")
    scene.portal.watching.step()
    assert tenant.ask("PUT", "digest", json=ORDER).status_code == 202
    assert tenant.post("digest/confirmation", {"code": code_of(scene.sent[-1])}).json()["confirmed"]
    scene.sent.clear()
    return tenant


def test_a_change_that_is_being_noted_is_not_passed_over_by_what_comes_after_it(
    scene: Scene, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = with_digest(scene)
    endpoint = tenant.endpoint(receiver.url)["id"]
    scene.suspend()
    noted, may_end = threading.Event(), threading.Event()
    call = queries_digests.call_at_once

    def before_the_end(*args: Any, **more: Any) -> None:
        noted.set()
        assert may_end.wait(timeout=30)
        call(*args, **more)

    monkeypatch.setattr(queries_digests, "call_at_once", before_the_end)
    scene.world.clock.now += LASTS["daily"]
    with ThreadPoolExecutor(3) as pool:
        watching = pool.submit(scene.portal.watching.step)
        assert noted.wait(timeout=30)
        tried = pool.submit(tenant.post, f"endpoints/{endpoint}/test")
        digest = pool.submit(scene.portal.digests.step)
        threading.Event().wait(0.5)
        may_end.set()
        assert watching.result() == 1
        assert tried.result().status_code == 202
        digest.result()
    scene.portal.digests.step()
    scene.world.clock.now += LASTS["daily"]
    scene.portal.digests.step()
    (letter,) = scene.sent
    assert "S-0017" in letter.body


def eight(act: Callable[[int], int]) -> list[int]:
    """Do something eight times at once and return the statuses."""
    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(act, range(8)))


def test_of_eight_endpoints_that_are_ordered_at_once_five_are_made(scene: Scene, receiver: Any) -> None:
    tenant = scene.tenant()
    statuses = eight(lambda no: tenant.post("endpoints", {"url": f"{receiver.url}/{no}"}).status_code)
    assert statuses == [*[201] * MOST_ENDPOINTS, *[422] * (8 - MOST_ENDPOINTS)]


def test_of_eight_digests_that_are_ordered_at_once_one_code_leaves(scene: Scene) -> None:
    tenant = scene.tenant()
    assert eight(lambda _: tenant.ask("PUT", "digest", json=ORDER).status_code) == [202, *[422] * 7]
    assert tenant.post("digest/confirmation", {"code": code_of(*scene.sent)}).status_code == 200


def test_an_order_whose_code_cannot_leave_takes_nothing_away(scene: Scene) -> None:
    def away(letter: Letter) -> None:
        raise UnavailableError("the mail server does not answer")

    tenant = with_digest(scene)
    letters = scene.portal.digests.letters
    assert letters is not None
    scene.world.clock.now += 3600
    digests = replace(scene.portal.digests, letters=replace(letters, send=away))
    with pytest.raises(UnavailableError):
        digests.order(tenant.client.id, "other@example.org", "weekly", "ja")
    kept = tenant.get("digest").json()
    assert (kept["address"], kept["period"], kept["confirmed"]) == (ORDER["address"], "daily", True)


def test_a_digest_that_came_again_is_deleted_also_under_the_key_of_before(scene: Scene) -> None:
    tenant = with_digest(scene)
    key = {"Idempotency-Key": "the-end-of-it"}
    for _ in range(2):
        for _ in range(2):
            assert tenant.ask("DELETE", "digest", headers=key).status_code == 204
        assert tenant.get("digest").status_code == 404
        scene.world.clock.now += 3600
        assert tenant.ask("PUT", "digest", json=ORDER).status_code == 202


def test_what_a_database_says_of_itself_is_for_the_operator_alone(scene: Scene) -> None:
    with pytest.raises(UnavailableError) as told, scene.desk.database.read() as connection:
        connection.execute(text("SELECT secret_name FROM no_such_table"))
    assert "no_such_table" in " ".join(told.value.__notes__)
    assert "no_such_table" not in str(problem_members(HOST, told.value))
