"""A log that was closed takes nothing more, and its last checkpoint is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.registry.test_publisher import grow
from tests.registry.test_recovery import published
from verifier.errors import RefusedError
from verifier.names import log_uri

if TYPE_CHECKING:
    from tests.registry.conftest import Office

HOST = "shirushi.example"


def test_after_log_closed_nothing_is_admitted_and_the_final_checkpoint_is_published(office: Office) -> None:
    world, signers = office
    kept = world.sign_mark(signers, world.reserve(signers).json())
    admitted = world.desk.submit("log.closed", log_uri(HOST), {"successor": "log.next.example/log"})
    with pytest.raises(RefusedError, match="closed"):
        grow(world)
    refused = world.send(kept.request)
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    assert "succeeds" in refused.json()["hint"]
    assert world.reserve(signers).status_code == 422
    world.settle()
    checkpoint = published(world).checkpoint
    assert checkpoint.size == admitted.index + 1
    assert world.publisher.publish_once().outcome == "unchanged"
    assert world.registry.directory.step().outcome == "unchanged"


def test_the_last_entry_again_gets_its_first_answer(office: Office) -> None:
    world, _ = office
    world.desk.submit("log.closed", log_uri(HOST), {"successor": "log.next.example/log"})
    with pytest.raises(RefusedError, match="closed"):
        world.desk.submit("log.closed", log_uri(HOST), {"successor": "log.other.example/log"})
    assert world.registry.size().result() == world.registry.look_up(log_uri(HOST)).result()[0] + 1
