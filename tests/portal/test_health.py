"""The portal's health and metrics tell whether changes are still told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from registry.portal import repeating
from registry.portal.repeating import Repeating
from tests.waiting import wait_until
from verifier.directory.proven import index_path, read_pointer

if TYPE_CHECKING:
    from tests.portal.conftest import Scene

HEALTH = "http://portal/portal/v1/health"


def health(scene: Scene) -> dict[str, Any]:
    answer = scene.http.get(HEALTH)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_it_tells_how_old_the_checkpoint_is_and_what_was_looked_into(scene: Scene) -> None:
    assert health(scene) == {"status": "ok", "pending": 0, "checkpoint_age": 0, "watched": None, "late": []}
    scene.portal.watching.step()
    first = health(scene)["watched"]
    scene.suspend()
    scene.portal.watching.step()
    assert health(scene)["watched"] > first
    scene.world.clock.now += 3 * 3600
    assert health(scene)["status"] == "stale"


def watching_late(scene: Scene) -> bool:
    return "watching" in health(scene)["late"]


@pytest.mark.parametrize("damage", ["pointer", "index"])
def test_a_worker_that_gets_nothing_done_is_named(scene: Scene, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    latest = scene.world.public / "directory/latest"
    if damage == "pointer":
        latest.write_text("damaged")
    else:
        size = read_pointer(latest.read_bytes()).size
        (scene.world.public / index_path(size)).unlink()
    watching = next(one for one in scene.portal.workers if one.name == "watching")
    watching.start()
    try:
        monkeypatch.setattr(repeating, "LATE", 0.1)
        wait_until(lambda: watching_late(scene))
        assert health(scene)["status"] == "trouble"
        metrics = scene.http.get("http://portal/metrics").text
        assert "shirushi_workers_late 1.0" in metrics
        assert "shirushi_watched_entry -1.0" in metrics
    finally:
        watching.stop()


def test_a_portal_before_the_first_directory_is_not_in_trouble(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    (scene.world.public / "directory/latest").unlink()
    monkeypatch.setattr(repeating, "LATE", 0.0)
    assert scene.portal.watching.step() == 0
    assert (health(scene)["status"], health(scene)["late"]) == ("nothing_published", [])


def test_a_worker_that_hangs_in_a_step_is_late_and_one_that_works_long_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go = threading.Event(), threading.Event()

    def step() -> int:
        entered.set()
        go.wait()
        return 0

    long = Repeating("long", step, every=0.01)
    monkeypatch.setattr(repeating, "LATE", 0.0)
    long.start()
    entered.wait()
    assert not long.is_late
    monkeypatch.setattr(repeating, "HUNG", 0.0)
    assert long.is_late
    go.set()
    long.stop()
    assert not long.is_late
