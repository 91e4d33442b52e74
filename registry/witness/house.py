"""Several witnesses under one roof, each below its own path with its own key, store and logs.

A house saves processes in a demonstration. For quorum it is one operator: a policy puts its witnesses in one group.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from registry.witness.service import Witness, WitnessConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@dataclass(frozen=True)
class HouseConfig:
    """The witnesses of a house by the path segment below which each stands, such as ``w1``."""

    witnesses: Mapping[str, WitnessConfig]


def create_app(config: HouseConfig) -> Starlette:
    """Return the application; it opens the stores at once and closes them at shutdown. Raises UnavailableError."""
    witnesses = {segment: Witness(witness) for segment, witness in config.witnesses.items()}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for witness in witnesses.values():
            witness.store.close()

    mounts = [Mount(f"/{segment}", routes=witness.routes()) for segment, witness in witnesses.items()]
    return Starlette(routes=mounts, lifespan=lifespan)
