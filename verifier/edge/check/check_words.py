"""What people read about the rows of a list: verdicts, reasons, next steps and headings, in Japanese or English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from verifier.check.outcome import REASONS, RowVerdict
from verifier.dates import last_valid_day, local_date, utc_text
from verifier.edge.check.supplier_file import MOST_SHEETS
from verifier.edge.i18n import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from verifier.check.judge import Case
    from verifier.check.outcome import Outcome
    from verifier.check.recognised import Gap
    from verifier.check.supplier import Supplier
    from verifier.edge.check.supplier_file import UnreadSheet
    from verifier.edge.i18n import Translator

RESULT_COLUMNS = (
    "verdict",
    "reason",
    "next",
    "wanted",
    "mark",
    "tier",
    "state",
    "last_day",
    "holder",
    "candidates",
    "same_as",
    "as_of",
)
_STATES = ("active", "suspended", "withdrawn", "cancelled", "annulled", "superseded", "expired", "not_yet_valid")
_OF_AGREEMENTS = ("proposed", "announced", "declined", "in_force", "terminated")
SIGNS = {
    RowVerdict.MEETS: "✓",
    RowVerdict.GROUP_MARK: "✓",
    RowVerdict.RECOGNISED: "✓",
    RowVerdict.UNIT_ONLY: "!",
    RowVerdict.SELF_DECLARED: "!",
    RowVerdict.DOES_NOT_MEET: "✗",
    RowVerdict.NOT_FOUND: "∅",
    RowVerdict.NOT_CONFIRMED: "?",
    RowVerdict.CANDIDATES: "?",
    RowVerdict.REFUSED: "?",
}

# What to do next, by reason.
_NEXT = {
    "nothing": "ok in_grace covered recognised",
    "renew": "ends_early expired not_yet_valid",
    "ask_scope": "unit scope_not_accepted group_not_accepted",
    "ask_tier": "below self_declared other_scheme superseded recognition_not_accepted",
    "ask_holder": "suspended cancelled withdrawn annulled",
    "ask_number": "absent mark_absent subject_mismatch name_only no_candidate",
    "distrust": "contradicts_record look_alike test_mark other_host not_mark",
    "pull": "stale",
    "pull_or_update": "recognition_unknown",
    "verify": "ot_unknown state_unknown",
    "update": "newer",
    "as_text": "scientific fraction digits_lost zeros_lost date formula wrong_length",
    "look_up": "check_digit not_identifier which_register numbers_differ holders_differ empty",
    "tier": "tier_unreadable tier_unknown",
}
NEXT_OF = {reason: step for step, reasons in _NEXT.items() for reason in reasons.split()}


@dataclass(frozen=True)
class RowWords:
    """A row's answer in words."""

    verdict: str
    reason: str
    next_step: str


@cache
def row_words(reason: str, t: Translator) -> RowWords:
    """Return what people read for a reason."""
    return RowWords(
        verdict_words(REASONS[reason], t), t.gettext(f"bulk.reason.{reason}"), t.gettext(f"bulk.next.{NEXT_OF[reason]}")
    )


def verdict_words(verdict: RowVerdict, t: Translator) -> str:
    """Return the words of a verdict."""
    return t.gettext(f"bulk.verdict.{verdict.value}")


def notes_on_recognition(reasons: Iterable[str], words: str) -> list[str]:
    """Return the words where an answer is open because not everything about recognised equivalents is at hand."""
    return [words] if "recognition_unknown" in reasons else []


def gap_words(gap: Gap, t: Translator) -> str:
    """Return what is missing about recognised equivalents, and what to do; empty where nothing is."""
    return t.gettext(f"bulk.recognitions.{gap}") if gap else ""


def sheet_notes(sheet: str, unread: Sequence[UnreadSheet], t: Translator) -> list[str]:
    """Return the words on which sheet was read and which hold something too; nothing where no other one does."""
    if not unread:
        return []
    titles = [
        t.gettext("bulk.sheet.hidden", sheet=plain(one.title)) if one.is_hidden else plain(one.title)
        for one in unread[:MOST_SHEETS]
    ]
    others = t.gettext("bulk.sheet.join").join([*titles, *(["..."] if len(unread) > MOST_SHEETS else [])])
    return [t.gettext("bulk.sheets", sheet=plain(sheet), others=others)]


def state_text(state: str, t: Translator) -> str:
    """Return the words of the state of a mark, or of an agreement that is watched.

    One that this version does not know stands as it is.
    """
    if state in ("declared", "recorded"):
        return t.gettext(f"bulk.state.{state}")
    if state in _OF_AGREEMENTS:
        return t.gettext(f"agreement.state.{state}.title")
    return t.gettext(f"state.{state}") if state in _STATES else state


def result_headings(t: Translator) -> tuple[str, ...]:
    """Return the headings of the columns that a check adds."""
    return tuple(t.gettext(f"bulk.column.{one}") for one in RESULT_COLUMNS)


def result_cells(supplier: Supplier, outcome: Outcome, case: Case, t: Translator) -> tuple[str, ...]:
    """Return what a check adds to a row, in the order of ``RESULT_COLUMNS``."""
    words = row_words(outcome.reason, t)
    last = _last_day(outcome.until, case.zone) if outcome.until else ""
    if last and outcome.state == "suspended":
        last = unless_lifted(outcome.until or 0, case.zone, t)
    same_as = "" if supplier.twin is None else t.gettext("bulk.same_as", row=supplier.twin + 1)
    where = "" if outcome.column is None else t.gettext("bulk.in_column", column=outcome.column + 1)
    return (
        f"{SIGNS[outcome.verdict]} {words.verdict}",
        f"{words.reason}{where}",
        words.next_step,
        outcome.wanted,
        outcome.mark,
        outcome.tier,
        state_text(outcome.state, t) if outcome.state else "",
        last,
        outcome.holder,
        "; ".join(f"{one} {name}" for one, name in outcome.candidates),
        same_as,
        _written(case.as_of),
    )


def unless_lifted(until: int, zone: str, t: Translator) -> str:
    """Return what stands in the place of a suspended mark's last day, which the directory does not hold."""
    return t.gettext("bulk.unless_lifted", day=local_date(until, zone))


@cache
def _last_day(until: int, zone: str) -> str:
    return str(last_valid_day(until, zone))


@cache
def _written(instant: int) -> str:
    return utc_text(instant)


def check_message_ids() -> Iterator[str]:
    """Yield every message id that is put together here."""
    yield from (f"bulk.verdict.{one.value}" for one in RowVerdict)
    yield from (f"bulk.reason.{one}" for one in REASONS)
    yield from (f"bulk.next.{one}" for one in _NEXT)
    yield from (f"bulk.column.{one}" for one in RESULT_COLUMNS)
    yield from (f"bulk.state.{one}" for one in ("declared", "recorded"))
    yield from (f"bulk.recognitions.{one}" for one in ("missing", "newer"))
