"""Two files of the data folder: what waits, written by the job, and the operators' word on it, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from registry.timers.confirmation import Confirmation, Hold
from verifier.edge.one_at_a_time import one_at_a_time
from verifier.edge.whole_file import fsync_folder, write_whole
from verifier.encoding import canonical, read_object
from verifier.schema import Closed, read_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HELD = "held.json"
CONFIRMED = "confirmed.json"
Model = TypeVar("Model", bound=Closed)


class TimerFolder:
    """The folder of the two files. A file that is replaced is the old one or the new one, whenever the power fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def held(self) -> Hold | None:
        """Return what waits, None when nothing does. Raises MalformedError or StatementError for another file."""
        return self._read(HELD, Hold)

    def confirmed(self) -> Confirmation | None:
        """Return the operators' word, None where there is none. Raises MalformedError or StatementError."""
        return self._read(CONFIRMED, Confirmation)

    def hold(self, hold: Hold) -> None:
        """Keep what waits."""
        self._write(HELD, hold)

    def confirm(self, add: Callable[[Confirmation | None], Confirmation]) -> Confirmation:
        """Keep the operators' word, what ``add`` makes of the one that is there, and return it.

        Two at a time wait for each other.
        """
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time(self._path):
            said = add(self.confirmed())
            self._write(CONFIRMED, said)
        return said

    def settle(self) -> None:
        """Forget what waited and the word on it, which counts once."""
        for name in (HELD, CONFIRMED):
            (self._path / name).unlink(missing_ok=True)
        if self._path.is_dir():
            fsync_folder(self._path)

    def refuse(self) -> None:
        """Forget a word that does not hold."""
        (self._path / CONFIRMED).unlink(missing_ok=True)

    def _read(self, name: str, model: type[Model]) -> Model | None:
        try:
            data = (self._path / name).read_bytes()
        except FileNotFoundError:
            return None
        return read_model(model, read_object(data), what=name)

    def _write(self, name: str, value: Closed) -> None:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._path / name, canonical(value.members()) + b"\n")
