"""A PostgreSQL server, and worlds over it as the registry's own tests have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry.admission.intake import Intake
from tests.registry.conftest import Engine, bare, office, postgresql, staffed, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.postgresql_server import Server
    from tests.registry.conftest import World

__all__ = ["bare", "office", "postgresql", "staffed", "world"]


@pytest.fixture(scope="session")
def engine(postgresql: Server) -> Engine:
    """What makes databases: always the server."""
    return Engine(postgresql)


@pytest.fixture
def another_worker(world: World) -> Iterator[Callable[[], Intake]]:
    """Open one more API worker over the world's database."""
    opened: list[Intake] = []

    def open_worker() -> Intake:
        office = world.registry.office
        worker = Intake(
            database=str(world.registry.database.place),
            public=world.public,
            root=office.root,
            clock=office.clock,
            entropy=office.entropy,
        )
        worker.start()
        opened.append(worker)
        return worker

    yield open_worker
    for worker in opened:
        worker.stop()
