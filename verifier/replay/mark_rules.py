"""What may be said about a mark that exists, by whom and when; used alike by admission and by verification."""

from __future__ import annotations

from verifier.envelope import DAY
from verifier.errors import NotFoundError, RefusedError
from verifier.replay.records import BodyRecord, MarkRecord
from verifier.replay.signers import SignedBy
from verifier.statement import Statement
from verifier.statement.kinds import Effect
from verifier.statement.public import MarkCorrected, MarkSuspended

LONGEST_SUSPENSION = 184 * DAY
AFTER_THE_DEADLINE = frozenset({"mark.withdrawn", "mark.annulled"})


def check_speaks_for_mark(record: MarkRecord, statement: Statement, first: SignedBy, *, authority: str) -> None:
    """The mark's own body or the authority speaks, within what the mark's state allows by the clock.

    Raises RefusedError in the words of the rule that does not hold.
    """
    if first.entity not in (record.issuer, authority):
        raise RefusedError("the mark was issued by another body")
    if first.role == "directory":
        _check_due(record, statement)
    if _is_past_deadline(record, statement) and statement.type not in AFTER_THE_DEADLINE:
        raise RefusedError("the suspension was not lifted in time: the mark has withdrawn itself")
    match statement.public:
        case MarkSuspended() as suspended:
            if not statement.iat < suspended.lift_by <= statement.iat + LONGEST_SUSPENSION:
                raise RefusedError("a suspension ends within six months")
        case MarkCorrected():
            raise RefusedError("this version does not correct marks", hint="Issue the mark anew and supersede it.")
        case _:
            pass


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


def _check_due(record: MarkRecord, statement: Statement) -> None:
    """The directory key takes away only what replay makes due: a mark whose suspension nobody lifted in time."""
    if statement.type != "mark.withdrawn" or not _is_past_deadline(record, statement):
        raise RefusedError(f"nothing makes {statement.type} due")


def _is_past_deadline(record: MarkRecord, statement: Statement) -> bool:
    return record.lift_by is not None and statement.iat >= record.lift_by
