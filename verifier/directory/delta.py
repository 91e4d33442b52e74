"""The delta of an epoch: the records that may have changed since the epoch before it.

One line of canonical JSON with the two epochs, bits and root of the newer one, then the records' lines in order of
their keys. No record ever leaves the directory. A pure function of the log: the records of every object that entries
from ``since`` up to ``size`` are about, and of the identifiers of the marks among them. A delta is not trusted: what
comes out when it is applied to a copy is compared with the logged root.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from verifier.directory.record import Line, line_key
from verifier.directory.tree import split_run
from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.errors import MalformedError
from verifier.schema import Closed, Count, Digest, One, read_model

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Head(Closed):
    v: One
    log: Annotated[str, Field(max_length=120)]
    since: Count = Field(alias="from")
    size: Count
    bits: Annotated[int, Field(ge=0, le=24)]
    root: Digest


@dataclass(frozen=True)
class Delta:
    """The changed records from the epoch over ``since`` entries to the one over ``size``."""

    log: str
    since: int
    size: int
    bits: int
    root: bytes
    lines: tuple[Line, ...]

    def serialize(self) -> bytes:
        """Return the bytes of the file."""
        head = {"v": 1, "log": self.log, "from": self.since, "size": self.size, "bits": self.bits}
        first = canonical({**head, "root": b64u(self.root)})
        return b"".join(line + b"\n" for line in (first, *(line.data for line in self.lines)))


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines as they stand in a delta."""
    return tuple(sorted(lines))


def parse_delta(data: bytes) -> Delta:
    """Return the delta of a file. Raises MalformedError, StatementError, NewerVersionError or ProofError."""
    first, *rest = split_run(data) or [b""]
    head = read_model(_Head, read_object(first), what="directory delta")
    lines = tuple(Line(line_key(line), line) for line in rest)
    if head.since >= head.size or any(later.key <= earlier.key for earlier, later in pairwise(lines)):
        raise MalformedError("the delta's epochs or records are not in order")
    return Delta(head.log, head.since, head.size, head.bits, unb64u(head.root), lines)


def merged(deltas: Iterable[Delta]) -> list[Line]:
    """Return the newest line of each record in a chain of deltas, given from the newest to the oldest."""
    newest: dict[bytes, bytes] = {}
    for delta in deltas:
        for key, data in delta.lines:
            newest.setdefault(key, data)
    return [Line(key, data) for key, data in newest.items()]
