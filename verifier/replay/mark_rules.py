"""What may be said about a mark that exists, by whom and when; used alike by admission and by verification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.envelope import DAY
from verifier.errors import NotFoundError, RefusedError
from verifier.replay.duties import OVERDUE, ReportDuty, check_extension, check_report, is_overdue, report_duty
from verifier.replay.records import BodyRecord, MarkRecord
from verifier.replay.signers import SignedBy
from verifier.statement import Statement
from verifier.statement.kinds import Effect
from verifier.statement.public import (
    AnnualReportFiled,
    DutyExtended,
    MarkCorrected,
    MarkSuspended,
    SchemePublished,
)

LONGEST_SUSPENSION = 184 * DAY
AFTER_THE_DEADLINE = frozenset({"mark.withdrawn", "mark.annulled"})


@dataclass(frozen=True)
class Rulebook:
    """Whose word counts about every mark, what the published criteria ask, and the zone of the scheme's calendar."""

    authority: str
    schemes: Iterable[SchemePublished]
    zone: str

    def duty(self, record: MarkRecord) -> ReportDuty | None:
        """Return the mark's duty to report. Raises NotFoundError when its criteria are not at hand."""
        return report_duty(record.issued, self.schemes, zone=self.zone)


def check_speaks_for_mark(record: MarkRecord, statement: Statement, first: SignedBy, rules: Rulebook) -> None:
    """The mark's own body or the authority speaks, within what the mark's state and duties allow by the clock.

    Raises RefusedError in the words of the rule that does not hold, NotFoundError when criteria are not at hand.
    """
    if first.entity not in (record.issuer, rules.authority):
        raise RefusedError("the mark was issued by another body")
    if first.role == "directory":
        _check_due(record, statement, rules)
    if _is_past_deadline(record, statement) and statement.type not in AFTER_THE_DEADLINE:
        raise RefusedError("the suspension was not lifted in time: the mark has withdrawn itself")
    match statement.public:
        case MarkSuspended() as suspended:
            if not statement.iat < suspended.lift_by <= statement.iat + LONGEST_SUSPENSION:
                raise RefusedError("a suspension ends within six months")
        case AnnualReportFiled() as filed:
            check_report(record, filed, rules.duty(record), at=statement.iat)
        case DutyExtended() as extended:
            check_extension(record, extended, rules.duty(record))
        case MarkCorrected():
            if statement.iat >= record.issued.exp:
                raise RefusedError("a mark that has ended is not corrected")
        case _:
            pass
    if statement.type == "mark.reinstated" and is_overdue(record, rules.duty(record), at=statement.iat):
        raise RefusedError("the yearly report is overdue: it is filed before the suspension is lifted")


def check_may_decide(body: BodyRecord | None, statement: Statement, *, index: int) -> None:
    """A body that is suspended or withdrawn decides nothing new about its marks; it may still take away.

    ``body`` is the one that speaks, None when it is not known. Raises NotFoundError or RefusedError.
    """
    if statement.kind.effect is not Effect.GRANT:
        return
    if body is None:
        raise NotFoundError("the accreditation of the body that speaks is not at hand")
    if body.state_before(index) != "active":
        raise RefusedError("the body was not accredited when it decided")


def _check_due(record: MarkRecord, statement: Statement, rules: Rulebook) -> None:
    """The directory key takes away only what replay makes due: nobody lifted the suspension, or reported, in time."""
    match statement.public:
        case MarkSuspended(reason=reason):
            is_due = reason == OVERDUE and is_overdue(record, rules.duty(record), at=statement.iat)
        case _:
            is_due = statement.type == "mark.withdrawn" and _is_past_deadline(record, statement)
    if not is_due:
        raise RefusedError(f"nothing makes {statement.type} due")


def _is_past_deadline(record: MarkRecord, statement: Statement) -> bool:
    return record.lift_by is not None and statement.iat >= record.lift_by
