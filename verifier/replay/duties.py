"""The yearly report that a tier may ask of a holder: when it is due, and when the clock suspends the mark over it.

A report is due on the days that many months after the mark's first day, as long as the mark lasts; it is overdue when
the grace after that day is over, or later where the duty was extended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from verifier.dates import day_start, local_date, term_end
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.replay.records import MarkRecord
    from verifier.statement.public import AnnualReportFiled, DutyExtended, MarkIssued, SchemePublished, TierTerms

REPORT = "annual_report"
OVERDUE = "report_overdue"
LONGEST_EXTENSION_DAYS = 184


@dataclass(frozen=True)
class ReportDuty:
    """What a mark's tier says of reports, and the zone of the scheme's calendar."""

    every_months: int
    grace_days: int
    zone: str

    def period(self, record: MarkRecord) -> tuple[int, int] | None:
        """Return the first second of the period that the next report is about, and its due day; None after the last."""
        nbf, months, number = record.issued.nbf, self.every_months, len(record.reports) + 1
        due = term_end(nbf, months * number, self.zone)
        if due >= record.issued.exp:
            return None
        return term_end(nbf, months * (number - 1), self.zone), due

    def overdue_at(self, record: MarkRecord) -> int | None:
        """Return when the next report is overdue, None where none is due any more."""
        period = self.period(record)
        if period is None:
            return None
        return max(self._days_after(period[1], self.grace_days), record.extended or 0)

    def longest(self, due: int) -> int:
        """Return until when the report of that due day may be put off."""
        return self._days_after(due, self.grace_days + LONGEST_EXTENSION_DAYS)

    def _days_after(self, instant: int, days: int) -> int:
        return day_start(local_date(instant, self.zone) + timedelta(days=days), self.zone)


def terms_of(issued: MarkIssued, schemes: Iterable[SchemePublished]) -> TierTerms | None:
    """Return what the mark's criteria version says of its tier, None where that is not at hand."""
    for scheme in schemes:
        if (scheme.scheme, scheme.sha256) == (issued.scheme, issued.criteria_sha256):
            return next((tier for tier in scheme.tiers if tier.level == issued.tier), None)
    return None


def report_duty(issued: MarkIssued, schemes: Iterable[SchemePublished], *, zone: str) -> ReportDuty | None:
    """Return the mark's duty to report, None when its tier asks for none.

    Raises NotFoundError when the criteria are not at hand.
    """
    terms = terms_of(issued, schemes)
    if terms is None:
        raise NotFoundError("the criteria of the mark are not at hand: its duties are unknown")
    return ReportDuty(terms.report.every_months, terms.report.grace_days, zone) if terms.report else None


def is_overdue(record: MarkRecord, duty: ReportDuty | None, *, at: int) -> bool:
    """Say whether the mark's next report was overdue at that instant."""
    overdue_at = duty.overdue_at(record) if duty else None
    return overdue_at is not None and at >= overdue_at


def check_report(record: MarkRecord, filed: AnnualReportFiled, duty: ReportDuty | None, *, at: int) -> None:
    """The report is the next one of a tier that asks for reports, and its year has begun."""
    period = duty.period(record) if duty else None
    if period is None:
        raise RefusedError("no report is due for this mark")
    if filed.due != period[1]:
        raise RefusedError(f"the next report of this mark is due at {period[1]}")
    if at < period[0]:
        raise RefusedError("the year that the report is about has not begun")


def check_extension(record: MarkRecord, extended: DutyExtended, duty: ReportDuty | None) -> None:
    """A report that is still to come is put off, by half a year at most and not beyond the mark's end."""
    period = duty.period(record) if duty and extended.duty == REPORT else None
    if duty is None or period is None:
        raise RefusedError(f"this mark has no duty {extended.duty} that could be extended")
    if not (duty.overdue_at(record) or 0) < extended.until <= min(duty.longest(period[1]), record.issued.exp):
        raise RefusedError("an extension ends later than the duty, within half a year and before the mark's end")
