"""The directory of a log's state: a pure function of its entries, which every monitor computes again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.directory.files import DirectoryFiles, write_files
from verifier.directory.record import IdentifierRecord, Line, MarkLine, ObjectRecord, line_of
from verifier.directory.tree import DirectoryTree
from verifier.encoding import b64u
from verifier.names import log_origin, parse_name
from verifier.replay.records import MarkRecord
from verifier.replay.state import LogState


@dataclass(frozen=True)
class BuiltDirectory:
    """One epoch: the tree, its files and the number of entries it is over."""

    size: int
    tree: DirectoryTree
    files: DirectoryFiles

    @property
    def bits(self) -> int:
        """The number of bits that choose a bucket."""
        return self.tree.bits

    @property
    def root(self) -> bytes:
        """The root hash."""
        return self.tree.root


def build_directory(state: LogState, *, bits: int | None = None) -> BuiltDirectory:
    """Return the directory over all entries of the state."""
    tree = DirectoryTree(_lines(state), bits=bits)
    return BuiltDirectory(state.size, tree, write_files(tree, log=log_origin(state.host), size=state.size))


def _lines(state: LogState) -> Iterator[Line]:
    for uri, head in state.heads.items():
        if parse_name(uri).kind != "directory":
            yield line_of(
                ObjectRecord(object=uri, head=head.index, leaf=b64u(head.leaf), state=head.state, until=head.until)
            )
    by_identifier: dict[str, list[MarkLine]] = {}
    for uri, mark in state.marks.items():
        by_identifier.setdefault(parse_name(mark.issued.sub).value, []).append(_mark_line(uri, mark, held=True))
        for identifier in mark.issued.covered:
            by_identifier.setdefault(identifier, []).append(_mark_line(uri, mark, held=False))
    for identifier, marks in by_identifier.items():
        yield line_of(IdentifierRecord(identifier=identifier, marks=tuple(sorted(marks, key=lambda one: one.mark))))


def _mark_line(uri: str, mark: MarkRecord, *, held: bool) -> MarkLine:
    issued = mark.issued
    return MarkLine(
        mark=parse_name(uri).value,
        link="held" if held else "covered",
        scheme=issued.scheme,
        tier=issued.tier,
        scope_kind=issued.scope_kind,
        state=mark.state,
        nbf=issued.nbf,
        until=mark.lift_by or issued.exp,
    )
