"""Programmes out of folders: one of somebody's own, and all that a registry has at hand (verifier/programme.py).

One that is wrong is told by its reason and left out: it takes no other one, and no page, down with it.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.errors import MalformedError, WrongUseError
from verifier.programme import HEAD, POLICY, Programme, parse_programme
from verifier.requirement import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Stamp = tuple[tuple[str, int, int, int], ...]

AT_MOST = 200
"""Entries of a registry's folder that its pages look at."""
LOOK_AGAIN = 1.0
"""Seconds for which what was seen of a folder counts as how it stands."""

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True)
class LeftOut:
    """A programme that cannot be taken: its folder's name, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class ProgrammesAtHand:
    """The programmes of a folder by their ids, and what was left out of it."""

    programmes: tuple[Programme, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def read_programme(folder: Path, *, within: Path | None = None) -> Programme:
    """Return the programme of a folder. Raises MalformedError that names what is wrong.

    Links that lead out of ``within`` are refused.
    """
    try:
        return parse_programme(programme_files(folder, within=within))
    except OSError as error:
        raise _unreadable(error) from error


def read_programmes(folder: Path, *, at_most: int | None = None) -> ProgrammesAtHand:
    """Return the programmes of a folder that has a folder for each; of two with one id, the first by its name.

    With ``at_most`` the entries after so many, by their names, are left out.
    """
    found: dict[str, Programme] = {}
    left_out = []
    try:
        places = places_in(folder)
    except OSError as error:
        return ProgrammesAtHand(left_out=(LeftOut(folder.name, f"it cannot be read: {error.strerror}"),))
    for place in places[:at_most]:
        try:
            read = _programme_at(place)
        except MalformedError as error:
            left_out.append(LeftOut(place.name, f"{error.message}. {error.hint}".strip()))
            continue
        if read is None:
            continue
        if read.head.id in found:
            left_out.append(LeftOut(place.name, f"another folder has the id {read.head.id} already"))
        found.setdefault(read.head.id, read)
    if at_most is not None and len(places) > at_most:
        beyond = f"only the first {at_most} of {len(places)} entries are looked at, none from {places[at_most].name} on"
        left_out.append(LeftOut(folder.name, beyond))
    return ProgrammesAtHand(tuple(found[one] for one in sorted(found)), tuple(left_out))


def new_programme(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a programme into a folder that has none of them. Raises WrongUseError."""
    for name in files:
        if os.path.lexists(folder / name):
            raise WrongUseError(f"{folder} has a {name} already", hint="Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            # Not for its owner alone, as private files are: a programme is there to be published.
            (folder / name).write_bytes(data)
    except OSError as error:
        raise WrongUseError(f"{folder} cannot be written: {error.strerror}", hint="Name another folder.") from error


def places_in(folder: Path) -> list[Path]:
    """Return the entries of a folder by their names, but for hidden ones: editors keep locks there. Raises OSError."""
    return sorted(one for one in folder.iterdir() if not one.name.startswith("."))


def programme_files(folder: Path, *, within: Path | None = None) -> dict[str, bytes]:
    """Return those of the two files of a programme that a folder has. Raises MalformedError, OSError.

    A link that leads out of ``within`` is refused: whoever may write programmes may not be one to read everything else.
    """
    return {name: _read(folder / name, within) for name in (HEAD, POLICY) if _is_file(folder / name)}


class ProgrammeShelf:
    """The programmes of a folder as they stood within the last second, read again once a file of it changed.

    Without the folder they are those of ``otherwise``. ``tell`` hears what is left out, once for as long as it is.
    Several threads may ask.
    """

    def __init__(
        self,
        folder: Path,
        *,
        otherwise: Callable[[], tuple[Programme, ...]],
        tell: Callable[[LeftOut], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._otherwise = otherwise
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._stamp: Stamp | None = None
        self._read = ProgrammesAtHand()

    def __call__(self) -> tuple[Programme, ...]:
        """Return the programmes at hand; a folder that cannot be read has none."""
        with self._lock:
            now = self._clock()
            if self._looked is None or now - self._looked >= LOOK_AGAIN:
                self._looked = now
                self._look()
            return self._read.programmes

    def _look(self) -> None:
        if not os.path.lexists(self._folder):
            self._stamp, self._read = None, ProgrammesAtHand(self._otherwise())
            return
        stamp = _stamp(self._folder)
        if stamp is not None and stamp == self._stamp:
            return
        # Noted before the reading: a file that changes while it is read is read again.
        self._stamp, known = stamp, self._read.left_out
        self._read = read_programmes(self._folder, at_most=AT_MOST)
        for one in self._read.left_out:
            if one not in known:
                self._tell(one)


def _programme_at(place: Path) -> Programme | None:
    """Return the programme of an entry, None where a file has nothing to do with programmes. Raises MalformedError."""
    try:
        is_folder = stat.S_ISDIR(place.stat().st_mode)
    except OSError as error:
        raise _unreadable(error) from error
    if is_folder:
        return read_programme(place, within=place.parent)
    if place.name in (HEAD, POLICY):
        raise MalformedError("it stands in no folder of its own")
    return None


def _unreadable(error: OSError) -> MalformedError:
    return MalformedError(f"the programme cannot be read: {error.strerror}")


def _is_file(path: Path) -> bool:
    """Say whether a file is there. Raises OSError where that may not be looked at."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        if error.errno in _NOTHING_THERE:
            return False
        raise


def _read(path: Path, within: Path | None) -> bytes:
    real = path.resolve()
    if within is not None and not real.is_relative_to(within.resolve()):
        raise MalformedError(f"a link leads elsewhere for {path.name}", hint="Put the file itself there.")
    with real.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise MalformedError(f"{path.name} has more than {MAX_BYTES} bytes")
    return data


def _stamp(folder: Path) -> Stamp | None:
    """Return what changes with a folder's programmes; None where that cannot be told."""
    try:
        places = places_in(folder)
    except OSError:
        return None
    looked = [one for place in places[:AT_MOST] for one in (place, place / HEAD, place / POLICY)]
    return (("", len(places), 0, 0), *(_seen(one) for one in looked))


def _seen(path: Path) -> tuple[str, int, int, int]:
    try:
        # What a link leads to counts, not the link.
        at = path.stat()
    except OSError as error:
        return (str(path), 0, 0, error.errno or 0)
    return (str(path), at.st_ino, at.st_mtime_ns, at.st_size)
