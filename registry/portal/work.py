"""What works beside the portal's routes, and whether it gets on: for its health and its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.portal.repeating import Repeating
    from registry.portal.watching import Watching
    from registry.web.observing import Figures


class Work:
    """Tells of the workers of one portal."""

    def __init__(self, watching: Watching, workers: Sequence[Repeating]) -> None:
        self._watching = watching
        self._workers = workers

    def late(self) -> list[str]:
        """Return the names of the workers that have been failing, or are in one step, for long."""
        return [worker.name for worker in self._workers if worker.is_late]

    def watched(self) -> int | None:
        """Return the entry of the directory that all watches were last looked into, None before the first one."""
        return self._watching.watched

    def gauges(self) -> Figures:
        """Return the metrics for ``Observing``."""
        return {
            "workers_late": (
                "Workers that have failed for five minutes or are in one step for an hour.",
                lambda: float(len(self.late())),
            ),
            "watched_entry": ("The directory's entry that all watches were looked into; -1 for none.", self._entry),
        }

    def _entry(self) -> float:
        watched = self.watched()
        return -1.0 if watched is None else float(watched)
