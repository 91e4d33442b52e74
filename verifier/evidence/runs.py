"""Run numbers: which file is which run of which item, and whether the numbers leave anything out.

A measurement that was repeated until it passed shows as a gap, as a run beyond the plan, or as one that is missing at
its end. Where there is no plan, runs begin with 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.dates import parse_instant
from verifier.errors import MalformedError, RefusedError, WrongUseError
from verifier.evidence.plan import match_run
from verifier.evidence.row import FileRow, PlanRow
from verifier.scheme.tables import Row as TableRow
from verifier.scheme.tables import read_rows

SHEET = ("path", "item", "run", "measured_at")
WITHOUT_PLAN = "runs"
"""The item of runs that a sheet numbers without naming one."""

MOST_RUN = 999_999_999


@dataclass(frozen=True)
class Assigned:
    """What is known of a file as a run; ``measured_at`` in UTC seconds."""

    item: str | None = None
    run: int | None = None
    measured_at: int | None = None


Range = tuple[int, int]
"""First and last run of a stretch."""


@dataclass(frozen=True)
class RunFinding:
    """What is wrong with the runs of one item: missing between others, missing at the end, beyond the plan."""

    item: str
    gaps: tuple[Range, ...] = ()
    absent: tuple[Range, ...] = ()
    unplanned: tuple[Range, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Say whether nothing is wrong."""
        return not (self.gaps or self.absent or self.unplanned)


def read_sheet(data: bytes, *, filename: str, zone: str) -> dict[str, Assigned]:
    """Return the sheet of runs by file name: columns path, item, run, measured_at; all but the first may be empty.

    A time without an offset is in the zone. Raises MalformedError naming the row.
    """
    found: dict[str, Assigned] = {}
    for row in read_rows(data, file=filename, columns=SHEET):
        if row["path"] in found:
            raise row.fault(f"{row['path']} stands twice")
        run = _run(row)
        item = row["item"] or (WITHOUT_PLAN if run is not None else None)
        found[row["path"]] = Assigned(item, run, _instant(row, zone))
    return found


def check_sheet(sheet: Mapping[str, Assigned], paths: Iterable[str]) -> None:
    """Check that a sheet names files of the folder only. Raises MalformedError."""
    unknown = set(sheet) - set(paths)
    if unknown:
        raise MalformedError(f"the sheet of runs names {min(unknown)}, which is not in the folder")


def assign(path: str, sheet: Mapping[str, Assigned], items: Iterable[PlanRow]) -> Assigned:
    """Return which run a file holds: by the sheet, else by the patterns of the plan.

    Raises RefusedError for a file that fits two items.
    """
    told = sheet.get(path, Assigned())
    if told.run is not None:
        return told
    fits = [(one.item, run) for one in items if one.files and (run := match_run(one.files, path)) is not None]
    if len(fits) > 1:
        names = ", ".join(item for item, _ in fits)
        raise RefusedError(f"{path} fits several items of the plan: {names}", hint="Say which in a sheet of runs.")
    if not fits:
        return told
    return Assigned(fits[0][0], fits[0][1], told.measured_at)


def judge_runs(files: Iterable[FileRow], items: Iterable[PlanRow]) -> tuple[RunFinding, ...]:
    """Return what is wrong with the runs of each item, in order of their names; nothing when they are whole."""
    runs: dict[str, set[int]] = {}
    for row in files:
        if row.item is not None and row.run is not None:
            runs.setdefault(row.item, set()).add(row.run)
    planned = {one.item: (one.first, one.last) for one in items}
    findings = []
    for item in sorted({*runs, *planned}):
        found = runs.get(item, set())
        # What a plan does not name is all beyond it.
        otherwise = (1, 0) if planned else (1, max(found, default=0))
        first, last = planned.get(item, otherwise)
        findings.append(_judge(item, found, first, last))
    return tuple(one for one in findings if not one.is_clean)


def ranges_text(ranges: Iterable[Range]) -> str:
    """Return stretches of runs as people write them, such as ``3, 5-7``."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def _judge(item: str, found: set[int], first: int, last: int) -> RunFinding:
    numbers = sorted(found)
    within = [number for number in numbers if first <= number <= last]
    gaps: list[Range] = []
    expected = first
    for number in within:
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    absent = [(expected, last)] if expected <= last else []
    unplanned = _stretches(number for number in numbers if not first <= number <= last)
    return RunFinding(item, tuple(gaps), tuple(absent), tuple(unplanned))


def _stretches(numbers: Iterable[int]) -> Iterator[Range]:
    start = end = None
    for number in numbers:
        if end is not None and number == end + 1:
            end = number
            continue
        if start is not None and end is not None:
            yield start, end
        start = end = number
    if start is not None and end is not None:
        yield start, end


def _run(row: TableRow) -> int | None:
    text = row["run"]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_RUN):
        raise row.fault(f"{text!r} is not the number of a run")
    return int(text)


def _instant(row: TableRow, zone: str) -> int | None:
    if not row["measured_at"]:
        return None
    try:
        return parse_instant(row["measured_at"], zone=zone)
    except WrongUseError as error:
        raise row.fault(error.message) from error
