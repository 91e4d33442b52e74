"""Checks as rows of an overview: the file's name, how the check stands, and how many rows count as yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.check.outcome import SATISFIED, UNDECIDED, RowVerdict
from verifier.edge.buyer.list_view import verdict_of
from verifier.edge.i18n import plain
from verifier.errors import MarkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.edge.buyer.checking import Checking
    from verifier.edge.buyer.kept_checks import KeptCheck
    from verifier.edge.console.visit import Visit
    from verifier.edge.i18n import Moment

STATES = ("draft", "under_way", "done", "failed", "interrupted")


@dataclass(frozen=True)
class CheckRow:
    """A check in an overview; ``counts`` is said of one that is done."""

    href: str
    title: str
    by: str
    made: Moment
    state: str
    counts: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """How many rows count as yes, as no, and as undecided."""

    satisfied: int
    unmet: int
    undecided: int


def counts_of(rows: Sequence[dict[str, object]]) -> Counts:
    """Return the counts of a receipt's rows."""
    verdicts: list[RowVerdict] = [verdict_of(row) for row in rows]
    satisfied = sum(one in SATISFIED for one in verdicts)
    undecided = sum(one in UNDECIDED for one in verdicts)
    return Counts(satisfied, len(verdicts) - satisfied - undecided, undecided)


def check_rows(checks: Sequence[KeptCheck], checking: Checking, visit: Visit) -> list[CheckRow]:
    """Return the rows."""
    return [_row(check, checking, visit) for check in checks]


def list_state_ids() -> list[str]:
    """Return the message ids that are put together here."""
    return [f"buyer.state.{one}" for one in STATES]


def _row(check: KeptCheck, checking: Checking, visit: Visit) -> CheckRow:
    state = "under_way" if checking.progress(check.id) is not None else str(check.state)
    return CheckRow(
        f"/lists/{check.id}",
        plain(check.order.title),
        plain(check.order.by),
        visit.moment(check.order.made),
        visit.t.gettext(f"buyer.state.{state}"),
        _counts(check, visit) if state == "done" else (),
    )


def _counts(check: KeptCheck, visit: Visit) -> tuple[str, ...]:
    try:
        found = counts_of(check.receipt().rows)
    except MarkError:
        # Its own page says what is wrong with it.
        return ()
    t = visit.t
    return (
        t.gettext("buyer.counts", yes=f"{found.satisfied:,}", no=f"{found.unmet:,}", undecided=f"{found.undecided:,}"),
    )
