"""The folder of lists: what was sent and what is answered, each list in a folder of its own that appears whole.

A list that is deleted is gone at once, by one rename, also while somebody writes answers to it: whoever puts something
into it afterwards says which one is meant by the lock that the caller holds.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from registry.verification.checking import parse_order
from verifier.edge.whole_file import fsync_folder, write_whole
from verifier.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from registry.verification.checking import Order

RESULTS = {
    "rows": ("rows.ndjson", "application/x-ndjson"),
    "csv": ("result.csv", "text/csv"),
    "xlsx": ("result.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "receipt": ("receipt.json", "application/json"),
}
_LIST, _ORDER, _STATE, _SAME = "list", "order.json", "state.json", "same"
_HIDDEN = "."
"""Begins the names of what is being made or deleted."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Progress:
    """How a job stands: ``waiting``, ``checking``, ``done`` or ``failed``, with look-ups done and in all.

    ``rows`` is how many rows the list has, ``until`` when everything about it is deleted (UTC seconds). ``detail`` and
    ``hint`` say why it failed. ``sheet`` is the one of a workbook that is read, ``not_read`` are others that
    hold something.
    """

    state: str
    done: int = 0
    total: int = 0
    rows: int = 0
    until: int | None = None
    detail: str = ""
    hint: str = ""
    sheet: str = ""
    not_read: tuple[str, ...] | None = None

    def members(self) -> dict[str, Any]:
        """Return the JSON object, without what there is not."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}


class CheckFolder:
    """The lists in one folder, each under the digest of its owner's secret."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> dict[str, Progress]:
        """Return how every list stands, the one that came first at the beginning; nothing half made is left."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found: dict[str, Progress] = {}
        for job in sorted(self._path.iterdir(), key=lambda one: one.stat().st_mtime_ns):
            if job.name.startswith(_HIDDEN):
                shutil.rmtree(job, ignore_errors=True)
                continue
            state = job / _STATE
            found[job.name] = Progress(**json.loads(state.read_bytes())) if state.exists() else Progress("waiting")
        return found

    def keeping(self, data: bytes, order: Order, same: str) -> AbstractContextManager[Path]:
        """Give a folder with a list, durable, to be put in its place. Entering raises UnavailableError."""
        return self._made({_LIST: data, _ORDER: order.serialize(), _SAME: same.encode()})

    def answering(self, answers: Mapping[str, bytes]) -> AbstractContextManager[Path]:
        """Give a folder with the answers to a list, to be added to it. Entering raises UnavailableError."""
        return self._made({RESULTS[kind][0]: content for kind, content in answers.items()})

    @contextmanager
    def _made(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        try:
            made = Path(tempfile.mkdtemp(prefix=_HIDDEN, dir=self._path))
        except OSError as error:
            raise _cannot_keep(error) from error
        try:
            _fill(made, files)
            yield made
        finally:
            # It stands under another name by now, or nobody wants it any more.
            shutil.rmtree(made, ignore_errors=True)

    def put(self, name: str, kept: Path) -> None:
        """Put a kept list in its place. Raises UnavailableError."""
        try:
            kept.rename(self._path / name)
            fsync_folder(self._path)
        except OSError as error:
            raise _cannot_keep(error) from error

    def same(self, name: str) -> str:
        """Return the digest of the list and the order that came under a name."""
        return (self._path / name / _SAME).read_text("ascii")

    def sent(self, name: str) -> tuple[bytes, Order]:
        """Return what was sent."""
        job = self._path / name
        return (job / _LIST).read_bytes(), parse_order((job / _ORDER).read_bytes())

    def end(self, name: str, progress: Progress, answers: Path | None = None) -> None:
        """Add the answers and how it ended; what was sent is not needed any more. Raises UnavailableError."""
        job = self._path / name
        try:
            for file in answers.iterdir() if answers is not None else ():
                file.rename(job / file.name)
            write_whole(job / _STATE, json.dumps(asdict(progress)).encode())
            (job / _LIST).unlink(missing_ok=True)
        except (OSError, UnavailableError) as error:
            raise _cannot_keep(error) from error

    def answer(self, name: str, kind: str) -> Path:
        """Return where answers of a kind stand, if they do."""
        return self._path / name / RESULTS[kind][0]

    def size(self, name: str) -> int:
        """Return how many bytes are kept of a list."""
        return sum(file.stat().st_size for file in (self._path / name).iterdir())

    def delete(self, name: str) -> None:
        """Delete everything about a list. Raises UnavailableError, then nothing of it is deleted."""
        # No folder is made first: on a full disk it could not be.
        going = self._path / f"{_HIDDEN}{secrets.token_hex(8)}"
        try:
            (self._path / name).rename(going)
        except FileNotFoundError:
            _log.warning("a list was deleted by somebody else", check=name)
        except OSError as error:
            raise _cannot_keep(error) from error
        shutil.rmtree(going, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            write_whole(folder / name, content)
    except UnavailableError as error:
        raise _cannot_keep(error) from error


def _cannot_keep(error: Exception) -> UnavailableError:
    # Where it stands on the disk is for the operator's log.
    _log.error("a list cannot be kept or deleted", error=str(error))
    return UnavailableError("the service cannot write what it keeps of lists", hint="Send it again later.")
