"""Both sides of the write plane in one process: for a story that is played and tested in one.

On SQLite there is one side only. On PostgreSQL requests go through the outbox as they do between processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.admission.intake import Intake
from registry.log.sequencer import Sequencer

if TYPE_CHECKING:
    from registry.log.service import Registry, WritePlane


class WholePlane:
    """A registry's write plane with the side that an API is given."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.api_side: WritePlane = registry
        self._sides: tuple[Sequencer, Intake] | None = None
        place, office = registry.database.place, registry.office
        if isinstance(place, str):
            intake = Intake(
                database=place,
                public=registry.public.folder,
                root=office.root,
                clock=office.clock,
                entropy=office.entropy,
            )
            self.api_side, self._sides = intake, (Sequencer(registry), intake)

    def start(self) -> None:
        """Begin to serve requests."""
        self._registry.start()
        for side in self._sides or ():
            side.start()

    def stop(self) -> None:
        """Serve what waits, then close the database."""
        for side in reversed(self._sides or ()):
            side.stop()
        self._registry.stop()
