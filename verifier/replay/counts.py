"""Statistics of a scheme, out of a log alone: whoever has the log counts the same.

They hold for a number of entries and an instant: states are those of the clock at that instant, and what entries say is
counted by type and by the month of their date. Nothing is counted that is not in the log: how many applied, or failed,
stands in the monthly counts of the bodies' case registers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.dates import local_date
from verifier.replay.clock import declaration_standing, standing_of
from verifier.replay.duties import report_duty, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.replay.duties import ReportDuty
    from verifier.replay.records import MarkRecord
    from verifier.replay.state import LogState
    from verifier.statement import Statement

Row = tuple[str, ...]


@dataclass(frozen=True)
class Statistics:
    """Counts over the first ``size`` entries at the instant ``at`` (UTC seconds), each by what its rows begin with."""

    size: int
    at: int
    marks: dict[Row, int]
    """By scheme, level and state."""

    holders: dict[Row, int]
    """Organisations with an active mark, by scheme and level."""

    declarations: dict[Row, int]
    """By scheme, level and state."""

    bodies: dict[Row, int]
    """By role and state."""

    experts: dict[Row, int]
    agreements: dict[Row, int]
    recognitions: dict[Row, int]
    """By state."""

    entries: dict[Row, int]
    """By type and month (YYYY-MM) in the scheme's calendar."""

    def members(self) -> dict[str, Any]:
        """Return the JSON object: each table as rows whose last cell is the number."""
        tables = {name: value for name, value in vars(self).items() if isinstance(value, dict)}
        rows = {name: [[*row, number] for row, number in table.items()] for name, table in tables.items()}
        return {"size": self.size, "at": self.at, **rows}


def entry_row(statement: Statement, zone: str) -> Row:
    """Return the row under which an entry is counted: its type, and the month of its date in the scheme's calendar."""
    return statement.type, local_date(statement.iat, zone).strftime("%Y-%m")


def statistics(state: LogState, entries: Mapping[Row, int], *, at: int, zone: str) -> Statistics:
    """Return the statistics of a log; ``entries`` counts its entries by ``entry_row``."""
    marks, holders = Counter[Row](), set[Row]()
    for mark in state.marks.values():
        tier = mark.issued.scheme, str(mark.issued.tier)
        standing = standing_of(mark, at=at, duty=_duty(state, mark, zone)).state
        marks[*tier, standing] += 1
        if standing == "active":
            holders.add((*tier, mark.issued.sub))
    declared = (one for each in state.organisations.values() for one in each.declarations)
    return Statistics(
        size=state.size,
        at=at,
        marks=_sorted(marks),
        holders=_sorted(Counter(row[:2] for row in holders)),
        declarations=_sorted(
            Counter((one.scheme, str(one.level), declaration_standing(one, at=at).state) for one in declared)
        ),
        bodies=_sorted(Counter((one.role, standing_of(one, at=at).state) for one in state.bodies.values())),
        experts=_states(state.experts.values(), at),
        agreements=_states(state.agreements.values(), at),
        recognitions=_states(state.recognitions.values(), at),
        entries=_sorted(entries),
    )


def _duty(state: LogState, mark: MarkRecord, zone: str) -> ReportDuty | None:
    schemes = state.schemes.values()
    return report_duty(mark.issued, schemes, zone=zone) if terms_of(mark.issued, schemes) else None


def _states(records: Iterable[Any], at: int) -> dict[Row, int]:
    return _sorted(Counter((standing_of(one, at=at).state,) for one in records))


def _sorted(counted: Mapping[Row, int]) -> dict[Row, int]:
    return dict(sorted(counted.items()))
