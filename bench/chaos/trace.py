"""Reading a trace of strace: the system calls that change files below one folder, and what the program told outside it.

``strace -f -y -xx`` gives every path and every byte as ``\\xHH``. A call that other threads interrupt is two lines; a
synchronisation covers only what ended before it began, so it stays two events, every other call is one, at its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync,syncfs,ftruncate,truncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,sendfile,"
    "copy_file_range,msync"
)
_LINE = re.compile(r"(\d+) +(.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(?:<[^>]*>)?.*")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_DESCRIPTOR = re.compile(r"(?:-?\d+|AT_FDCWD)<([^>]*)>")
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_UNFINISHED = " <unfinished ...>"
_SYNCS = ("fsync", "fdatasync")


@dataclass(frozen=True)
class Call:
    """A call on something below the folder: its name, the paths (relative to it), the bytes and the numbers."""

    name: str
    paths: tuple[str, ...]
    data: bytes = b""
    numbers: tuple[int, ...] = ()
    flags: str = ""


@dataclass(frozen=True)
class SyncBegins:
    """An fsync begins in a thread."""

    thread: str
    path: str


@dataclass(frozen=True)
class SyncEnds:
    """The fsync that the thread began has ended."""

    thread: str


@dataclass(frozen=True)
class Told:
    """The program told the outside world something: a line in its file of promises."""

    line: str


Event = Call | SyncBegins | SyncEnds | Told


def read_trace(file: Path, *, folder: Path, promises: Path) -> Iterator[Event]:
    """Yield the events of a trace. Raises LookupError for a call on the folder that the model does not know."""
    begun: dict[str, str] = {}
    reader = _Reader(str(folder), str(promises))
    with file.open("r", encoding="ascii", errors="replace") as lines:
        for line in lines:
            matched = _LINE.fullmatch(line.rstrip("\n"))
            if not matched:
                continue
            thread, text = matched.groups()
            if text.endswith(_UNFINISHED):
                begun[thread] = text.removesuffix(_UNFINISHED)
                yield from reader.begins(thread, begun[thread])
            elif resumed := _RESUMED.fullmatch(text):
                yield from reader.ends(thread, begun.pop(thread, "") + resumed[2], is_begun=True)
            elif "(" in text and text[0].isalpha():
                yield from reader.ends(thread, text, is_begun=False)


class _Reader:
    def __init__(self, folder: str, promises: str) -> None:
        self._folder = folder
        self._promises = promises

    def begins(self, thread: str, text: str) -> Iterator[Event]:
        name, _, arguments = text.partition("(")
        if name in _SYNCS and (path := self._below(_descriptors(arguments)[0])) is not None:
            yield SyncBegins(thread, path)

    def ends(self, thread: str, text: str, *, is_begun: bool) -> Iterator[Event]:
        matched = _CALL.fullmatch(text)
        if not matched or matched[3].startswith("-") or matched[3] == "?":
            return
        name, arguments = matched[1], matched[2]
        if name in ("sync", "syncfs"):
            yield Call("sync", ())
            return
        descriptors, quoted = _descriptors(arguments), [_bytes(one) for one in _QUOTED.findall(arguments)]
        if name in _SYNCS:
            path = self._below(descriptors[0])
            if path is not None:
                if not is_begun:
                    yield SyncBegins(thread, path)
                yield SyncEnds(thread)
        elif name in ("write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate", "sendfile"):
            yield from self._on_descriptor(name, arguments, descriptors, b"".join(quoted))
        else:
            yield from self._on_names(name, arguments, [one.decode() for one in quoted])

    def _on_descriptor(self, name: str, arguments: str, descriptors: list[str], data: bytes) -> Iterator[Event]:
        if descriptors and descriptors[0] == self._promises and name == "write":
            yield from (Told(line) for line in data.decode().splitlines())
        path = self._below(descriptors[0]) if descriptors else None
        if path is None:
            return
        numbers = tuple(int(one) for one in re.findall(r", (\d+)(?=,|$)", _QUOTED.sub("", arguments)))
        if name not in ("write", "pwrite64", "ftruncate"):
            raise LookupError(f"the model of the disk does not know {name}")
        yield Call(name, (path,), data, numbers)

    def _on_names(self, name: str, arguments: str, names: list[str]) -> Iterator[Event]:
        paths = tuple(path for one in names if (path := self._below(one)) is not None)
        if not paths:
            return
        if len(paths) != len(names) or not all(one.startswith("/") for one in names):
            raise LookupError(f"{name} on {names} leaves the folder or is not absolute")
        known = {"open": "open", "openat": "open", "creat": "open", "rename": "rename", "renameat": "rename"}
        known |= {"renameat2": "rename", "link": "link", "linkat": "link", "unlink": "unlink", "unlinkat": "unlink"}
        known |= {"mkdir": "mkdir", "mkdirat": "mkdir"}
        if name not in known:
            raise LookupError(f"the model of the disk does not know {name}")
        yield Call(known[name], paths, flags="O_CREAT|O_TRUNC" if name == "creat" else arguments)

    def _below(self, path: str) -> str | None:
        if path == self._folder:
            return ""
        is_inside = path.startswith(self._folder + "/") and not path.endswith(" (deleted)")
        return path.removeprefix(self._folder + "/") if is_inside else None


def _descriptors(arguments: str) -> list[str]:
    return [_bytes(one).decode("utf-8", "replace") for one in _DESCRIPTOR.findall(arguments)]


def _bytes(escaped: str) -> bytes:
    parts = re.split(r"((?:\\x[0-9a-f]{2})+)", escaped)
    return b"".join(
        bytes.fromhex(part.replace("\\x", "")) if part.startswith("\\x") else part.encode() for part in parts
    )
