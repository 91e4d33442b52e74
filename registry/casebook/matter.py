"""A matter of the casebook: folded from its events, with the rules that the tables cannot say.

Who reports stays confidential: a matter names the reporter by nothing but a contact that can be erased. An appeal does
not lift a suspension by itself; upholding it names the later entry that did. Time limits are the operator's settings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from registry.casebook.machines import Kind, next_state
from verifier.errors import RefusedError
from verifier.schema import Closed, Code, Index, Instant, Label, Many, Uri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.statement import Statement

DAY = 86_400
Note = Annotated[str, Field(max_length=4000)]
Step = Literal[
    "receive", "acknowledge", "investigate", "admit", "reject", "convene", "triage", "notify", "correct",
    "escalate", "warn", "hear", "uphold", "dismiss", "close",
]  # fmt: skip
LED_TO: dict[tuple[Kind, str], frozenset[str]] = {
    ("appeal", "uphold"): frozenset(
        {"mark.reinstated", "mark.issued", "body.reinstated", "body.amended", "body.accredited", "duty.extended"}
    ),
    ("hearing", "uphold"): frozenset({"mark.withdrawn", "body.withdrawn"}),
    ("hearing", "escalate"): frozenset({"mark.suspended", "mark.withdrawn", "body.suspended", "body.withdrawn"}),
    ("misuse", "escalate"): frozenset({"mark.suspended", "mark.withdrawn", "mark.annulled", "body.suspended"}),
    ("misuse", "warn"): frozenset({"notice.published"}),
}
"""What an outcome has to have led to in the log."""


class Limits(Closed):
    """Days until an acknowledgement is due, for an appeal, and for a holder's explanation: illustrative figures."""

    acknowledge_days: Annotated[int, Field(ge=1, le=365)] = 10
    appeal_days: Annotated[int, Field(ge=1, le=365)] = 30
    explain_days: Annotated[int, Field(ge=1, le=365)] = 14


class Event(Closed):
    """One step of a matter: who took it when. ``entry`` is the log entry that it led to or is about.

    ``until`` is by when whoever is notified may explain.
    """

    step: Step
    at: Instant
    by: Label
    entry: Index | None = None
    reason: Code | None = None
    panel: Many[Label] = ()
    until: Instant | None = None
    note: Note = ""


@dataclass(frozen=True)
class Matter:
    """A complaint, an appeal, a report of misuse or an intended withdrawal, about one object of the log."""

    id: str
    kind: Kind
    object: str
    events: tuple[Event, ...] = ()
    state: str | None = None
    involved: frozenset[str] = frozenset()
    """Who took part in the decision that an appeal is against."""

    @property
    def people(self) -> frozenset[str]:
        """Everybody who took part so far."""
        return self.involved | {one.by for one in self.events}

    @property
    def received(self) -> int:
        """When it came in, in unix seconds."""
        return self.events[0].at

    def acknowledged_late(self, limits: Limits, *, now: int) -> bool:
        """Say whether the acknowledgement is or was late."""
        done = next((one.at for one in self.events[1:]), now)
        return done > self.received + limits.acknowledge_days * DAY

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "id": self.id,
            "kind": self.kind,
            "object": self.object,
            "state": self.state,
            "events": [one.members() for one in self.events],
        }


@dataclass(frozen=True)
class Decided:
    """The entry that a step names: where it stands, what it says, who signed it (pseudonyms), when it is dated."""

    index: int
    statement: Statement
    people: frozenset[str]


def begin(id: str, kind: Kind, object: Uri, event: Event, *, decided: Decided | None, limits: Limits) -> Matter:
    """Return a new matter. An appeal names the decision that it is against. Raises RefusedError."""
    if kind == "appeal":
        if decided is None:
            raise RefusedError("an appeal is against a decision", hint="Name its log entry with --entry.")
        if decided.statement.object != object:
            raise RefusedError("the decision is about another object", hint="Look at the entry with shirushi explain.")
        if event.at > decided.statement.iat + limits.appeal_days * DAY:
            raise RefusedError(
                f"the appeal came more than {limits.appeal_days} days after the decision",
                hint="Record it as a complaint.",
            )
    involved = decided.people if decided is not None and kind == "appeal" else frozenset()
    return _after(Matter(id, kind, object, involved=involved), event)


def proceed(matter: Matter, event: Event, *, decided: Decided | None = None) -> Matter:
    """Return the matter after one more step. Raises RefusedError in the words of the rule that does not hold."""
    if event.at < matter.events[-1].at:
        raise RefusedError("the step is dated before the one before it", hint="Check the clock.")
    if event.step == "convene":
        if len(set(event.panel)) < 2:
            raise RefusedError("a panel has two members or more")
        if before := sorted(matter.people.intersection(event.panel)):
            raise RefusedError(f"{', '.join(before)} took part before", hint="Choose members who did not.")
    if event.step in ("uphold", "dismiss") and matter.kind == "appeal" and event.by not in _panel(matter):
        raise RefusedError("an appeal is decided by a member of its panel")
    if matter.kind == "hearing":
        _check_hearing(matter, event, decided)
    wanted = LED_TO.get((matter.kind, event.step))
    if wanted is not None:
        _check_led(matter, wanted, decided)
    return _after(matter, event)


def fold(id: str, kind: Kind, object: str, involved: frozenset[str], events: Iterable[Event]) -> Matter:
    """Return a stored matter: its steps were judged when they were taken."""
    matter = Matter(id, kind, object, involved=involved)
    for event in events:
        matter = _after(matter, event)
    return matter


def _check_hearing(matter: Matter, event: Event, decided: Decided | None) -> None:
    """The holder has reasons and time before anything is taken away, unless it is urgent."""
    if event.step == "notify":
        if event.reason is None or event.until is None:
            raise RefusedError("a notice says why, and by when it may be explained", hint="Give --reason and --until.")
        if event.until < event.at + Limits().explain_days * DAY:
            raise RefusedError(f"there are {Limits().explain_days} days at least to explain", hint="Name a later day.")
    if event.step == "uphold" and matter.state == "holder_notified":
        until = max(one.until or 0 for one in matter.events)
        if decided is not None and decided.statement.iat < until:
            raise RefusedError("it was decided before the time to explain was over", hint="Hear the holder first.")


def _check_led(matter: Matter, wanted: frozenset[str], decided: Decided | None) -> None:
    if decided is None:
        raise RefusedError(
            "this outcome changes something, and what changes is in the log",
            hint=f"Have it signed and logged first, then name the entry: {', '.join(sorted(wanted))}.",
        )
    if decided.statement.type not in wanted:
        raise RefusedError(f"a {decided.statement.type} is not what this outcome leads to")
    if decided.statement.type != "notice.published" and not _concerns(decided.statement, matter.object):
        raise RefusedError("the entry is about another object")
    if decided.statement.iat < matter.received:
        raise RefusedError("the entry is older than the matter")


def _concerns(statement: Statement, object: str) -> bool:
    supersedes = getattr(statement.public, "supersedes", None)
    return statement.object == object or (supersedes is not None and object.endswith(f"/m/{supersedes}"))


def _panel(matter: Matter) -> frozenset[str]:
    return frozenset(one for event in matter.events for one in event.panel)


def _after(matter: Matter, event: Event) -> Matter:
    state = next_state(matter.kind, matter.state, event.step)
    return replace(matter, events=(*matter.events, event), state=state)
