"""Words of the evaluator's pages that are put together out of codes, and the signs that states are shown with."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from issuer.answers import WORDS
from issuer.case import Event, State
from issuer.invitation import Purpose
from issuer.machine import LAPSING
from issuer.record import Confirmer, Excluded, Outcome, Part
from verifier.edge.page.grid import Tag
from verifier.edge.page.wording import Appearance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.edge.i18n import Translator

MARK_STATES = ("active", "suspended", "withdrawn", "cancelled", "annulled", "superseded", "expired", "not_yet_valid")
STEPS = 9
DEEDS = (
    "draft answers approve confirm oath technical assign exclude accept_exclusion drop_exclusion erase_person "
    "invite_confirm invite_swear refused term"
)
EVENTS = (*(event.value for event in Event), *DEEDS.split(" "))
NEXT = ("complete", "accept", "answers", "assess", "decide", "issue", "package")
KEY_STATES = ("active", "retired", "revoked", "unlisted", "unknown")

_COLUMNS = (
    "case state tier holder number opened at event by note until within todo count role use no log place kid batch "
    "begun file receipt row cell heading"
)
_FACTS = (
    "holder person domains listing tier scope covered ot number mark confirmed sworn tested attested decided evidence "
    "justification approved_by"
)

_GOOD = Appearance("good", "check", "✓")
_BAD = Appearance("bad", "cross", "✗")
_WAITS = Appearance("open", "clock", "◷")
_TURN = Appearance("ended", "warning", "!")
_BACK = Appearance("ended", "arrow", "→")
_PAUSED = Appearance("ended", "pause", "‖")
_OPEN = Appearance("open", "question", "?")

_CASES = {State.GRANTED: _GOOD, State.REFUSED: _BAD, State.LAPSED: _BAD, State.WITHDRAWN: _BAD}
_MARKS = {"active": _GOOD, "suspended": _PAUSED, "expired": _PAUSED, "superseded": _BACK, "not_yet_valid": _WAITS}
_WORDS = {"met": _GOOD, "not_met": _BAD, "not_applicable": _BACK, "unanswered": _OPEN}


def case_tag(state: State, t: Translator) -> Tag:
    """Return how a case's state is shown: waiting for its applicant, for somebody of the body, or ended."""
    other = _BACK if state is State.RETURNED else _WAITS if state in LAPSING else _TURN
    return Tag(_CASES.get(state, other), t.gettext(f"evaluator.state.{state.value}"))


def mark_tag(state: str | None, t: Translator) -> Tag:
    """Return how a mark's state is shown; None where the registry could not be asked."""
    if state not in MARK_STATES:
        return Tag(_OPEN, t.gettext("evaluator.mark_state.unknown"))
    return Tag(_MARKS.get(state, _BAD), t.gettext(f"evaluator.mark_state.{state}"))


def answer_tag(word: str, t: Translator) -> Tag:
    """Return how an answer is shown."""
    return Tag(_WORDS[word], t.gettext(f"evaluator.answer.{word}"))


def key_tag(state: str, t: Translator) -> Tag:
    """Return how a key's state in the log is shown."""
    known = state if state in KEY_STATES else "unknown"
    look = _GOOD if known == "active" else _BACK if known == "retired" else _BAD if known == "revoked" else _OPEN
    return Tag(look, t.gettext(f"evaluator.key_state.{known}"))


def turn_tag(text: str) -> Tag:
    """Return the tag of something that waits for the reader."""
    return Tag(_TURN, text)


def done_tag(text: str) -> Tag:
    """Return the tag of something that is done."""
    return Tag(_GOOD, text)


def open_tag(text: str) -> Tag:
    """Return the tag of something that is not done yet."""
    return Tag(_OPEN, text)


def bad_tag(text: str) -> Tag:
    """Return the tag of a fault."""
    return Tag(_BAD, text)


def event_words(event: str, t: Translator) -> str:
    """Return what happened in words; the event itself where it has none."""
    return t.gettext(f"evaluator.event.{event}") if event in EVENTS else event


def word_message_ids() -> Iterator[str]:
    """Yield the message ids that are put together here out of codes, and of names of columns and facts."""
    groups: dict[str, Iterable[str]] = {
        "state": [state.value for state in State],
        "mark_state": MARK_STATES,
        "answer": WORDS,
        "event": EVENTS,
        "key_state": KEY_STATES,
        "key_use": ("signs", "next", "former"),
        "next": NEXT,
        "step": [str(number) for number in range(1, STEPS + 1)],
        "part": get_args(Part),
        "excluded": get_args(Excluded),
        "outcome": get_args(Outcome),
        "confirmer": get_args(Confirmer),
        "purpose": get_args(Purpose),
        "column": _COLUMNS.split(" "),
        "fact": _FACTS.split(" "),
        "preview": ("readable", "unsigned", "spooled", "admitted", "faults"),
    }
    for group, codes in groups.items():
        yield from (f"evaluator.{group}.{code}" for code in codes)
