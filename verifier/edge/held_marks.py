"""The marks under a version of the criteria: out of a published log, or out of a list in a file.

A log is folded whole up to its latest witnessed checkpoint and its root is compared; entries are not judged again, that
is what `shirushi audit` is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.audit.folded import fold_published
from verifier.dates import parse_instant
from verifier.edge.check.spreadsheet import Row, cell_name, read_rows
from verifier.errors import MalformedError, MarkError, RefusedError, WrongUseError
from verifier.names import parse_name, scheme_uri
from verifier.scheme.affected import HeldMark

if TYPE_CHECKING:
    from verifier.audit.plane import Progress
    from verifier.gather import Fetcher
    from verifier.scheme.pack import SchemePack
    from verifier.trust.root import TrustRoot

COLUMNS = ("mark", "holder", "version", "level", "from", "until", "state", "lift_by")


@dataclass(frozen=True)
class HeldMarks:
    """The marks of a version, and as of when and out of how many entries; both None for a list."""

    marks: tuple[HeldMark, ...]
    as_of: int | None = None
    size: int | None = None


def marks_in_log(fetcher: Fetcher, pinned: TrustRoot, pack: SchemePack, progress: Progress) -> HeldMarks:
    """Return every mark that a log has ever issued under the pack's version.

    Raises RefusedError when the log holds this version with another digest, ProofError when the entries are not those
    of the witnessed checkpoint, UnavailableError.
    """
    folded = fold_published(fetcher, pinned, progress)
    published = folded.state.schemes.get(scheme_uri(folded.state.host, pack.scheme, pack.version))
    if published is not None and published.sha256 != pack.digest:
        raise RefusedError(
            f"the log holds {pack.name} with the digest {published.sha256}, this pack has {pack.digest}",
            hint="Compare with the pack that was published.",
        )
    marks = (
        HeldMark(
            mark=parse_name(record.uri).value,
            holder=parse_name(record.issued.sub).value,
            level=record.issued.tier,
            nbf=record.issued.nbf,
            exp=record.issued.exp,
            state=record.state,
            lift_by=record.lift_by if record.state == "suspended" else None,
        )
        for record in folded.state.marks.values()
        if (record.issued.scheme, record.issued.criteria_sha256) == (pack.scheme, pack.digest)
    )
    return HeldMarks(tuple(marks), as_of=folded.as_of, size=folded.size)


def marks_in_file(path: Path, pack: SchemePack) -> HeldMarks:
    """Return the marks of a list (.csv or .xlsx) that are of the pack's version; times are days of its zone.

    Raises MalformedError that names row and column, WrongUseError when the file cannot be read.
    """
    try:
        rows = read_rows(path.read_bytes(), filename=path.name)
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror}") from error
    if not rows or rows[0] != COLUMNS:
        raise MalformedError(f"{path.name}, row 1: the columns must be {','.join(COLUMNS)}")
    found = [_mark(row, number, path.name, pack) for number, row in enumerate(rows[1:], 1) if any(row)]
    return HeldMarks(tuple(mark for version, mark in found if version == pack.version))


def _mark(row: Row, number: int, filename: str, pack: SchemePack) -> tuple[str, HeldMark]:
    cells = dict(zip(COLUMNS, row + ("",) * (len(COLUMNS) - len(row)), strict=True))

    def day(column: str) -> int:
        try:
            return parse_instant(cells[column], zone=pack.zone)
        except MarkError as error:
            raise _fault(column, error.message) from error

    def _fault(column: str, complaint: str) -> MalformedError:
        place = f"{filename}, {cell_name(number, COLUMNS.index(column))} ({column})"
        return MalformedError(f"{place}: {complaint}", hint="Write days as 2027-04-01.")

    if not cells["level"].isdecimal():
        raise _fault("level", f"{cells['level'][:20]!r} is not a level")
    mark = HeldMark(
        mark=cells["mark"],
        holder=cells["holder"],
        level=int(cells["level"]),
        nbf=day("from"),
        exp=day("until"),
        state=cells["state"] or "active",
        lift_by=day("lift_by") if cells["lift_by"] else None,
    )
    return cells["version"], mark
