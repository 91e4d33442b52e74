"""A disk that keeps only what it was told to keep: the files of a folder, and what a power cut may leave of them.

Strict on purpose, stricter than ext4: what is written to a file is durable after an fsync of that file, a name (made,
renamed, removed) after an fsync of its folder, and nothing else makes anything durable but ``sync``. Until then each
change may survive or not, in any order; a write may survive in parts, sector by sector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

SECTOR = 512


@dataclass(frozen=True)
class Write:
    """Bytes that were written at an offset."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A size that the file was cut or stretched to."""

    size: int


Change = Write | Truncate


@dataclass(eq=False)
class File:
    """A file: what is on the disk, and the changes since, oldest first."""

    durable: bytes = b""
    pending: list[Change] = field(default_factory=list)
    size: int = 0

    def settle(self, count: int) -> None:
        """Make the oldest ``count`` changes durable."""
        self.durable = _applied(self.durable, self.pending[:count])
        del self.pending[:count]


@dataclass(eq=False)
class Folder:
    """A folder: the names on the disk, and for each name that changed since, what it meant, oldest first."""

    durable: dict[str, Node] = field(default_factory=dict)
    pending: dict[str, list[Node | None]] = field(default_factory=dict)

    def now(self, name: str) -> Node | None:
        """Return what the name means to a running system."""
        return self.pending[name][-1] if name in self.pending else self.durable.get(name)

    def name(self, name: str, node: Node | None) -> None:
        """Give the name a new meaning; None removes it."""
        self.pending.setdefault(name, []).append(node)

    def settle(self) -> None:
        """Make every name durable."""
        for name, meanings in self.pending.items():
            if meanings[-1] is None:
                self.durable.pop(name, None)
            else:
                self.durable[name] = meanings[-1]
        self.pending.clear()


Node = File | Folder


class Disk:
    """The files below one folder, as a sequence of system calls leaves them. Paths are relative to it."""

    def __init__(self) -> None:
        self.root = Folder()

    def node(self, path: str) -> Node | None:
        """Return what a running system finds at the path."""
        node: Node | None = self.root
        for part in PurePosixPath(path).parts:
            if not isinstance(node, Folder):
                return None
            node = node.now(part)
        return node

    def make_folder(self, path: str) -> None:
        """Follow mkdir."""
        folder, name = self._place(path)
        folder.name(name, Folder())

    def open(self, path: str, *, truncates: bool) -> None:
        """Follow an open that may create or empty a file."""
        folder, name = self._place(path)
        found = folder.now(name)
        if found is None:
            folder.name(name, File())
        elif isinstance(found, File) and truncates and found.size:
            self.truncate(path, 0)

    def write(self, path: str, data: bytes, offset: int | None = None) -> None:
        """Follow pwrite; without an offset, a write at the end."""
        file = self._file(path)
        at = file.size if offset is None else offset
        file.pending.append(Write(at, data))
        file.size = max(file.size, at + len(data))

    def truncate(self, path: str, size: int) -> None:
        """Follow ftruncate."""
        file = self._file(path)
        file.pending.append(Truncate(size))
        file.size = size

    def link(self, old: str, new: str) -> None:
        """Follow link."""
        folder, name = self._place(new)
        folder.name(name, self.node(old))

    def rename(self, old: str, new: str) -> None:
        """Follow rename. Old and new name are durable each with its own folder."""
        self.link(old, new)
        self.unlink(old)

    def unlink(self, path: str) -> None:
        """Follow unlink."""
        folder, name = self._place(path)
        folder.name(name, None)

    def begin_sync(self, path: str) -> Callable[[], None]:
        """Follow the begin of an fsync, which covers what was done before; call what is returned when it ended."""
        node = self.node(path)
        if isinstance(node, File):
            count = len(node.pending)
            return lambda: node.settle(count)
        if isinstance(node, Folder):
            covered = {name: len(meanings) for name, meanings in node.pending.items()}
            return lambda: _settle_names(node, covered)
        return lambda: None

    def sync(self) -> None:
        """Follow sync: everything is durable."""
        for node in _below(self.root):
            if isinstance(node, File):
                node.settle(len(node.pending))
            else:
                node.settle()

    def _place(self, path: str) -> tuple[Folder, str]:
        parent = PurePosixPath(path).parent.as_posix()
        folder = self.node("" if parent == "." else parent)
        if not isinstance(folder, Folder):
            raise LookupError(f"the trace names {path}, whose folder it never made")
        return folder, PurePosixPath(path).name

    def _file(self, path: str) -> File:
        file = self.node(path)
        if not isinstance(file, File):
            raise LookupError(f"the trace writes to {path}, which it never opened")
        return file


@dataclass(frozen=True)
class Fate:
    """What a power cut does to each change that is not durable: the chance that it survives, and whence the dice."""

    chance: float
    dice: Random

    def keeps(self) -> bool:
        """Draw for one change."""
        return self.chance >= 1 or (self.chance > 0 and self.dice.random() < self.chance)


def after_power_cut(disk: Disk, fate: Fate) -> dict[str, bytes]:
    """Return one possible content of the disk after a power cut now: the bytes of every file by its path."""
    found: dict[str, bytes] = {}
    contents: dict[File, bytes] = {}
    _walk(disk.root, "", fate, found, contents)
    return found


def _walk(folder: Folder, prefix: str, fate: Fate, found: dict[str, bytes], contents: dict[File, bytes]) -> None:
    for name in sorted(folder.durable.keys() | folder.pending.keys()):
        node = folder.durable.get(name)
        for meaning in folder.pending.get(name, ()):
            if fate.keeps():
                node = meaning
        if isinstance(node, Folder):
            _walk(node, f"{prefix}{name}/", fate, found, contents)
        elif node is not None:
            # A file under two names is one file.
            if node not in contents:
                contents[node] = _left_of(node, fate)
            found[prefix + name] = contents[node]


def _left_of(file: File, fate: Fate) -> bytes:
    if not file.pending:
        return file.durable
    kept: list[Change] = []
    for change in file.pending:
        if isinstance(change, Truncate):
            kept += [change] if fate.keeps() else []
        elif fate.chance in (0, 1):
            kept += [change] if fate.chance else []
        else:
            kept += [one for one in _sectors(change) if fate.keeps()]
    return _applied(file.durable, kept)


def _sectors(change: Write) -> Iterator[Write]:
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Write(start, change.data[start - change.offset : stop - change.offset])
        start = stop


def _applied(content: bytes, changes: list[Change]) -> bytes:
    if not changes:
        return content
    result = bytearray(content)
    for change in changes:
        match change:
            case Write(offset, data):
                result.extend(bytes(max(0, offset - len(result))))
                result[offset : offset + len(data)] = data
            case Truncate(size):
                del result[size:]
                result.extend(bytes(max(0, size - len(result))))
    return bytes(result)


def _settle_names(folder: Folder, covered: dict[str, int]) -> None:
    for name, count in covered.items():
        meanings = folder.pending.get(name, [])
        if not meanings:
            continue
        last = meanings[:count][-1]
        if last is None:
            folder.durable.pop(name, None)
        else:
            folder.durable[name] = last
        del meanings[:count]
        if not meanings:
            del folder.pending[name]


def _below(folder: Folder) -> Iterator[Node]:
    yield folder
    for name in folder.durable.keys() | folder.pending.keys():
        for node in (folder.durable.get(name), *folder.pending.get(name, ())):
            if isinstance(node, Folder):
                yield from _below(node)
            elif node is not None:
                yield node
